import numpy as np
import pytest
import torch

from plmrec_lite.data import Interactions
from plmrec_lite.recommenders import CodeWriter, NetworkSettings
from plmrec_lite.recommenders.generative.code_network import CodeObjective
from plmrec_lite.recommenders.generative.codes import ItemCodes
from plmrec_lite.recommenders.sequential.training import WindowBatches
from plmrec_lite.recommenders.sequential.windows import PADDING
from plmrec_lite.training import Training

N_USERS, N_ITEMS = 12, 10
CODES = np.array([[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 2, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]])
CODES = np.concatenate([CODES, [[2, 0, 0], [2, 2, 0], [2, 2, 1]]])
OFFSETS = np.array([0, 3, 6])
SETTINGS = {
    "network": NetworkSettings(d_model=8, length=4, dropout=0.0),
    "training": Training(n_steps=30, batch_size=6, learning_rate=0.02),
}


@pytest.fixture(scope="module")
def log():
    """Histories of five events; the last user has none."""
    rng = np.random.default_rng(0)
    items = np.concatenate([rng.permutation(N_ITEMS)[:5] for _ in range(N_USERS - 1)])
    users = np.repeat(np.arange(N_USERS - 1), 5)
    return Interactions(users, items, None, np.arange(len(items)), N_USERS, N_ITEMS)


@pytest.fixture(scope="module")
def full(log):
    """A model whose beams reach every item."""
    return CodeWriter(CODES, n_beams=N_ITEMS, **SETTINGS).fit(log)


def log_probability(model, history, code):
    """The log-probability of a code, or of its beginning, after a history, digit by digit."""
    with torch.no_grad():
        hidden = model.network_(torch.tensor(history)[None])[0][0, -1]
        vectors, said, total = model.network_.embedding.digits, torch.zeros(8), 0.0
        for level, (low, high) in enumerate(((0, 3), (3, 6), (6, 8))[: len(code)]):
            x = hidden + 8**0.5 * (said + model.writer_.levels[level])
            state = x + model.writer_.feed_forward(model.writer_.norm(x))
            total += (vectors[low:high] @ state).log_softmax(0)[code[level] - low].item()
            said = said + vectors[code[level]]
    return total


def test_beams_of_full_width_score_as_each_code_by_itself(log, full):
    history = log.histories()[3][-4:]  # as many as the network reads
    expected = [log_probability(full, history, code) for code in CODES + OFFSETS]
    np.testing.assert_allclose(full.score(np.array([3]))[0], expected, atol=1e-5)


def test_an_item_is_read_as_the_sum_of_its_digits(full):
    vectors = full.network_.embedding.digits.detach().numpy()
    read = full.network_.embedding()[torch.arange(N_ITEMS)].detach().numpy()
    np.testing.assert_allclose(read, vectors[CODES + OFFSETS].sum(1), atol=1e-6)


def test_the_loss_is_that_of_all_digits_of_the_next_codes(log, full):
    history = log.histories()[3]
    batch = {
        "inputs": torch.tensor(history[:-1])[None],
        "targets": torch.tensor([[PADDING, PADDING, *history[3:]]]),
        "n_targets": 2,
    }
    objective = CodeObjective(full.network_, full.writer_, full.offsets_).eval()
    expected = [log_probability(full, history[:n], (CODES + OFFSETS)[history[n]]) for n in (3, 4)]
    with torch.no_grad():
        loss = objective(batch)["loss"].item()
    assert loss == pytest.approx(-np.mean(expected), abs=1e-5)


def test_it_is_trained_on_the_windows_of_the_sequence_model_and_drops_numbers(log, monkeypatch):
    """The next item at every event, from the same windows; dropout only while it learns."""
    batches, modes = [], []
    forward = CodeObjective.forward

    def watched(self, batch):
        batches.append(batch)
        modes.append(self.writer.feed_forward[-1].training)
        return forward(self, batch)

    monkeypatch.setattr(CodeObjective, "forward", watched)
    network = NetworkSettings(d_model=8, length=3, dropout=0.4)
    training = Training(n_epochs=2, batch_size=6, seed=3)
    model = CodeWriter(CODES, 5, network, training).fit(log)
    windows = WindowBatches(log.histories(), N_ITEMS, "next", 3, 6, 0, seed=3)
    expected = [batch for number in (0, 1) for batch in windows.epoch(number)]
    assert len(batches) == len(expected) == 4
    for found, wanted in zip(batches, expected, strict=True):
        np.testing.assert_array_equal(found["inputs"], wanted["inputs"])
        np.testing.assert_array_equal(found["targets"], wanted["targets"])
    assert all(modes)
    assert not model.writer_.training
    assert model.writer_.feed_forward[-1].p == 0.4


def test_a_history_scores_as_the_user_who_has_it(log, full):
    found = full.score_histories([log.histories()[user] for user in (3, 5)])
    np.testing.assert_allclose(found, full.score(np.array([3, 5])), atol=1e-6)
    with pytest.raises(ValueError, match="history 0 holds the unknown item 10"):
        full.score_histories([[10]])


def test_the_probabilities_of_all_items_sum_to_no_more_than_one(full):
    """What is missing went to codes that no item has."""
    total = np.exp(full.score(np.arange(N_USERS - 1))).sum(axis=1)
    assert (total < 1).all()
    assert (total > 0.5).all()


