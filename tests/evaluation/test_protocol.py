import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plmrec_lite import ranking
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.splits import (
    Split,
    cold_item_split,
    leave_one_out,
    random_split,
    temporal_split,
)
from plmrec_lite.evaluation import metrics
from plmrec_lite.evaluation.protocol import METRICS, evaluate, evaluate_sampled
from plmrec_lite.recommenders import EASE, ContentBased, Popularity
from plmrec_lite.recommenders.base import Recommender

thorough = settings(derandomize=True, deadline=None, max_examples=60)

SPLITS = [leave_one_out, temporal_split, random_split, cold_item_split]


class Oracle(Recommender):
    """Scores an item 1 where the test holds it (0.5 where training does), else 0."""

    name = "oracle"

    def __init__(self, split):
        self.split = split

    def _fit(self, train, item_vectors):
        self.table = self.split.test.matrix().toarray() + train.matrix().toarray() / 2

    def _score(self, users):
        return self.table[users]


def some_log(seed=0, n_users=30, n_items=40):
    rng = np.random.default_rng(seed)
    met = rng.random((n_users, n_items)) < np.linspace(0.05, 0.6, n_items)
    users, items = met.nonzero()
    n = len(users)
    return Interactions(users, items, rng.integers(1, 6, n), rng.permutation(n), n_users, n_items)


@pytest.mark.parametrize("make", SPLITS)
@pytest.mark.parametrize("part", ["validation", "test"])
@thorough
@given(seed=st.integers(0, 10**6))
def test_lists_hold_candidates_that_the_user_has_not_met(make, part, seed):
    split = make(some_log(seed, n_users=6, n_items=20))
    known = split.known(part)
    model = Popularity().fit(known)
    if not len(split.held_out(part)):
        with pytest.raises(ValueError, match=f"the {part} part of the split .* is empty"):
            evaluate(model, split, k=7, part=part)
        return
    report = evaluate(model, split, k=7, part=part)
    assert report.per_user.index.tolist() == sorted(set(split.held_out(part).users.tolist()))
    for user, items in zip(report.per_user.index, report.recommended, strict=True):
        items = items[items >= 0]
        assert not set(items) & set(known.items[known.users == user])
        assert split.candidates[part][items].all()
        allowed = (
            split.candidates[part].sum()
            - np.isin(
                np.flatnonzero(split.candidates[part]), known.items[known.users == user]
            ).sum()
        )
        assert len(items) == min(7, allowed)


@pytest.mark.parametrize("make", SPLITS)
def test_an_oracle_is_perfect(make):
    split = make(some_log())
    report = evaluate(Oracle(split).fit(split.known("test")), split, k=40)
    means = report.mean()
    for metric in ("recall", "hit_rate", "ndcg", "reciprocal_rank", "average_precision"):
        assert means[metric] == pytest.approx(1)
    assert (report.model, report.split, report.part, report.k) == ("oracle", split.name, "test", 40)


def test_it_ranks_as_recommend_does():
    split = leave_one_out(some_log())
    model = EASE(5.0).fit(split.known("test"))
    report = evaluate(model, split, k=6)
    users = report.per_user.index.to_numpy()
    assert (report.recommended == model.recommend(users, k=6)).all()
    relevant = [split.test.items[split.test.users == user] for user in users]
    assert report.per_user.columns.tolist() == list(METRICS)
    for name, metric in METRICS.items():
        assert (report.per_user[name] == metric(report.recommended, relevant, 6)).all()
    assert report.coverage == metrics.coverage(report.recommended, 40)
    popularity = split.known("test").popularity()
    assert report.novelty == metrics.novelty(report.recommended, popularity)


@pytest.mark.parametrize("at_once", [1, 100, 333])  # one user, two, eight of thirty
@pytest.mark.parametrize("make", SPLITS)
def test_chunks_of_users_give_the_same_reports(make, at_once, monkeypatch):
    split = make(some_log())
    model = ContentBased().fit(split.known("test"), np.random.default_rng(0).normal(size=(40, 5)))

    def reports():
        return [
            evaluate(model, split, k=8),
            evaluate_sampled(model, split, k=5, n_negatives=6, seed=3),
        ]

    whole, asked = reports(), []
    score = model.score
    monkeypatch.setattr(model, "score", lambda users: asked.append(len(users)) or score(users))
    monkeypatch.setattr(ranking, "SCORES_AT_ONCE", at_once)
    for one, two in zip(whole, reports(), strict=True):
        assert (one.recommended == two.recommended).all()
        pd.testing.assert_frame_equal(one.per_user, two.per_user)
        assert (one.coverage, one.novelty, one.n_new) == (two.coverage, two.novelty, two.n_new)
    assert max(asked) == max(at_once // 40, 1)  # memory grows with the chunk alone
    assert sum(asked) == 2 * len(whole[0].per_user)


def test_evaluation_holds_no_table_of_users_and_items():
    n_users, n_items = 3000, 3000
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(n_users), 4)
    items = rng.integers(0, n_items, len(users))
    log = Interactions(users, items, np.ones(len(users)), np.arange(len(users)), n_users, n_items)
    split = leave_one_out(log)
    model = Popularity().fit(split.known("test"))
    tracemalloc.start()
    evaluate(model, split)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * ranking.SCORES_AT_ONCE < 8 * n_users * n_items


