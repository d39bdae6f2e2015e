import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.splits import (
    Split,
    among_all,
    cold_item_split,
    leave_one_out,
    random_split,
    temporal_split,
)

thorough = settings(derandomize=True, deadline=None, max_examples=60)

SPLITS = [leave_one_out, temporal_split, random_split, cold_item_split]


@st.composite
def logs(draw):
    """Small logs with ties in time and repeats, and at least two moments."""
    n_users, n_items = draw(st.integers(1, 5)), draw(st.integers(1, 12))
    event = st.tuples(
        st.integers(0, n_users - 1),
        st.integers(0, n_items - 1),
        st.integers(1, 5),
        st.integers(1, 8),
    )
    rows = np.array(draw(st.lists(event, max_size=60)), dtype=np.int64).reshape(-1, 4)
    start = [(0, item % n_items, 5, 0) for item in range(10)]  # ten events to train on
    return Interactions(*np.concatenate([start, rows]).T, n_users, n_items)


def pairs(events):
    return set(zip(events.users.tolist(), events.items.tolist(), strict=True))


def rows(events):
    columns = (events.users, events.items, events.ratings, events.timestamps)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def usable(make, events):
    """Split, passing over a log whose cut in time would fall on its first moment."""
    try:
        return make(events)
    except ValueError as error:
        assume(make is not temporal_split or "to train on" not in str(error))
        raise


@pytest.mark.parametrize("make", SPLITS)
@thorough
@given(logs())
def test_nothing_leaks(make, events):
    split = usable(make, events)
    train, validation, test = map(pairs, (split.train, split.validation, split.test))
    assert not train & validation
    assert not train & test
    assert not validation & test
    for part in ("validation", "test"):
        assert not pairs(split.known(part)) & pairs(split.held_out(part))
        assert split.candidates[part][split.held_out(part).items].all()


@pytest.mark.parametrize("make", SPLITS)
@thorough
@given(logs())
def test_parts_are_the_first_meetings_of_the_log(make, events):
    split = usable(make, events)
    whole = rows(split.train + split.validation + split.test)
    first = {}
    for row in sorted(range(len(events)), key=lambda r: (events.timestamps[r], r)):
        first.setdefault((events.users[row], events.items[row]), row)
    kept = np.isin(np.arange(len(events)), list(first.values()))
    expected = rows(events.select(kept))
    if make is cold_item_split:  # what was not liked among cold items is dropped
        cold = split.candidates["test"] | split.candidates["validation"]
        expected = [row for row in expected if not cold[row[1]] or row[2] >= 4]
    assert whole == expected


@pytest.mark.parametrize("make", SPLITS)
def test_a_split_is_repeatable_and_survives_an_empty_log(make):
    rng = np.random.default_rng(0)
    columns = [rng.integers(0, high, 300) for high in (20, 40, 6, 1000)]
    events = Interactions(*columns, 20, 40)
    for part in ("train", "validation", "test"):
        assert rows(getattr(make(events), part)) == rows(getattr(make(events), part))
    empty = make(Interactions([], [], [], [], 3, 4))
    assert len(empty.train) == len(empty.validation) == len(empty.test) == 0


def test_known_is_what_a_model_may_have_seen():
    split = leave_one_out(Interactions([0, 0, 0, 0], [3, 1, 2, 0], [1] * 4, [1, 2, 3, 4], 1, 4))
    assert split.known("validation") is split.train
    assert pairs(split.known("test")) == {(0, 3), (0, 1), (0, 2)}
    for method in (split.known, split.held_out):
        with pytest.raises(ValueError, match="part='train'"):
            method("train")


@pytest.mark.parametrize(("n_users", "n_items"), [(3, 4), (2, 5)])
@pytest.mark.parametrize("odd", ["train", "validation", "test"])
def test_parts_must_number_the_same_users_and_items(odd, n_users, n_items):
    parts = {part: Interactions([], [], [], [], 2, 4) for part in ("train", "validation", "test")}
    parts[odd] = Interactions([], [], [], [], n_users, n_items)
    candidates = dict.fromkeys(("validation", "test"), np.ones(4, bool))
    words = rf"differ in \(n_users, n_items\): .*'{odd}': \({n_users}, {n_items}\)"
    with pytest.raises(ValueError, match=words):
        Split(**parts, candidates=candidates, name="mine")


def test_candidates_are_checked():
    events = Interactions([], [], [], [], 1, 4)
    every = np.ones(4, bool)
    for candidates in ({"test": every}, {"validation": every, "test": every[:1]}):
        with pytest.raises(ValueError, match="candidates have the shapes"):
            Split(events, events, events, candidates, "mine")


