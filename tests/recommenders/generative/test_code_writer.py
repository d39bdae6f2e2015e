import numpy as np
import pytest
from scipy.special import log_softmax

from plmrec_lite.data import Interactions
from plmrec_lite.recommenders import CodeWriter, NetworkSettings, SequentialTransformer
from plmrec_lite.recommenders.generative.code_writer import children_of
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


def test_beams_of_full_width_score_as_each_code_by_itself(log, full):
    history = log.histories()[3][-3:]  # with the next code, as many as the network reads
    read = (CODES[history] + OFFSETS).ravel()
    expected = []
    for code in CODES + OFFSETS:
        total = 0
        for level, (low, high) in enumerate(((0, 3), (3, 6), (6, 8))):
            logits = full.model_.score_histories([np.append(read, code[:level])])[0]
            total += log_softmax(logits[low:high])[code[level] - low]
        expected.append(total)
    np.testing.assert_allclose(full.score(np.array([3]))[0], expected, atol=1e-5)


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


def test_it_learns_digits_in_the_order_of_events(log, full):
    """As a sequential model on the digits, written out, does."""
    digits = [(CODES[history] + OFFSETS).ravel() for history in log.histories()]
    users = np.repeat(np.arange(N_USERS), [len(d) for d in digits])
    flat = np.concatenate(digits)
    plain = SequentialTransformer(
        popularity=0.0,
        network=NetworkSettings(d_model=8, length=12, dropout=0.0),
        training=SETTINGS["training"],
    ).fit(Interactions(users, flat, None, np.arange(len(flat)), N_USERS, 8))
    np.testing.assert_array_equal(plain.user_vectors_, full.model_.user_vectors_)


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


def test_children_are_those_of_codes_that_exist():
    levels = children_of(np.array([[0, 2], [0, 3], [1, 3]]))
    assert levels == [{(): [0, 1]}, {(0,): [2, 3], (1,): [3]}]


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (CODES[:9], "codes has 9 rows, and the log 10 items"),
        (CODES.astype(float), r"codes is float64 of shape \(10, 3\)"),
        (CODES - 1, r"codes is int64 of shape \(10, 3\): give one row of integers, 0 or larger"),
        (CODES[:, :2], r"items 0 and 1 share the code \(0, 0\): add a digit by ItemCodes.unique"),
    ],
)
def test_codes_that_do_not_fit_are_named(log, codes, said):
    with pytest.raises(ValueError, match=said):
        CodeWriter(codes, **SETTINGS).fit(log)