def test_cold_coverage_is_a_share_of_the_candidates():
    split = cold_item_split(some_log())
    vectors = np.random.default_rng(0).normal(size=(40, 5))
    report = evaluate(ContentBased().fit(split.known("test"), vectors), split, k=8)
    assert split.candidates["test"].sum() == 8
    assert report.coverage == 1


def test_users_without_a_history_are_counted():
    users, times = [0, 0, 0, 0, 1, 2], [1, 2, 3, 9, 8, 9]
    log = Interactions(users, [0, 1, 2, 3, 0, 1], [1] * 6, times, 3, 4)
    split = temporal_split(log, validation=0.0, test=0.5)
    report = evaluate(Popularity().fit(split.known("test")), split, k=2)
    assert (len(report.per_user), report.n_new) == (3, 2)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_only_what_was_liked_is_relevant(part):
    split = random_split(some_log())
    model = Oracle(split).fit(split.known(part))
    everything = evaluate(model, split, k=5, part=part)
    report = evaluate(model, split, k=5, part=part, min_rating=4)
    held_out = split.held_out(part)
    liked = held_out.select(held_out.ratings >= 4)
    assert set(report.per_user.index) == set(liked.users) < set(everything.per_user.index)
    matrix, model.table = liked.matrix().toarray(), liked.matrix().toarray()
    for metric in ("ndcg", "hit_rate"):  # what was not liked may be ranked, and is a miss
        assert evaluate(model, split, 5, part, 4).mean()[metric] == 1
    n_liked = np.minimum(matrix.sum(1), 5)[report.per_user.index]
    assert np.allclose(evaluate(model, split, 5, part, 4).per_user["precision"], n_liked / 5)
    assert report.split == "random, rated 4 or more"
    # Nothing of the part becomes known: the lists are those of everybody's items.
    both = everything.per_user.index.isin(report.per_user.index)
    assert (everything.recommended[both] == report.recommended).all()


@pytest.mark.parametrize("part", ["validation", "test"])
@pytest.mark.parametrize("judge", [evaluate, evaluate_sampled])
def test_a_model_that_saw_the_answers_is_refused(part, judge):
    split = leave_one_out(some_log())
    model = Popularity().fit(split.known("test") + split.test)
    with pytest.raises(ValueError, match=rf"fitted on 30 of the 30 .* split.known\('{part}'\)"):
        judge(model, split, k=5, part=part)


def test_bad_requests_are_named():
    split = leave_one_out(some_log())
    model = Popularity().fit(split.train)
    with pytest.raises(ValueError, match="part='train'"):
        evaluate(model, split, part="train")
    with pytest.raises(ValueError, match="k=41 with 40 items"):
        evaluate(model, split, k=41)
    with pytest.raises(ValueError, match="not fitted"):
        evaluate(Popularity(), split)
    with pytest.raises(ValueError, match="n_negatives=0"):
        evaluate_sampled(model, split, n_negatives=0)
    none = split.test.select(np.zeros(len(split.test), dtype=bool))
    empty = Split(split.train, split.validation, none, split.candidates, "mine")
    with pytest.raises(ValueError, match="test part of the split 'mine' is empty"):
        evaluate(model, empty)
    with pytest.raises(ValueError, match="'leave-one-out' is empty of ratings of 6 or more"):
        evaluate(model.fit(split.known("test")), split, k=5, min_rating=6)
    unrated = Interactions([0, 0, 0], [0, 1, 2], None, [1, 2, 3], 1, 3)
    split = leave_one_out(unrated)
    with pytest.raises(ValueError, match="min_rating needs ratings"):
        evaluate(Popularity().fit(split.known("test")), split, k=1, min_rating=4)


def test_sampled_lists_hold_one_relevant_item_and_sampled_negatives():
    split = random_split(some_log())
    model = Oracle(split).fit(split.known("test"))
    report = evaluate_sampled(model, split, k=5, n_negatives=4)
    known, test = split.known("test").matrix().toarray(), split.test.matrix().toarray()
    for user, items in zip(report.per_user.index, report.recommended, strict=True):
        assert len(set(items)) == 5 and (items >= 0).all()
        assert test[user, items].tolist() == [1, 0, 0, 0, 0]  # the oracle puts it first
        assert not known[user, items].any()
    assert report.split == "random, 4 sampled"
    again = evaluate_sampled(model, split, k=5, n_negatives=4)
    other = evaluate_sampled(model, split, k=5, n_negatives=4, seed=1)
    assert (report.recommended == again.recommended).all()
    assert (report.recommended != other.recommended).any()


def test_sampling_flatters_and_ends_at_the_full_ranking():
    split = leave_one_out(some_log())
    model = Popularity().fit(split.known("test"))
    full = evaluate(model, split, k=5)
    assert evaluate_sampled(model, split, k=5, n_negatives=5).mean().ndcg > full.mean().ndcg
    (two,) = {
        (row >= 0).sum() for row in evaluate_sampled(model, split, 5, n_negatives=1).recommended
    }
    assert two == 2
    everything = evaluate_sampled(model, split, k=5, n_negatives=1000)
    pd.testing.assert_frame_equal(everything.per_user, full.per_user)


def test_only_users_of_the_part_count_as_new():
    log = Interactions([0, 0, 0], [0, 1, 2], None, [1, 2, 3], n_users=3, n_items=4)
    split = leave_one_out(log)  # users 1 and 2 have no event at all
    assert evaluate(Popularity().fit(split.known("test")), split, k=2).n_new == 0
