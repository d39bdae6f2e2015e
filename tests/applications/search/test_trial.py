"""A trial asks the same queries of each search, and chooses on validation alone."""

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.applications.search.inverted_index import BM25, InvertedIndex
from plmrec_lite.applications.search.shop import open_shop
from plmrec_lite.applications.search.trial import SHARES, Trial, reciprocal

COLOURS = ("red", "blue", "green", "black", "white")


@pytest.fixture(scope="module")
def trial():
    rng = np.random.default_rng(0)
    rows = [
        {"item": item, "title": word, "text": f"{word} {' '.join(rng.permutation(list('abcde')))}."}
        for item, (word, size) in enumerate(zip(COLOURS, (6, 10, 20, 30, 60), strict=True))
        for _ in range(size)
    ]
    facets = {"division": "d", "department": "e", "kind": "k"}
    return Trial(open_shop(pd.DataFrame(rows).assign(**facets)), ("title", "review"))


def scores_of(trial, right_on):
    """The right item first on some parts, and last on others."""
    scores = {}
    for key, wanted in trial.wanted.items():
        one = np.zeros((len(wanted), trial.n_items), dtype=np.float32)
        one[np.arange(len(wanted)), wanted] = 1 if key[0] in right_on else -1
        scores[key] = one
    return scores


def test_words_that_name_the_item_find_it(trial):
    documents = [" ".join([word] * 3) for word in COLOURS]
    scores = trial.score(BM25(InvertedIndex(documents)).score_all)
    assert trial.mrr(scores) == trial.mrr(scores, "test") == 1
    assert (trial.reciprocal(scores) == 1).all()
    n = sum(len(trial.wanted["test", form]) for form in trial.forms)
    assert len(trial.reciprocal(scores)) == n
    for one in scores.values():
        np.testing.assert_allclose(one.mean(axis=1), 0, atol=1e-6)
        np.testing.assert_allclose(one.std(axis=1), 1, rtol=1e-5)


def test_the_share_is_that_of_validation_whatever_the_test_says(trial):
    good, bad = scores_of(trial, ("validation",)), scores_of(trial, ("test",))
    _, chosen = trial.fused(bad, good)
    assert chosen == {"share": 0.6}  # from there on the right item is first, on validation
    fused, chosen = trial.fused(good, bad)
    assert chosen == {"share": SHARES[0]}
    assert trial.mrr(fused) == 1
    assert trial.mrr(fused, "test") < 0.5
    for part, right in (("validation", True), ("test", False)):
        found = trial.reciprocal(fused, part)
        assert len(found) == sum(len(trial.wanted[part, form]) for form in trial.forms)
        assert (found == 1).all() == right


def test_the_prior_is_taken_where_nothing_else_is_known(trial):
    nothing = trial.score(lambda texts: np.zeros((len(texts), trial.n_items)))
    more, chosen = trial.with_prior(nothing)
    assert chosen["weight"] > 0
    assert trial.mrr(more) > trial.mrr(nothing)
    assert more["test", "title"][0].argmax() == trial.counts.argmax()


def test_the_prior_is_left_out_where_all_is_known(trial):
    _, chosen = trial.with_prior(scores_of(trial, ("validation", "test")))
    assert chosen == {"cap": 20, "weight": 0}


def test_the_tenth_place_counts_and_the_eleventh_does_not(trial):
    wide = object.__new__(Trial)
    wide.forms, wide.wanted = ("title",), {("test", "title"): np.array([9, 10])}
    scores = {("test", "title"): np.tile(-np.arange(12.0), (2, 1))}
    assert wide.ranks(scores, "test", "title").tolist() == [10, 0]
    assert wide.mrr(scores, "test") == pytest.approx(0.05)


def test_no_item_counts_for_more_reviews_than_the_cap(trial, monkeypatch):
    """Where the right item is the first of those with 20 reviews or more, only a cap finds it."""
    right = int(np.flatnonzero(trial.counts >= 20)[0])
    assert right < trial.counts.argmax()
    wanted = {key: np.full(len(about), right) for key, about in trial.wanted.items()}
    monkeypatch.setattr(trial, "wanted", wanted)
    nothing = trial.score(lambda texts: np.zeros((len(texts), trial.n_items)))
    more, chosen = trial.with_prior(nothing)
    assert chosen["cap"] == 20
    assert trial.mrr(more, "test") == 1


def test_ranks_beyond_ten_count_nothing():
    np.testing.assert_allclose(reciprocal([1, 4, 0]), [1, 0.25, 0])