@thorough
@given(logs())
def test_leave_one_out_holds_out_the_last_two(events):
    split = leave_one_out(events)
    for user in range(events.n_users):
        train, validation, test = (
            part.timestamps[part.users == user]
            for part in (split.train, split.validation, split.test)
        )
        distinct = len(np.unique(events.items[events.users == user]))
        assert len(test) == len(validation) == (distinct >= 3)
        if distinct >= 3:
            assert train.max() <= validation[0] <= test[0]


def test_leave_one_out_breaks_ties_by_position():
    split = leave_one_out(Interactions([0, 0, 0], [2, 0, 1], [1] * 3, [7, 7, 7], 1, 3))
    assert (split.validation.items.tolist(), split.test.items.tolist()) == ([0], [1])


@thorough
@given(logs())
def test_temporal_split_never_trains_on_the_future(events):
    split = usable(temporal_split, events)
    assert len(split.train)
    assert len(split.test)
    later = [part.timestamps for part in (split.validation, split.test) if len(part)]
    before = split.train.timestamps.max()
    for times in later:
        assert before < times.min()
        before = times.max()


def test_temporal_split_has_the_shares_asked_for():
    n = 200
    order = np.random.default_rng(0).permutation(n)
    split = temporal_split(Interactions(order % 7, order, [1] * n, order, 7, n), 0.15, 0.25)
    assert [len(part) for part in (split.train, split.validation, split.test)] == [120, 30, 50]
    assert len(temporal_split(split.train, validation=0).validation) == 0


def test_temporal_split_sends_ties_at_the_border_to_the_later_part():
    split = temporal_split(Interactions([0] * 10, range(10), [1] * 10, [0] * 5 + [1] * 5, 1, 10))
    assert [len(part) for part in (split.train, split.validation, split.test)] == [5, 0, 5]


def test_temporal_split_refuses_a_single_moment():
    with pytest.raises(ValueError, match="nothing before time 7 to train on"):
        temporal_split(Interactions([0, 0, 1], [0, 1, 1], [1] * 3, [7, 7, 7], 2, 2))


@thorough
@given(logs(), st.integers(0, 3))
def test_random_split_takes_its_share_of_each_user(events, seed):
    split = random_split(events, validation=0.25, test=0.3, seed=seed)
    for user in range(events.n_users):
        n = len(np.unique(events.items[events.users == user]))
        n_validation, n_test = n // 4, 3 * n // 10
        assert (split.validation.users == user).sum() == n_validation
        assert (split.test.users == user).sum() == n_test


def test_a_seed_changes_the_draw():
    events = Interactions([0] * 50, range(50), [5] * 50, range(50), 1, 50)
    for make in (random_split, cold_item_split):
        tests = [make(events, seed=seed).test.items.tolist() for seed in (0, 1)]
        assert tests[0] != tests[1]