def test_few_beams_reach_few_items_with_the_same_scores(log, full):
    few = CodeWriter(CODES, n_beams=2, **SETTINGS).fit(log)
    users = np.arange(N_USERS - 1)
    all_scores, scores = full.score(users), few.score(users)
    for row in users:
        reached = scores[row] > scores[row].min()
        assert reached.sum() == 2
        np.testing.assert_allclose(scores[row][reached], all_scores[row][reached], atol=1e-5)
        np.testing.assert_allclose(scores[row].min(), scores[row][reached].min() - 1, atol=1e-5)


def test_it_learns_what_follows_what():
    """Everybody goes round the items in one order, from another start."""
    items = np.concatenate([np.roll(np.arange(N_ITEMS), -u)[:6] for u in range(N_ITEMS)])
    users = np.repeat(np.arange(N_ITEMS), 6)
    log = Interactions(users, items, None, np.arange(len(items)), N_ITEMS, N_ITEMS)
    training = Training(n_epochs=150, batch_size=10, learning_rate=0.01)
    network = NetworkSettings(d_model=32, length=6, dropout=0.0)
    model = CodeWriter(CODES, 5, network, training).fit(log)
    found = model.recommend(np.arange(N_ITEMS), k=1)[:, 0]
    assert (found == (np.arange(N_ITEMS) + 6) % N_ITEMS).mean() >= 0.9


def test_beams_are_those_of_beam_search_written_out(log, full):
    """Beginnings as tuples, their log-probabilities digit by digit, the likeliest kept."""
    tokens = CODES + OFFSETS
    for user, n_beams in ((0, 1), (1, 3), (2, 4)):
        history = log.histories()[user][-4:]
        beams = [()]
        for level in range(3):
            exist = {tuple(code[: level + 1]) for code in tokens.tolist()}
            steps = [code for code in exist if code[:-1] in beams]
            scores = {code: log_probability(full, history, code) for code in steps}
            beams = sorted(steps, key=lambda code: -scores[code])[:n_beams]
        full.n_beams = n_beams
        found = full.score(np.array([user]))[0]
        full.n_beams = N_ITEMS
        reached = [tokens.tolist().index(list(code)) for code in beams]
        assert set(np.flatnonzero(found > found.min())) == set(reached)
        np.testing.assert_allclose(found[reached], [scores[code] for code in beams], atol=1e-5)


def test_equal_scores_go_to_the_lower_code(log):
    """Without learned digits every code of a level is alike."""
    model = CodeWriter(CODES[::-1].copy(), 1, **SETTINGS).fit(log)
    with torch.no_grad():
        model.network_.embedding.digits.zero_()
    found = model.score(np.array([0]))[0]
    assert found.argmax() == N_ITEMS - 1  # the item of the code (0, 0, 0)


def test_it_reads_histories_after_it_was_saved(log, full, tmp_path):
    full.save(tmp_path / "model")
    again = CodeWriter.load(tmp_path / "model")
    histories = [log.histories()[user] for user in (3, 5)]
    np.testing.assert_array_equal(again.score_histories(histories), full.score_histories(histories))


def test_small_integers_do_not_overflow(log):
    codes = np.arange(246, 256, dtype=np.uint8)[:, None]
    model = CodeWriter(codes, N_ITEMS, **SETTINGS).fit(log)
    assert model.offsets_.tolist() == [0, 256]
    assert np.isfinite(model.score(np.array([0]))).all()


def test_what_watches_the_training_sees_no_dropout(log):
    seen = []

    def watch(step, model):
        seen.append([model.score_histories([[0, 1]]) for _ in range(2)])

    network = NetworkSettings(d_model=8, length=4, dropout=0.5)
    training = Training(n_epochs=1, batch_size=6)
    CodeWriter(CODES, N_ITEMS, network, training, watch).fit(log)
    assert len(seen) == 2
    for one, other in seen:
        np.testing.assert_array_equal(one, other)


def test_a_number_of_beams_set_after_fit_is_checked(log):
    model = CodeWriter(CODES, 3, **SETTINGS).fit(log)
    for wrong in (0, 2.5):
        model.n_beams = wrong
        with pytest.raises(ValueError, match=f"n_beams={wrong}"):
            model.score(np.array([0]))


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (CODES[:9], "codes has 9 rows, and the log 10 items"),
        (CODES.astype(float), r"codes is float64 of shape \(10, 3\)"),
        (CODES - 1, r"codes is int64 of shape \(10, 3\): give one row of integers, 0 or larger"),
        (np.array([[0], [2**63]], dtype=np.uint64), f"codes holds the digit {2**63}"),
        (ItemCodes(CODES, ()), r"in which items may share a code: give codes.unique\(\)"),
        ([*CODES[:9].tolist(), [3]], "the rows of codes differ in length"),
        (CODES[:, :2], r"items 0 and 1 share the code \(0, 0\): add a digit by ItemCodes.unique"),
    ],
)
def test_codes_that_do_not_fit_are_named(log, codes, said):
    with pytest.raises(ValueError, match=said):
        CodeWriter(codes, **SETTINGS).fit(log)
