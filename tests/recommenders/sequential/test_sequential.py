import numpy as np
import pytest

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.splits import Split
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import SequentialTransformer

N_ITEMS = 12
SMALL = {"d_model": 16, "length": 6, "dropout": 0.0, "batch_size": 8, "n_negatives": 8}


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
    model = SequentialTransformer(n_epochs=60, learning_rate=0.02, **SMALL, **settings)
    model.fit(log, VECTORS)
    assert model.losses_[-1] < model.losses_[0] / 2
    assert (model.recommend(np.arange(24), k=1)[:, 0] == next_on_the_ring(log)).all()


def test_text_scores_an_item_that_training_never_saw():
    vectors = np.vstack([VECTORS, VECTORS[:1]])  # item 12 reads like item 0
    log = circular_log(n_items=N_ITEMS + 1)
    model = SequentialTransformer(items="text", n_epochs=60, learning_rate=0.02, **SMALL)
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
        model = SequentialTransformer(n_epochs=5, **SMALL).fit(split.known("test"))
        lists.append(evaluate(model, split, k=3).recommended)
    assert (lists[0] == lists[1]).all()


def test_known_and_unknown_histories_are_scored_by_one_rule():
    log = circular_log()
    model = SequentialTransformer(n_epochs=2, **SMALL).fit(log)
    scores = model.score_histories(log.histories())
    np.testing.assert_allclose(scores, model.score(np.arange(24)), rtol=1e-5, atol=1e-6)
    assert model.score_histories([[3], [1, 2, 3, 4, 5, 6, 7, 8]]).shape == (2, N_ITEMS)


@pytest.mark.parametrize("objective", ["next", "masked"])
def test_only_the_last_events_are_read(objective):
    model = SequentialTransformer(objective, n_epochs=2, **SMALL).fit(circular_log())
    reach = 6 if objective == "next" else 5  # the hidden event takes a place
    for length in range(reach, 9):
        history = np.arange(length)
        scores = model.score_histories([history, history[-reach:], history[-reach + 1 :]])
        np.testing.assert_allclose(scores[0], scores[1], rtol=1e-5, atol=1e-7)
        assert np.abs(scores[0] - scores[2]).max() > 1e-5


def test_popularity_adds_its_logarithm_to_the_scores():
    log = circular_log(n_users=7)
    plain, adjusted = (
        SequentialTransformer(n_epochs=2, popularity=t, **SMALL).fit(log) for t in (0.0, 0.5)
    )
    bonus = 0.5 * np.log(1 + log.popularity())
    assert np.ptp(bonus) > 0.4
    users = np.arange(7)
    np.testing.assert_allclose(adjusted.score(users), plain.score(users) + bonus, rtol=1e-5)
    scores = [model.score_histories([[1, 2]]) for model in (adjusted, plain)]
    np.testing.assert_allclose(scores[0], scores[1] + bonus)


def test_seeds_differ():
    one, other = (SequentialTransformer(n_epochs=1, seed=s, **SMALL) for s in (0, 1))
    users = np.arange(24)
    scores = [model.fit(circular_log()).score(users) for model in (one, other)]
    assert np.abs(scores[0] - scores[1]).max() > 1e-3


def test_training_can_be_watched():
    seen = []

    def watch(epoch, model):
        seen.append((epoch, model.score_histories([[0, 1]])[0, 2]))

    SequentialTransformer(n_epochs=3, watch=watch, **SMALL).fit(circular_log())
    watched = SequentialTransformer(n_epochs=3, watch=watch, **SMALL).fit(circular_log())
    plain = SequentialTransformer(n_epochs=3, **SMALL).fit(circular_log())
    assert [epoch for epoch, _ in seen] == [1, 2, 3] * 2
    assert seen[:3] == seen[3:]
    assert seen[0][1] != seen[2][1]
    np.testing.assert_array_equal(watched.score([0]), plain.score([0]))  # and does not disturb


def test_histories_of_one_event_train_nothing():
    log = Interactions([0, 1], [1, 2], [1, 1], [0, 0], 2, 3)
    model = SequentialTransformer(n_epochs=2, **SMALL).fit(log)
    assert model.losses_.shape == (0,)
    assert np.isfinite(model.score([0, 1])).all()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"objective": "last"}, "objective='last': use one of 'next', 'masked'"),
        ({"items": "title"}, "items='title': use one of"),
        ({"loss": "hinge"}, "loss='hinge': use one of"),
        ({"positions": None}, "positions=None: use one of"),
        ({"length": 1}, "length=1: give an integer, 2 or larger"),
        ({"n_epochs": -1}, "n_epochs=-1"),
        ({"n_blocks": 0}, "n_blocks=0"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"n_negatives": 0}, "n_negatives=0"),
        ({"popularity": np.nan}, "popularity=nan: give a finite number"),
        ({"learning_rate": 0}, "learning_rate=0: give a number above 0"),
        ({"dropout": 1}, "dropout=1: give a share"),
        ({"d_model": 10, "n_heads": 4}, "d_model=10 does not divide into n_heads=4"),
    ],
)
def test_bad_settings_are_named(settings, words):
    with pytest.raises(ValueError, match=words):
        SequentialTransformer(**settings)


@pytest.mark.parametrize("items", ["text", "both", "initialised"])
def test_item_vectors_are_needed(items):
    with pytest.raises(ValueError, match=f"items='{items}' needs item_vectors"):
        SequentialTransformer(items=items).fit(circular_log())


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
    model = SequentialTransformer(n_epochs=0, **SMALL).fit(circular_log())
    with pytest.raises(ValueError, match=words):
        model.score_histories([[0], history])