@thorough
@given(logs(), st.integers(0, 3))
def test_cold_items_are_never_trained_on(events, seed):
    split = cold_item_split(events, share=0.3, validation_share=0.2, seed=seed)
    cold, other = split.candidates["test"], split.candidates["validation"]
    n = (events.popularity() > 0).sum()
    assert (cold.sum(), other.sum()) == (3 * n // 10, n // 5)
    assert not (cold & other).any()
    assert not (cold | other)[split.train.items].any()
    for part, mask in ((split.test, cold), (split.validation, other)):
        assert mask[part.items].all()
        assert (part.ratings >= 4).all()


def fold_of(events, fold, **settings):
    return cold_item_split(events, fold=fold, **settings)


@thorough
@given(logs(), st.integers(0, 3), st.sampled_from([0.5, 1 / 3, 0.2]))
def test_over_the_folds_each_item_is_cold_once(events, seed, share):
    n_folds = round(1 / share)
    splits = [fold_of(events, k, share=share, seed=seed) for k in range(n_folds)]
    cold = np.array([split.candidates["test"] for split in splits])
    other = np.array([split.candidates["validation"] for split in splits])
    met = events.popularity() > 0
    assert (cold.sum(axis=0) == met).all()
    assert np.ptp(cold.sum(axis=1)) <= 1
    assert (other.sum(axis=1) == met.sum() // 10).all()  # the same number in each
    assert not (cold & other).any()
    tested = [pairs(split.test) for split in splits]
    assert sum(map(len, tested)) == len(set().union(*tested))
    whole = random_split(events)  # which counts a repeated pair at its first event, too
    first = rows(whole.train) + rows(whole.validation) + rows(whole.test)
    assert set().union(*tested) == {(user, item) for user, item, rating, _ in first if rating >= 4}


def test_folds_are_drawn_anew_by_seed_and_not_by_chance():
    log = Interactions([0] * 100, range(100), [5] * 100, range(100), 1, 100)
    cold = {
        (seed, fold): np.flatnonzero(fold_of(log, fold, seed=seed).candidates["test"]).tolist()
        for seed in range(4)
        for fold in range(5)
    }
    assert len({tuple(items) for items in cold.values()}) == 20
    for (seed, fold), items in cold.items():
        again = fold_of(log, fold, seed=seed)
        assert np.flatnonzero(again.candidates["test"]).tolist() == items
        n_test, n_known = again.candidates["test"].sum(), (again.known("test").popularity() > 0)
        assert n_test / n_known.sum() == 0.25  # what ``compare_choices`` asks for


def test_the_validation_of_a_fold_is_taken_from_the_next_one():
    log = Interactions([0] * 100, range(100), [5] * 100, range(100), 1, 100)
    splits = [fold_of(log, fold, seed=3) for fold in range(5)]
    for split, following in zip(splits, [*splits[1:], splits[0]], strict=True):
        assert split.candidates["validation"].sum() == 10
        assert following.candidates["test"][split.candidates["validation"]].all()


@pytest.mark.parametrize("fold", [-1, 5, True, 1.0])
def test_an_impossible_fold_is_named(fold):
    with pytest.raises(ValueError, match=rf"fold={fold!r}: .* from 0 to 4"):
        fold_of(NO_TIMES, fold, min_rating=None)


def test_a_share_that_is_no_fold_is_named():
    with pytest.raises(ValueError, match=r"share=0\.3: for folds"):
        fold_of(NO_TIMES, 0, share=0.3)


def test_among_all_adds_known_items_to_the_candidates_and_changes_nothing_else():
    log = Interactions([0] * 50, range(50), [5] * 50, range(50), 1, 50)
    split = cold_item_split(log)
    every = among_all(split)
    assert every.candidates["test"].tolist() == [True] * 50
    assert every.candidates["validation"].tolist() == (~split.candidates["test"]).tolist()
    assert split.candidates["test"].sum() == 10
    for part in ("train", "validation", "test"):
        assert getattr(every, part) is getattr(split, part)
    assert every.name == "cold items, among all"
    usual = random_split(log)
    assert all(among_all(usual).candidates[part].all() for part in ("validation", "test"))


def test_items_without_events_are_no_cold_items():
    log = Interactions([0] * 5, range(0, 50, 10), [5] * 5, range(5), 1, 50)
    split = cold_item_split(log, share=0.4, validation_share=0.4)
    assert len(split.test) == len(split.validation) == 2
    assert split.candidates["test"].sum() == split.candidates["validation"].sum() == 2


def test_a_share_is_not_lost_to_rounding():
    log = Interactions([0] * 100, range(100), [1] * 100, range(100), 1, 100)
    assert 0.29 * 100 < 29
    assert len(random_split(log, test=0.29).test) == 29


@pytest.mark.parametrize("make", [temporal_split, random_split])
@pytest.mark.parametrize("shares", [(-0.1, 0.2), (0.5, 0.5), (0.1, 0.0), (np.nan, 0.1)])
def test_impossible_shares_are_refused(make, shares):
    with pytest.raises(ValueError, match="shares"):
        make(Interactions([0], [0], [1], [1], 1, 1), *shares)


def test_impossible_cold_shares_are_refused():
    with pytest.raises(ValueError, match=r"share.*1\.2"):
        cold_item_split(Interactions([0], [0], [1], [1], 1, 1), share=1.2)


NO_TIMES = Interactions([0] * 5 + [1] * 5, [*range(5)] * 2, None, None, 2, 5, "ab", range(5))


@pytest.mark.parametrize("make", [leave_one_out, temporal_split])
def test_what_needs_time_says_so(make):
    with pytest.raises(ValueError, match=rf"{make.__name__} needs timestamps, and this log"):
        make(NO_TIMES)


def test_what_needs_ratings_says_so():
    with pytest.raises(ValueError, match="min_rating=4 needs ratings"):
        cold_item_split(NO_TIMES)
    split = cold_item_split(NO_TIMES, min_rating=None)
    assert len(split.test) == 2  # all who met the one cold item


def test_a_log_without_times_is_split_at_random_and_keeps_its_ids():
    repeated = NO_TIMES + NO_TIMES
    split = random_split(repeated)
    assert len(split.train + split.validation + split.test) == len(NO_TIMES)
    assert split.test.user_ids.tolist() == ["a", "b"]
    assert split.test.timestamps is None


def test_parts_number_the_same_users():
    events = Interactions([], [], [], [], 1, 4)
    other = Interactions([], [], [], [], 2, 4)
    every = dict.fromkeys(("validation", "test"), np.ones(4, bool))
    with pytest.raises(ValueError, match=r"parts differ in .*'validation': \(2, 4\)"):
        Split(events, other, events, every, "mine")
