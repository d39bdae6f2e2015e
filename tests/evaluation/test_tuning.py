import numpy as np
import pytest

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.splits import among_all, cold_item_split, leave_one_out
from plmrec_lite.evaluation import evaluate
from plmrec_lite.evaluation.tuning import tune, tune_each
from plmrec_lite.recommenders import ContentBased, Popularity, Recommender

# Everyone meets items 0 to 3 in some order; then item 4 (validation) and item 5 (test).
USERS = np.repeat(np.arange(4), 5)
ITEMS = np.array([[u, (u + 1) % 4, (u + 2) % 4, 4, 5] for u in range(4)]).ravel()
LOG = Interactions(USERS, ITEMS, np.ones(20), np.tile(np.arange(5), 4), n_users=4, n_items=8)
SPLIT = leave_one_out(LOG)


class Favours(Recommender):
    """Puts one item first for everyone, and remembers what it was fitted on."""

    def __init__(self, item):
        self.item = item
        self.fits = []

    def _fit(self, train, item_vectors):
        self.fits.append((len(train), item_vectors))

    def _score(self, users):
        return np.tile(np.eye(8)[self.item], (len(users), 1))


def test_the_best_on_validation_is_tested_even_if_the_test_likes_another():
    candidates = {"test's": (Favours(5), None), "validation's": (Favours(4), None)}
    tuned = tune(candidates, SPLIT, k=1)
    assert tuned.choice == "validation's"
    assert tuned.validation == {"test's": 0.0, "validation's": 1.0}
    assert tuned.report.mean()["ndcg"] == 0.0
    assert tuned.report.part == "test"


def test_the_chosen_one_alone_is_fitted_anew_on_all_that_is_known():
    vectors = np.eye(8)
    right, wrong = Favours(4), Favours(7)
    tune({1: (wrong, None), 2: (right, vectors)}, SPLIT, k=1)
    assert [n for n, _ in right.fits] == [12, 16]
    assert [n for n, _ in wrong.fits] == [12]
    assert all((seen == vectors).all() for _, seen in right.fits)


def test_of_equals_the_first_is_chosen():
    twins = {name: (Popularity(), None) for name in "ba"}
    assert tune(twins, SPLIT, k=3).choice == "b"


def test_the_metric_and_the_length_decide():
    report = tune({"one": (Favours(5), None)}, SPLIT, k=1, metric="recall").report
    assert report.k == 1
    assert report.mean()["recall"] == 1.0


def test_it_is_evaluate_on_the_known():
    vectors = np.random.default_rng(0).normal(size=(8, 3))
    model = ContentBased().fit(SPLIT.known("test"), vectors)
    expected = evaluate(model, SPLIT, k=3)
    assert tune({0: (ContentBased(), vectors)}, SPLIT, k=3).report.per_user.equals(
        expected.per_user
    )


class Between(Recommender):
    """Puts the validation item first where its setting is the best, else the test's."""

    def __init__(self, setting, best=5):
        self.setting = setting
        self.best = best
        self.fits = []

    def _fit(self, train, item_vectors):
        self.fits.append(train)

    def _score(self, users):
        scores = np.zeros((len(users), 8))
        near = 1 / (1 + abs(self.setting - self.best))
        scores[:, [4, 7, 5]] = [near, 0.9 * near, 0.3]  # once 4 is known, 7 is before 5
        return scores


def grid(settings, **others):
    return {s: (Between(s[-1] if isinstance(s, tuple) else s, **others), None) for s in settings}


def test_validation_chooses_not_the_test_and_the_chosen_one_learns_from_both(monkeypatch):
    asked = []

    def spy(model, split, k, part="test"):
        asked.append((model, part, len(model.fits[-1])))
        return evaluate(model, split, k, part=part)

    monkeypatch.setattr("plmrec_lite.evaluation.tuning.evaluate", spy)
    candidates = grid([1, 5, 20])
    tuned = tune(candidates, SPLIT, k=1)
    models = [model for model, _ in candidates.values()]
    assert tuned.validation == {1: 0.0, 5: 1.0, 20: 0.0}
    assert tuned.choice == 5
    assert tuned.report.mean()["ndcg"] == 0.0  # 1 and 20 would have had 1.0
    # Every candidate is fitted on training and judged on validation; the chosen one alone is
    # fitted again, on training and validation, and judged on the test.
    assert asked == [(model, "validation", 12) for model in models] + [(models[1], "test", 16)]
    assert [len(model.fits) for model in models] == [1, 2, 1]
    known = models[1].fits[1]
    assert set(known.items[known.users == 0]) == {0, 1, 2, 4}  # validation's item 4, not test's 5


