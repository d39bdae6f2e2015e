import numpy as np
import pytest

from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.evaluation import evaluate, evaluate_sampled
from plmrec_lite.evaluation.standing import Standing, expected_gains, gains, standing
from plmrec_lite.recommenders import EASE, Popularity


@pytest.fixture(scope="module")
def split():
    log = load_movielens().interactions
    return leave_one_out(log.select(log.users < 200))


@pytest.fixture(scope="module", params=[EASE, Popularity])
def model(request, split):
    return request.param().fit(split.known("test"))


def test_all_items_give_the_numbers_of_the_full_ranking(model, split):
    hit, ndcg = gains(standing(model, split).counts())
    report = evaluate(model, split).per_user
    np.testing.assert_allclose(ndcg, report["ndcg"])
    np.testing.assert_allclose(hit, report["hit_rate"])


def test_the_expectation_is_the_mean_of_many_draws(model, split):
    found = standing(model, split)
    hit, ndcg = expected_gains(found.counts(), found.n_others(), n_negatives=50)
    draws = [evaluate_sampled(model, split, n_negatives=50, seed=s).mean() for s in range(40)]
    for exact, name in ((hit, "hit_rate"), (ndcg, "ndcg")):
        values = [draw[name] for draw in draws]
        error = np.std(values, ddof=1) / np.sqrt(len(values))
        assert abs(exact.mean() - np.mean(values)) < 4 * error


def test_all_negatives_are_no_sample(model, split):
    found = standing(model, split)
    for one, other in zip(
        expected_gains(found.counts(), found.n_others(), n_negatives=10_000),
        gains(found.counts()),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, atol=1e-9)


def test_the_expectation_of_a_small_draw_by_hand():
    # 3 of 5 stand above; of 2 drawn, none above: 1/10, one: 6/10, two: 3/10
    hit, ndcg = expected_gains([3], [5], n_negatives=2, k=2)
    assert hit == pytest.approx(0.7)
    assert ndcg == pytest.approx(0.1 + 0.6 / np.log2(3))


def test_films_that_were_seen_stand_above_if_they_are_left_in(model, split):
    found = standing(model, split)
    without, with_seen = found.counts(), found.counts(mask_seen=False)
    assert (with_seen >= without).all()
    assert with_seen.sum() > without.sum()
    assert not (found.seen & found.others).any()


def one_person(n_items=6, above=()):
    rows = np.zeros((1, n_items), dtype=bool)
    rows[0, list(above)] = True
    others = np.ones((1, n_items), dtype=bool)
    others[0, 0] = False
    return Standing(np.array([0]), np.array([0]), rows, np.zeros_like(rows), others)


def test_popular_items_are_drawn_more_often_and_unknown_ones_never():
    weights = np.array([9, 8, 1, 1, 1, 0])
    first, last = one_person(above=[1]), one_person(above=[5])
    drawn = first.popularity_counts(weights, n_negatives=1, n_draws=2000)
    assert drawn.mean() == pytest.approx(8 / 11, abs=0.04)
    assert last.popularity_counts(weights, n_negatives=4, n_draws=50).sum() == 0


def test_the_same_seed_gives_the_same_draw():
    found = one_person(above=[1, 2])
    weights = np.ones(6)
    one, same, other = (
        found.popularity_counts(weights, 2, 30, seed=seed).tolist() for seed in (1, 1, 2)
    )
    assert one == same != other


def test_impossible_numbers_are_refused(model, split):
    with pytest.raises(ValueError, match="n_negatives"):
        expected_gains([1], [2], n_negatives=0)
    with pytest.raises(ValueError, match="counts"):
        expected_gains([3], [2])
    with pytest.raises(ValueError, match="k="):
        gains([1], k=0)
    with pytest.raises(ValueError, match="was fitted on the validation part"):
        standing(model, split, part="validation")
