import random
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.splits import Split
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import NetworkSettings, SequentialTransformer
from plmrec_lite.training import Training

N_ITEMS = 12
SMALL = NetworkSettings(d_model=16, length=6, dropout=0.0)
BRIEF = Training(n_epochs=2, batch_size=8, learning_rate=3e-3)
LONG = replace(BRIEF, n_epochs=60, learning_rate=0.02)
SIZES = {"d_model", "n_heads", "n_blocks", "length", "dropout", "positions"}
MINE = {"objective", "items", "loss", "popularity", "n_negatives", "watch", "folder", "resume"}


def small(training=BRIEF, **settings):
    """A small model; settings of the network and of the training are given by their names."""
    mine = {name: settings.pop(name) for name in list(settings) if name in MINE}
    sizes = {name: settings.pop(name) for name in list(settings) if name in SIZES}
    if "n_steps" in settings:
        settings["n_epochs"] = None
    return SequentialTransformer(
        network=replace(SMALL, **sizes),
        training=replace(training, **settings),
        **{"n_negatives": 8} | mine,
    )


def circular_log(n_users=24, n_events=7, n_items=N_ITEMS):
    """Each user walks round a ring of items, from a place of their own: what is next is known."""
    users = np.repeat(np.arange(n_users), n_events)
    steps = np.tile(np.arange(n_events), n_users)
    items = (users + steps) % N_ITEMS
    return Interactions(users, items, np.ones(len(users)), steps, n_users, n_items)


def next_on_the_ring(log):
    return (np.array([history[-1] for history in log.histories()]) + 1) % N_ITEMS


VECTORS = np.random.default_rng(0).normal(size=(N_ITEMS, 20))


@pytest.mark.parametrize(
    "settings",
    [
        {"objective": "next"},
        {"objective": "masked"},
        {"loss": "sampled"},
        {"loss": "bce"},
        {"loss": "gbce"},
        {"items": "text"},
        {"items": "both"},
        {"items": "initialised"},
        {"positions": "learned"},
        {"n_blocks": 2, "objective": "masked", "positions": "learned"},
    ],
    ids=lambda settings: ", ".join(map(str, settings.values())),
)
def test_a_rule_that_only_order_tells_is_learned(settings):
    log = circular_log()
    model = small(LONG, **settings).fit(log, VECTORS)
    losses = model.history_.loss.to_numpy()
    assert len(losses) == 60 * 3
    assert losses[-3:].mean() < losses[:3].mean() / 2
    assert (model.recommend(np.arange(24), k=1)[:, 0] == next_on_the_ring(log)).all()


def test_text_scores_an_item_that_training_never_saw():
    vectors = np.vstack([VECTORS, VECTORS[:1]])  # item 12 reads like item 0
    log = circular_log(n_items=N_ITEMS + 1)
    model = small(LONG, items="text")
    before_the_twin = np.flatnonzero(next_on_the_ring(log) == 0)
    lists = model.fit(log, vectors).recommend(before_the_twin, k=2)
    assert (np.sort(lists, axis=1) == [0, 12]).all()


def test_test_labels_change_no_training_result():
    log = circular_log()
    is_last = log.timestamps == log.timestamps.max()
    everything = {part: np.ones(N_ITEMS, dtype=bool) for part in ("validation", "test")}
    test = log.select(is_last)
    shuffled = Interactions(
        test.users, (test.items + 3) % N_ITEMS, test.ratings, test.timestamps, 24, N_ITEMS
    )
    nobody = log.select(np.zeros(len(log), dtype=bool))
    lists = []
    for held_out in (test, shuffled):
        split = Split(log.select(~is_last), nobody, held_out, everything, "ring")
        model = small(n_epochs=5).fit(split.known("test"))
        lists.append(evaluate(model, split, k=3).recommended)
    assert (lists[0] == lists[1]).all()


def test_known_and_unknown_histories_are_scored_by_one_rule():
    log = circular_log()
    model = small().fit(log)
    scores = model.score_histories(log.histories())
    np.testing.assert_allclose(scores, model.score(np.arange(24)), rtol=1e-5, atol=1e-6)
    assert model.score_histories([[3], [1, 2, 3, 4, 5, 6, 7, 8]]).shape == (2, N_ITEMS)


@pytest.mark.parametrize("objective", ["next", "masked"])
def test_only_the_last_events_are_read(objective):
    model = small(objective=objective).fit(circular_log())
    reach = 6 if objective == "next" else 5  # the hidden event takes a place
    for length in range(reach, 9):
        history = np.arange(length)
        scores = model.score_histories([history, history[-reach:], history[-reach + 1 :]])
        np.testing.assert_allclose(scores[0], scores[1], rtol=1e-5, atol=1e-7)
        assert np.abs(scores[0] - scores[2]).max() > 1e-5