@pytest.mark.parametrize(
    ("settings", "best", "edges"),
    [
        ([1, 5, 20], 5, {}),
        ([1, 5, 20], 1, {0: "smallest"}),
        ([20, 1, 5], 20, {0: "largest"}),
        ([5], 5, {}),
        ([(2, 1), (2, 5), (2, 20)], 20, {1: "largest"}),  # one value of the first was tried
        ([(2, 1), (3, 5), (4, 5)], 1, {0: "smallest", 1: "smallest"}),
        ([("a", 1), ("b", 5)], 5, {1: "largest"}),
        ([(None, 1), (3, 5)], 5, {1: "largest"}),
        ([(True, 1), (False, 5), (False, 20)], 5, {}),
    ],
)
def test_a_choice_at_the_edge_of_the_grid_is_told(settings, best, edges):
    tuned = tune(grid(settings, best=best), SPLIT, k=1)
    assert tuned.at_edge == edges
    lines = repr(tuned).splitlines()
    assert lines[0].startswith(f"Tuned(choice={tuned.choice!r}, validation={{")
    assert len(lines) == 1 + len(edges)
    for line, end in zip(lines[1:], edges.values(), strict=True):
        assert f"is the {end} that was tried" in line


def test_keys_of_several_lengths_or_of_words_have_no_edge():
    tuned = tune(grid([1]) | {"five": (Between(5), None)}, SPLIT, k=1)
    assert (tuned.choice, tuned.at_edge) == ("five", {})
    tuned = tune(grid([1]) | {(1, 2): (Between(5), None)}, SPLIT, k=1)
    assert (tuned.choice, tuned.at_edge) == ((1, 2), {})


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"metric": "NDCG"}, "metric='NDCG': use one of precision, recall, f1, hit_rate, ndcg"),
        ({"k": 9}, "k=9 with 8 items"),
    ],
)
def test_a_bad_request_is_named_before_anything_is_fitted(setting, words):
    model = Favours(4)
    with pytest.raises(ValueError, match=words):
        tune({"one": (model, None)}, SPLIT, **setting)
    assert model.fits == []


def test_nothing_to_choose_from():
    with pytest.raises(ValueError, match="no candidates"):
        tune({}, SPLIT)


class Remembers(Favours):
    """Favours an item, and remembers which ratings it was fitted on."""

    def _fit(self, train, item_vectors):
        self.fits.append(sorted(train.ratings.tolist()))


def cold_and_all():
    ratings = np.tile([5, 2, 4, 5, 5], 4)
    log = Interactions(USERS, ITEMS, ratings, np.tile(np.arange(5), 4), n_users=4, n_items=8)
    cold = cold_item_split(log, share=0.34, validation_share=0.34, seed=0)
    return cold, among_all(cold)


def test_each_split_chooses_for_itself_and_a_candidate_is_fitted_once():
    cold, every = cold_and_all()
    train = {int(i) for i in np.unique(cold.train.items)}
    [wanted, *_], [test, *_] = (np.unique(part.items) for part in (cold.validation, cold.test))
    known = next(iter(train))
    models = {
        "validation's": Remembers(int(wanted)),
        "known": Remembers(known),
        "test's": Remembers(int(test)),
    }
    candidates = {name: (model, None) for name, model in models.items()}
    liked = tune_each(candidates, [cold, every], k=1, learn_from=lambda x: x.select(x.ratings >= 4))
    assert [tuned.report.split for tuned in liked] == [cold.name, every.name]
    assert [tuned.choice for tuned in liked] == ["validation's", "validation's"]
    assert liked[0].validation.keys() == candidates.keys()
    fits = {name: len(model.fits) for name, model in models.items()}
    assert fits == {"validation's": 2, "known": 1, "test's": 1}
    assert all(min(rows) >= 4 for model in models.values() for rows in model.fits)
    first, second = models["validation's"].fits
    assert len(second) == len(first) + (cold.validation.ratings >= 4).sum()


def test_alone_it_is_tune():
    cold, _ = cold_and_all()
    candidates = {item: (Favours(item), None) for item in range(6)}
    [each], one = tune_each(candidates, [cold], k=2), tune(candidates, cold, k=2)
    assert (each.choice, each.validation) == (one.choice, one.validation)
    assert each.report.per_user.equals(one.report.per_user)
    [by_recall] = tune_each(candidates, [cold], k=2, metric="recall")
    assert by_recall.validation == tune(candidates, cold, k=2, metric="recall").validation


def test_candidates_that_differ_by_what_is_ranked_are_chosen_apart():
    """Favouring a known item costs nothing where known items are no candidates."""
    cold, every = cold_and_all()

    class Two(Favours):
        def _score(self, users):
            scores = np.zeros(8)
            scores[self.item] = 2
            scores[wanted] = 1
            return np.tile(scores, (len(users), 1))

    wanted = int(cold.validation.items[0])
    unseen = 7  # that nobody met
    candidates = {"first": (Two(unseen), None), "second": (Favours(wanted), None)}
    among_cold, among_every = tune_each(candidates, [cold, every], k=1)
    assert (among_cold.choice, among_every.choice) == ("first", "second")
    assert among_every.validation == {"first": 0.0, "second": among_cold.validation["second"]}


def test_other_events_and_unknown_metrics_are_refused():
    cold, _ = cold_and_all()
    with pytest.raises(ValueError, match="no candidates"):
        tune_each({}, [cold])
    for splits in ([], [cold, SPLIT]):
        with pytest.raises(ValueError, match="give one split, and among_all"):
            tune_each({1: (Favours(4), None)}, splits)
    with pytest.raises(ValueError, match="metric='mrr'"):
        tune_each({1: (Favours(4), None)}, [cold], metric="mrr")