def test_popularity_adds_its_logarithm_to_the_scores():
    log = circular_log(n_users=7)
    plain, adjusted = (small(popularity=t).fit(log) for t in (0.0, 0.5))
    bonus = 0.5 * np.log(1 + log.popularity())
    assert np.ptp(bonus) > 0.4
    users = np.arange(7)
    np.testing.assert_allclose(adjusted.score(users), plain.score(users) + bonus, rtol=1e-5)
    scores = [model.score_histories([[1, 2]]) for model in (adjusted, plain)]
    np.testing.assert_allclose(scores[0], scores[1] + bonus)


CHANGES = {
    "objective": "masked",
    "items": "both",
    "loss": "bce",
    "popularity": 0.0,
    "n_negatives": 3,
    "d_model": 8,
    "n_heads": 4,
    "n_blocks": 2,
    "length": 3,
    "dropout": 0.5,
    "positions": "learned",
    "n_epochs": 3,
    "n_steps": 2,
    "batch_size": 4,
    "learning_rate": 1e-2,
    "warmup": 0.5,
    "weight_decay": 0.5,
    "clip": 1e9,
    "precision": "bfloat16",
    "seed": 1,
}


@pytest.mark.parametrize("setting", CHANGES)
def test_every_setting_reaches_the_scores(setting):
    """Compared by the scores of histories whose items have unequal popularity."""
    log = circular_log(n_users=9)
    usual, changed = (
        small(loss="sampled").fit(log, VECTORS),
        small(**{"loss": "sampled", setting: CHANGES[setting]}).fit(log, VECTORS),
    )
    difference = usual.score(np.arange(9)) - changed.score(np.arange(9))
    assert np.abs(difference).max() > 1e-4


def test_accumulation_changes_nothing_but_memory():
    log = circular_log(n_users=20)
    whole, parts = (small(objective="masked", accumulation=n).fit(log) for n in (1, 3))
    np.testing.assert_allclose(whole.score([0, 7]), parts.score([0, 7]), atol=1e-5)


def test_initial_weights_depend_on_the_seed_alone():
    log, scores = circular_log(), []
    for seed, drawn in ((0, 0), (0, 7), (1, 0)):
        torch.rand(drawn)
        scores.append(small(n_steps=0, seed=seed).fit(log).score([0]))
    np.testing.assert_array_equal(scores[0], scores[1])
    assert np.abs(scores[0] - scores[2]).max() > 1e-3


def test_fit_leaves_the_global_generators_alone():
    def states():
        numpy_state = np.random.get_state()[1].tobytes()  # noqa: NPY002
        return torch.get_rng_state().numpy().tobytes(), numpy_state, random.getstate()

    before = states()
    model = small(loss="gbce", objective="masked", dropout=0.2).fit(circular_log())
    model.score_histories([[1, 2]])
    assert states() == before


def test_training_can_be_watched():
    seen = []

    def watch(step, model):
        assert not model.network_.training
        seen.append((step, model.score_histories([[0, 1]])[0, 2]))
        return {"score": seen[-1][1]}

    first = small(n_epochs=3, watch=watch, dropout=0.3).fit(circular_log())
    watched = small(n_epochs=3, watch=watch, dropout=0.3).fit(circular_log())
    plain = small(n_epochs=3, dropout=0.3).fit(circular_log())
    assert [step for step, _ in seen] == [0, 3, 6, 9] * 2
    assert seen[:4] == seen[4:]
    assert len({score for _, score in seen}) == 4
    np.testing.assert_array_equal(watched.score([0]), plain.score([0]))  # and does not disturb
    scores = first.history_.dropna(subset="score").set_index("step").score
    assert list(scores.items()) == seen[:4]
    assert first.score_histories([[0, 1]])[0, 2] == seen[3][1]


@pytest.mark.parametrize("objective", ["next", "masked"])
def test_scoring_drops_nothing(objective):
    model = small(objective=objective, dropout=0.9, n_blocks=2).fit(circular_log())
    once, again = (model.score_histories([[1, 2, 3]]) for _ in range(2))
    np.testing.assert_array_equal(once, again)


@pytest.mark.parametrize("objective", ["next", "masked"])
def test_a_short_history_is_scored_alike_beside_long_ones(objective):
    model = small(objective=objective, dropout=0.2).fit(circular_log())
    histories = [[1, 2, 3, 4, 5, 6], [7], [3, 9], [2, 4, 6, 8]]
    together = model.score_histories(histories)
    for row, history in zip(together, histories, strict=True):
        np.testing.assert_allclose(row, model.score_histories([history])[0], atol=1e-6)


def test_histories_of_one_event_train_nothing():
    log = Interactions([0, 1], [1, 2], [1, 1], [0, 0], 2, 3)
    model = small(dropout=0.5).fit(log)
    assert len(model.history_) == 0
    scores = model.score([0, 1])  # of a network that was never trained, read without dropout
    np.testing.assert_allclose(scores, model.score_histories([[1], [2]]), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(scores, small(dropout=0.5).fit(log).score([0, 1]))


def test_resumed_after_a_finished_training_it_takes_no_step(tmp_path):
    log = circular_log()
    model = small(folder=tmp_path / "run").fit(log)
    resumed = small(folder=tmp_path / "run", resume=True).fit(log)
    np.testing.assert_array_equal(resumed.score([3]), model.score([3]))
    assert resumed.history_.step.tolist() == model.history_.step.tolist()
    with pytest.raises(ValueError, match="earlier run"):
        small(folder=tmp_path / "run").fit(log)


def test_the_constructor_stores_what_it_is_given():
    given = {"network": NetworkSettings(), "training": Training(n_steps=1), "watch": print}
    given |= {"objective": "?", "n_negatives": -1, "folder": "here", "resume": True}
    model = SequentialTransformer(**given)
    assert all(getattr(model, name) is value for name, value in given.items())


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"objective": "last"}, "objective='last': use one of 'next', 'masked'"),
        ({"items": "title"}, "items='title': use one of"),
        ({"loss": "hinge"}, "loss='hinge': use one of"),
        ({"n_negatives": 0}, "n_negatives=0"),
        ({"popularity": np.nan}, "popularity=nan: give a number"),
        ({"network": {"d_model": 8}}, r"network=\{'d_model': 8\}: give NetworkSettings"),
        ({"training": None}, r"training=None: give Training\("),
    ],
)
def test_bad_settings_are_named(settings, words):
    model = SequentialTransformer(**settings)
    with pytest.raises(ValueError, match=words):
        model.fit(circular_log(), VECTORS)


@pytest.mark.parametrize("items", ["text", "both", "initialised"])
def test_item_vectors_are_needed(items):
    with pytest.raises(ValueError, match="needs item_vectors"):
        small(items=items).fit(circular_log())


@pytest.mark.parametrize(
    ("history", "words"),
    [
        ([], "history 1 is float64 of shape"),
        ([0.5], "history 1 is float64"),
        (3, r"history 1 is int64 of shape \(\)"),
        ([0, N_ITEMS], f"history 1 holds the unknown item {N_ITEMS}: items are 0 to 11"),
        ([-1], "unknown item -1"),
    ],
)
def test_a_bad_history_is_named(history, words):
    model = small(n_steps=0).fit(circular_log())
    with pytest.raises(ValueError, match=words):
        model.score_histories([[0], history])


@pytest.mark.parametrize("ask", ["score_histories", "save"])
def test_an_unfitted_model_says_so(ask, tmp_path):
    with pytest.raises(NotFittedError, match=r"not fitted: call fit\(train\)"):
        getattr(small(), ask)([[0, 1]] if ask == "score_histories" else tmp_path)


@pytest.mark.parametrize(
    "settings",
    [
        {"loss": "sampled", "popularity": 0.7},
        {"objective": "masked", "positions": "learned", "n_blocks": 2},
        {"items": "text", "dropout": 0.4},
        {"items": "both", "length": 4},
        {"items": "initialised", "n_heads": 4},
    ],
    ids=lambda settings: ", ".join(map(str, settings.values())),
)
def test_saved_and_loaded_it_scores_alike(settings, tmp_path):
    log = circular_log()
    model = small(watch=lambda step, model: None, **settings).fit(log, VECTORS)
    model.name = "mine"
    model.save(tmp_path / "new" / "model")
    served = SequentialTransformer.load(tmp_path / "new" / "model")
    assert not served.network_.training
    users = np.arange(24)
    np.testing.assert_array_equal(served.score(users), model.score(users))
    np.testing.assert_array_equal(served.recommend(users, 3), model.recommend(users, 3))
    histories = [[3], [1, 2, 3, 4, 5, 6, 7, 8]]
    scores = [m.score_histories(histories) for m in (model, served, served)]
    np.testing.assert_array_equal(scores[0], scores[1])
    np.testing.assert_array_equal(scores[1], scores[2])
    assert served.name == "mine"
    assert served.network == model.network
    assert served.training == model.training
    assert served.history_.equals(model.history_)
    again = served.fit(log, VECTORS)  # it can be fitted anew
    np.testing.assert_array_equal(again.score(users), model.score(users))


def test_where_a_checkpoint_was_is_not_saved(tmp_path):
    log = circular_log()
    model = small(folder=tmp_path / "run").fit(log)
    model.save(tmp_path / "model")
    assert model.folder == tmp_path / "run"
    served = SequentialTransformer.load(tmp_path / "model")
    assert served.folder is None
    served.fit(log)


def test_a_fit_that_fails_leaves_an_unfitted_model():
    model = small().fit(circular_log())
    model.loss = "hinge"
    with pytest.raises(ValueError, match="hinge"):
        model.fit(circular_log())
    with pytest.raises(NotFittedError):
        model.score_histories([[1]])
