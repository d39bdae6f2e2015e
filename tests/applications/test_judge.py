"""Does a language model help? Made data where it does, where it does not, and too few to tell."""

import argparse
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.applications import comparisons, contest, grids
from plmrec_lite.applications import judge as command
from plmrec_lite.applications import judge_report as report
from plmrec_lite.applications import judgement as rules
from plmrec_lite.applications.judgement import judge
from plmrec_lite.cli import main
from plmrec_lite.data import Interactions, Items, temporal_split
from plmrec_lite.evaluation.estimate import Estimate

N_TOPICS = 6


class KnowsTopics:
    """A language model that knows what no word says: item i is about topic i % 6."""

    def __init__(self, noise=0.0, n_topics=N_TOPICS):
        self.noise, self.n_topics, self.asked = noise, n_topics, []

    def encode(self, texts):
        self.asked += texts
        topics = [int(re.search(r"\d+", text)[0]) % self.n_topics for text in texts]
        extra = np.random.default_rng(0).normal(size=(len(texts), self.n_topics))
        return np.eye(self.n_topics)[topics] * (1 - self.noise) + self.noise * extra


def made_log(n_users=150, n_items=120, n_events=8, timed=True, n_topics=N_TOPICS):
    """Each user meets items of one topic, in an order of their own."""
    rng, rows = np.random.default_rng(0), []
    for user in range(n_users):
        liked = np.arange(user % n_topics, n_items, n_topics)
        rows += [(user, item) for item in rng.choice(liked, n_events, replace=False)]
    users, items = np.array(rows).T
    times = rng.permutation(len(rows)) if timed else None
    return Interactions(users, items, None, times, n_users, n_items)


def texts(log):
    return [f"word{item} thing{item}" for item in range(log.n_items)]


def quiet(line):
    """Say nothing."""


def judged_topics():
    """So few events an item that behaviour knows little."""
    log = made_log(n_users=160, n_items=800, n_events=5, n_topics=80)
    return judge(log, texts(log), KnowsTopics(n_topics=80), tell=quiet)


@pytest.fixture(scope="module")
def found():
    return judged_topics()


def test_a_model_that_knows_what_nobody_has_written_helps(found):
    first = found.comparisons[0]
    assert (first.verdict, first.claim) == ("holds", "A language model helps")
    assert first.difference.low > 0
    assert first.n_users >= 50
    assert {c.name for c in found.candidates} == {
        *("popularity", "recent popularity", "item-kNN", "EASE", "TF-IDF", "language model"),
        *("EASE + TF-IDF", "EASE + language model"),
    }


def test_the_models_compared_are_the_best_on_validation(found):
    first, second = found.comparisons[:2]
    by_name = {c.name: c for c in found.candidates}
    without = [c for c in found.candidates if c.uses != "language model"]
    assert by_name[first.mine].uses == "language model"
    assert first.theirs == max(without, key=lambda c: c.validation).name
    assert by_name[second.theirs].uses == "behaviour"
    paired = by_name[first.mine].report.compare(by_name[first.theirs].report)
    assert first.difference == paired


def test_settings_are_chosen_on_validation_and_fitted_on_all_before_the_test(monkeypatch):
    seen = []
    fit = contest.FadedItemKNN.fit

    def spy(self, train, item_vectors=None):
        seen.append((self.n_neighbours, self.shrinkage, len(train)))
        return fit(self, train, item_vectors)

    monkeypatch.setattr(contest.FadedItemKNN, "fit", spy)
    log = made_log()
    found = judge(log, texts(log), KnowsTopics(), split="temporal", tell=quiet)
    split = temporal_split(log)
    chosen = next(c for c in found.candidates if c.name == "item-kNN").setting
    assert {n for *_, n in seen[:-1]} == {len(split.train)}
    assert {setting[:2] for setting in seen[:3]} == {(50, 0.0), (200, 0.0), (800, 0.0)}
    assert {setting[1] for setting in seen[3:6]} == {10.0, 50.0, 200.0}
    assert seen[-1] == (chosen["n_neighbours"], chosen["shrinkage"], len(split.known("test")))


def test_vectors_of_noise_do_not_help():
    log = made_log(n_users=240, n_items=60)
    found = judge(log, texts(log), KnowsTopics(noise=1.0), tell=quiet)
    assert found.comparisons[0].verdict in ("does not hold", "not shown")
    assert found.comparisons[0].difference.low <= 0


@pytest.mark.parametrize(
    ("difference", "n_users", "verdict"),
    [
        ((0.02, 0.01, 0.03), 60, "holds"),
        ((0.02, 0.01, 0.03), 50, "holds"),
        ((0.02, 0.01, 0.03), 49, "not shown"),
        ((0.001, -0.002, 0.004), 60, "does not hold"),  # less than a twentieth of 0.1
        ((0.001, -0.002, 0.006), 60, "not shown"),
        ((0.0, 0.0, 0.0), 60, "does not hold"),
    ],
)
def test_the_verdict_is_the_interval_s(difference, n_users, verdict):
    class Told:
        per_user = range(n_users)

        def compare(self, other):
            return Estimate(*difference)

        def mean(self):
            return {"ndcg": 0.1}

    model = grids.Candidate("m", "behaviour", {}, 0.1, Told(), 1.0)
    assert comparisons._verdict("It helps", model, model).verdict == verdict
    unread = replace(model, setting={"weight": 0.0})  # its lead, if any, is not the text's
    found = comparisons._verdict("It helps", unread, model)
    assert found.verdict == ("not shown" if verdict == "holds" else verdict)
    assert ("no weight at all" in found.reason) == (n_users >= 50)


class Scored:
    """In the place of a report: its mean, and the difference of means."""

    def __init__(self, ndcg):
        self.ndcg, self.per_user = ndcg, pd.DataFrame({"ndcg": np.full(60, ndcg)})

    def mean(self):
        return {"ndcg": self.ndcg}

    def compare(self, other):
        return Estimate(self.ndcg - other.ndcg, 0.0, 1.0)


def test_the_best_on_validation_are_compared_whatever_the_test_says(monkeypatch):
    def model(name, uses, validation, test):
        return grids.Candidate(name, uses, {}, validation, Scored(test), 1.0)

    models = [
        *(model("b1", "behaviour", 0.3, 0.1), model("b2", "behaviour", 0.2, 0.9)),
        *(model("w1", "words", 0.4, 0.2), model("w2", "words", 0.1, 0.8)),
        *(model("m1", "language model", 0.3, 0.3), model("m2", "language model", 0.2, 0.7)),
    ]
    monkeypatch.setattr(comparisons, "over_users_and_items", lambda mine, *_: mine.compare(mine))
    held_out = made_log(n_users=60)
    past = np.arange(40)
    first, second, cold = comparisons.compare_best(models, models[2:], held_out, past)
    assert (first.mine, first.theirs) == ("m1", "w1")
    assert (second.mine, second.theirs) == ("w1", "b1")
    assert (cold.mine, cold.theirs) == ("m1", "w1")
    assert (first.over, cold.over) == ("60 users", "60 users and 120 items")
    assert [[group.n_users for group in c.groups] for c in (first, second, cold)] == [
        *([40, 20], [40, 20]),
        [],
    ]
    for group in second.groups:
        assert (group.mine, group.theirs) == pytest.approx((0.2, 0.1))


def two_kinds(mine, theirs, past):
    """Groups of users 3, 5, 7 ... with these values each."""
    users = range(3, 3 + 2 * len(mine), 2)
    reports = (
        SimpleNamespace(per_user=pd.DataFrame({"ndcg": values}, index=users))
        for values in (mine, theirs)
    )
    return comparisons.by_past(*reports, np.array(past))


def test_users_with_a_past_and_without_are_told_apart_by_their_ids():
    known, new = two_kinds([0.5, 0.0, 0.3, 0.1], [0.1, 0.0, 0.1, 0.4], past=[3, 4, 7, 99])
    assert (known.who, known.n_users) == ("with a past", 2)
    assert (known.mine, known.theirs) == pytest.approx((0.4, 0.1))
    assert tuple(known.difference) == pytest.approx((0.3, 0.2, 0.4))  # of two users, 0.4 and 0.2
    assert known.difference.over == "persons"
    assert (new.who, new.n_users) == ("without a past", 2)
    assert (new.mine, new.theirs) == pytest.approx((0.05, 0.2))
    assert tuple(new.difference) == pytest.approx((-0.15, -0.3, 0.0))


def test_one_user_has_no_interval_and_none_has_no_mean(found):
    one, none = two_kinds([0.5], [0.1], past=[3])
    assert (one.n_users, one.mine, one.theirs, one.difference) == (1, 0.5, 0.1, None)
    assert (none.n_users, none.difference) == (0, None)
    assert np.isnan([none.mine, none.theirs]).all()
    alone = replace(found.comparisons[0], groups=[one, none])
    judgement = replace(found, comparisons=[alone])
    title, _, table = report.sections(judgement)[1]
    assert title == "Users with and without a past"
    assert table[1:] == [
        ("A language model helps", "with a past", "1", "0.5000", "0.1000", "-"),
        ("A language model helps", "without a past", "0", "-", "-", "-"),
    ]
    (record,) = report.as_record(judgement)["comparisons"]
    assert record["groups"] == [
        {"who": "with a past", "n_users": 1, "mine": 0.5, "theirs": 0.1, "difference": None},
        {"who": "without a past", "n_users": 0, "mine": None, "theirs": None, "difference": None},
    ]
    json.dumps(record, allow_nan=False)


def test_all_forms_say_who_carries_each_verdict():
    log = made_log(n_users=240, n_items=60)
    new, between = log.users < 12, (log.users >= 12) & (log.users < 16)
    first = np.arange(len(log)) % 8 < 4  # of a user's eight events
    times = np.where(new | (between & ~first), log.timestamps + len(log), log.timestamps)
    log = replace(log, timestamps=np.where(between & first, int(0.9 * len(log)), times))
    found = judge(log, texts(log), KnowsTopics(), split="temporal", tell=quiet)
    split = temporal_split(log)
    tested = np.unique(split.test.users)
    n_known = int(np.isin(tested, split.known("test").users).sum())
    n_trained = int(np.isin(tested, split.train.users).sum())
    assert 0 < n_trained < n_known < len(tested)  # a past may lie in the validation part
    forms = [getattr(report, f"as_{name}")(found) for name in ("text", "markdown", "html")]
    for comparison in found.comparisons[:2]:
        groups = comparison.groups
        assert [group.n_users for group in groups] == [n_known, len(tested) - n_known]
        assert comparison.difference.value == pytest.approx(
            sum(group.n_users * group.difference.value for group in groups) / len(tested)
        )
        for group in groups:
            row = (comparison.claim, group.who, str(group.n_users))
            row += (f"{group.mine:.4f}", f"{group.theirs:.4f}", f"{group.difference:+.4f}")
            marks = [r"\s{2,}", r" \| ", "</td><td>"]
            for form, mark in zip(forms, marks, strict=True):
                plain = form.replace("\\", "")
                assert re.search(mark.join(map(re.escape, row)), plain)
    record = json.loads(json.dumps(report.as_record(found)))["comparisons"]
    assert record[0]["groups"][1]["n_users"] == len(tested) - n_known
    new = found.comparisons[0].groups[1]
    assert record[0]["groups"][1]["difference"] == new.difference._asdict()


def test_the_verdict_on_cold_items_rests_on_users_and_items(found):
    assert [c.difference.over for c in found.comparisons] == [
        *("persons", "persons"),
        "persons and items",
    ]
    third, by_name = found.comparisons[2], {c.name: c for c in found.cold}
    mine, theirs = (by_name[name].report for name in (third.mine, third.theirs))
    over_users = mine.compare(theirs)
    assert third.difference.value == pytest.approx(over_users.value, abs=1e-12)
    n_items = int(re.search(r"and (\d+) items$", third.over)[1])
    assert third.over.startswith(f"{len(mine.per_user)} users and ")
    assert 20 <= n_items <= 160  # a fifth of the catalogue, those with an event
    for text in (report.as_text(found), report.as_markdown(found), report.as_html(found)):
        assert f"(95 % interval over {third.over});" in text
        assert f"(95 % interval over {len(found.candidates[0].report.per_user)} users);" in text
        assert "95 % interval over users" in text
    record = report.as_record(found)["comparisons"][2]
    assert (record["over"], record["difference"]["low"]) == (third.over, third.difference.low)


def test_an_item_that_carries_the_whole_lead_widens_the_interval():
    n_users, n_items, k = 60, 30, 5
    held_out = Interactions(
        np.arange(n_users), np.arange(n_users) % 2, None, None, n_users, n_items
    )
    lists = [np.tile(np.arange(start, start + k), (n_users, 1)) for start in (1, 10)]
    mine, theirs = (
        SimpleNamespace(recommended=r, k=k, per_user=pd.DataFrame(index=range(n_users)))
        for r in lists
    )  # item 1, which half of the users want, is first in one list; item 0 is in neither
    found = comparisons.over_users_and_items(mine, theirs, held_out)
    assert (found.value, found.over) == (0.5, "persons and items")
    assert (found.low, found.high) == (0.0, 1.0)  # of two items, item 1 may not be drawn at all


def test_what_is_thinned_is_only_what_is_evaluated():
    log, told = made_log(), []
    kind, cut = contest.hold_out(log, "auto", told.append)
    assert (kind, told) == ("temporal", [])
    thin = contest.fewer_users(cut, 20, 0, told.append)
    for part, split, other in (
        ("validation", thin.validating, "test"),
        ("test", thin.testing, "validation"),
    ):
        assert len(np.unique(split.held_out(part).users)) == 20
        assert len(split.held_out(other)) == len(cut.held_out(other))
    assert [line.split(":")[0] for line in told] == ["validation", "test"]


def test_a_blend_is_given_each_weight_from_no_text_to_nothing_else(monkeypatch):
    values = dict.fromkeys(contest.WEIGHTS, 0.1) | {0.1: 0.3}
    monkeypatch.setattr(grids, "evaluate", lambda model, *rest: Scored(values[model.weight]))
    log = made_log()
    cut = contest.Cut(*[temporal_split(log)] * 2)
    blend = contest.partial(contest.Blend, contest.Popularity(), contest.Popularity())
    steps = [{"weight": contest.WEIGHTS}]
    assert (min(values), max(values)) == (0.0, 1.0)
    assert grids.choose(blend, steps, cut, None, 10) == ({"weight": 0.1}, 0.3)
    values |= dict.fromkeys(values, 0.2)  # the text adds nothing: it gets no weight
    assert grids.choose(blend, steps, cut, None, 10) == ({"weight": 0.0}, 0.2)


def test_what_people_did_of_late_competes_where_there_are_times(monkeypatch):
    tried = {}

    def tune(name, uses, make, steps, *rest):
        tried[name] = {key for step in steps for key, values in step.items() if len(values) > 1}
        return grids.Candidate(name, uses, {}, 0.1, None, 1.0)

    monkeypatch.setattr(contest, "tune_and_test", tune)
    vectors = {"words": np.ones((120, 2)), "language model": np.ones((120, 2))}
    cut = contest.Cut(*[temporal_split(made_log())] * 2)
    contest.compare_models(cut, vectors, 10, True, quiet)
    assert tried["recent popularity"] == {"share"}
    for name in ("item-kNN", "EASE", "TF-IDF", "language model"):
        assert "decay" in tried[name]
    assert tried["EASE + TF-IDF"] == {"weight"}
    tried.clear()
    contest.compare_models(cut, vectors, 10, False, quiet)
    assert "recent popularity" not in tried
    assert not any("decay" in names for names in tried.values())


def test_the_end_of_a_grid_is_told_with_the_verdict_and_in_all_forms(found):
    edged = replace(found.candidates[0], setting={"decay": 0.3}, at_edge={"decay": "smallest"})
    told = "(the best may lie beyond: popularity's decay=0.3 is the smallest tried)"
    within = replace(edged, at_edge={})
    for models in ((edged, within), (within, edged)):
        assert told in comparisons._verdict("It helps", *models).reason
    assert "beyond" not in comparisons._verdict("It helps", within, within).reason
    marked = replace(found, candidates=[edged, *found.candidates[1:]])
    for text in (report.as_text(marked), report.as_html(marked)):
        assert "decay=0.3 (smallest)" in text
        assert "at the end of what was tried" in text
    assert r"decay=0.3 (smallest)" in report.as_markdown(marked)
    assert report.as_record(marked)["models"][0]["at_edge"] == {"decay": "smallest"}
    inside = [replace(model, at_edge={}) for model in found.candidates]
    plain = replace(found, candidates=inside, cold=[])
    assert "at the end of what was tried" not in report.as_text(plain)


def test_vectors_are_centred_and_orders_tried_where_there_are_times(monkeypatch):
    seen = {}

    def compare(cut, vectors, k, timed, tell):
        seen.update(vectors, timed=timed)
        return [grids.Candidate("m", uses, {}, 0.1, Scored(0.1), 1.0) for uses in USES]

    monkeypatch.setattr(rules, "compare_models", compare)
    monkeypatch.setattr(rules, "compare_cold", lambda *rest: ([], None))
    log = made_log()
    judge(log, texts(log), KnowsTopics(), tell=quiet)
    np.testing.assert_allclose(seen["language model"].mean(axis=0), 0, atol=1e-12)
    assert seen["language model"].any()
    assert (seen["words"] >= 0).all()
    assert seen["timed"]


USES = ("behaviour", "words", "language model")


def test_the_data_are_described_by_what_is_counted():
    users, items = np.array([0, 0, 0, 1, 1, 3]), np.array([0, 1, 2, 0, 1, 0])
    log = Interactions(users, items, None, np.array([7, 7, 7, 7, 9, 9]), 4, 3)
    told = rules._describe(log, ["one", "one two three", "one"])
    assert told == {
        "events": "6",
        "users": "4, half of them with at most 1 events",
        "items": "3, 3 with fewer than 5 events",
        "sparsity": "50.00% of all (user, item) pairs",
        "texts": "1 words in the middle, 3 at most; 2 of 3 are different",
        "times": "50.0% of the events share their user's time with another",
    }
    dated = replace(log, timestamps=log.timestamps + 86_400 * 18_262)
    assert rules._describe(dated, ["one"])["times"].startswith("2020-01-01 to 2020-01-01; 50.0%")
    assert rules._describe(replace(log, timestamps=None), ["one"])["times"] == "none"
    many = rules._describe(replace(log, n_users=9, n_items=7), ["one"])  # the last have no event
    assert many["users"] == "9, half of them with at most 0 events"
    assert many["items"] == "7, 7 with fewer than 5 events"


def test_few_users_are_said_to_be_few():
    log = made_log(n_users=30, n_items=60)
    found = judge(log, texts(log), KnowsTopics(), tell=quiet)
    assert found.split == "leave-one-out"
    assert "no temporal split" in found.notes[0]
    assert found.comparisons[0].verdict == "not shown"
    assert "30 users in the test, fewer than 50: the interval cannot tell" in report.as_text(found)
    assert found.cold == []


def test_without_times_the_split_is_random_and_says_what_that_answers():
    log = made_log(timed=False, n_events=12)
    found = judge(log, texts(log), KnowsTopics(), tell=quiet)
    assert found.split == "random"
    assert "not a forecast" in report.as_text(found)
    assert all("decay" not in c.setting or c.setting["decay"] == 1 for c in found.candidates)


def test_all_is_repeatable_but_the_cost(found):
    one, other = report.as_record(found), report.as_record(judged_topics())
    for record in (one, other):
        record.pop("cost")
        for model in (*record["models"], *record["cold"]):
            model.pop("seconds")
    assert one == other


def test_fewer_users_are_tested_and_all_are_learned_from(monkeypatch):
    log, sizes = made_log(), set()
    fit = contest.FadedItemKNN.fit

    def spy(self, train, item_vectors=None):
        sizes.add(len(train))
        return fit(self, train, item_vectors)

    monkeypatch.setattr(contest.FadedItemKNN, "fit", spy)
    found = judge(log, texts(log), KnowsTopics(), split="temporal", max_users=20, tell=quiet)
    split = temporal_split(log)
    assert {len(c.report.per_user) for c in found.candidates} == {20}
    assert sizes == {len(split.train), len(split.known("test"))}
    assert any(line.startswith("test: 20 of ") for line in found.notes)
    other = judge(
        log, texts(log), KnowsTopics(), split="temporal", max_users=20, seed=1, tell=quiet
    )
    users = [list(f.candidates[0].report.per_user.index) for f in (found, other)]
    assert users[0] != users[1]


def test_what_is_asked_for_reaches_both_contests(monkeypatch):
    asked = {}

    def contest_of(name, found):
        def called(*given):
            asked[name] = given
            return found

        return called

    monkeypatch.setattr(rules, "compare_models", contest_of("models", []))
    monkeypatch.setattr(rules, "compare_cold", contest_of("cold", ([], None)))
    monkeypatch.setattr(rules, "compare_best", contest_of("best", []))
    log = made_log()
    found = judge(log, texts(log), KnowsTopics(), max_users=20, k=7, seed=3, tell=quiet)
    cut, vectors, k, timed, _ = asked["models"]
    kind, whole = contest.hold_out(log, "auto", quiet)
    thin = contest.fewer_users(whole, 20, 3, quiet)
    assert (found.split, k, timed) == (kind, 7, True)
    for one, other in zip(cut, thin, strict=True):
        assert np.array_equal(one.test.users, other.test.users)
        assert np.array_equal(one.validation.users, other.validation.users)
    assert asked["cold"][:5] == (log, vectors, 7, 20, 3)
    judge(log, texts(log), KnowsTopics(), k=500, tell=quiet)  # no list is longer than that
    assert (asked["models"][2], asked["cold"][2]) == (log.n_items, log.n_items)


def test_a_large_catalogue_is_factorised(monkeypatch):
    monkeypatch.setattr(contest, "EASE_ITEMS", 100)
    log = made_log()
    found = judge(log, texts(log), KnowsTopics(), tell=quiet)
    assert {"iALS", "iALS + language model"} <= {c.name for c in found.candidates}


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"items": ["a"]}, ValueError, "1 texts for 120 items"),
        ({"items": "a"}, TypeError, "the one string 'a'"),
        ({"split": "newest"}, ValueError, "split='newest'"),
        ({"max_users": 0}, ValueError, "max_users=0"),
        ({"items": ["?"] * 120}, ValueError, "no text holds a letter"),
    ],
)
def test_what_cannot_be_judged_is_named(options, error, words):
    log = made_log()
    given = {"items": texts(log), "encoder": KnowsOnlyZeros(), "tell": quiet, **options}
    with pytest.raises(error, match=words):
        judge(log, **given)


class KnowsOnlyZeros:
    """Encodes whatever it is given."""

    def encode(self, texts):
        return np.zeros((len(texts), 2))


@pytest.mark.parametrize("wrong", [np.zeros(120), np.zeros((3, 2)), np.full((120, 2), np.nan)])
def test_an_encoder_must_return_one_vector_a_text(wrong):
    encoder = KnowsTopics()
    encoder.encode = lambda texts: wrong
    log = made_log()
    with pytest.raises(ValueError, match=r"one vector of finite numbers for each"):
        judge(log, texts(log), encoder, tell=quiet)


def test_an_encoder_that_refuses_long_texts_is_told_to_cut_them():
    class Strict(KnowsTopics):
        max_length = 3

        def encode(self, texts, truncate=False):
            assert truncate
            return super().encode(texts)

    log = made_log()
    long = [f"{text} and more words" for text in texts(log)]
    found = judge(log, long, Strict(), tell=quiet)
    assert "long texts are cut: the model reads 3 tokens" in found.notes
    assert judge(log, texts(log), Strict(), tell=quiet).notes == []


def test_too_few_items_a_user():
    log = made_log(n_events=2)
    with pytest.raises(ValueError, match="at least 3 different items"):
        judge(log, texts(log), KnowsTopics(), tell=quiet)
    with pytest.raises(ValueError, match="temporal_split needs timestamps"):
        judge(
            replace(log, timestamps=None), texts(log), KnowsTopics(), split="temporal", tell=quiet
        )


class Page(HTMLParser):
    """What a page of HTML is made of."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_the_page_is_whole_and_escaped_and_needs_no_network(found):
    nasty = replace(found, notes=["user '<script>alert(1)</script>' & more"])
    html = report.as_html(nasty)
    page = Page(html)
    assert page.open == []
    assert "script" not in page.tags
    assert "user '<script>alert(1)</script>' & more" in page.words
    assert not re.search(r"https?:|src=|url\(|@import|<link", html)
    assert page.tags.count("table") == 3
    assert page.tags.count("h2") == 7


def test_markdown_escapes_what_would_be_markup(found):
    nasty = replace(found, notes=["a|b *c* <i> [d](e) `f`"])
    text = report.as_markdown(nasty)
    assert r"* a\|b \*c\* &lt;i&gt; \[d\](e) \`f\`" in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {6, 7}
    tables = [table for _, _, table in report.sections(nasty) if table]
    assert len(rows) == sum(map(len, tables))  # each row once, the header too


def test_all_forms_hold_the_verdict_and_every_model(found):
    verdict = report.verdict_line(found.comparisons[0], found.k)
    assert "A language model helps: HOLDS." in verdict
    assert f"{found.comparisons[0].difference.low:+.4f}" in verdict
    for text in (report.as_text(found), "".join(Page(report.as_html(found)).words)):
        assert verdict in text
        assert all(model.name in text for model in (*found.candidates, *found.cold))
    record = json.loads(json.dumps(report.as_record(found)))
    assert record["comparisons"][0]["verdict"] == "holds"
    assert len(record["models"]) == 8
    assert report.sections(found)[0][0] == "Verdict"


@pytest.fixture
def cheap(monkeypatch):
    """The command line with an encoder of the test's own."""
    made = []

    def encoder(name=None, **options):
        made.append(name)
        return KnowsTopics()

    monkeypatch.setattr("plmrec_lite.text.encoder.TextEncoder", encoder)
    return made


def files(folder, kind="csv"):
    """Own data with string ids, ISO dates and missing ratings; or in another form."""
    log = made_log(n_users=60, n_items=60)
    start = pd.Timestamp("2024-01-01")
    events = pd.DataFrame({"user": log.users, "item": log.items, "stars": 4.0})
    events["date"] = [start + pd.Timedelta(minutes=int(t)) for t in log.timestamps]
    items = pd.DataFrame({"item": range(60), "title": texts(log)})
    if kind == "csv":
        events["user"] = [f"user-{u}" for u in log.users]
        events["item"] = [f"item-{i}" for i in log.items]
        events.loc[3, "stars"] = None
        items["item"] = [f"item-{i}" for i in range(60)]
    elif kind == "parquet":
        events["user"] += 76561197960287930
        events["item"] += 2**60
        items["item"] += 2**60
    paths = [folder / f"events.{kind}", folder / f"items.{kind}"]
    if kind == "csv":
        events.to_csv(paths[0], index=False)
        items.to_csv(paths[1], index=False)
    elif kind == "parquet":
        events.to_parquet(paths[0])
        items.to_parquet(paths[1])
    elif kind == "recbole":
        paths = [folder / "made.inter", folder / "made.item"]
        events["date"] = log.timestamps
        names = {"user": "user_id:token", "item": "item_id:token"}
        events = events.rename(
            columns={**names, "stars": "rating:float", "date": "timestamp:float"}
        )
        events.to_csv(paths[0], index=False, sep="\t")
        named = {**names, "title": "movie_title:token_seq"}
        items.rename(columns=named).to_csv(paths[1], index=False, sep="\t")
    elif kind == "mind":
        paths = [folder / "behaviors.tsv", folder / "news.tsv"]
        lines = []
        for user in range(60):
            mine = [f"N{i}" for i in log.items[log.users == user]]
            shown = " ".join(f"{item}-1" for item in mine[6:]) + " N0-0"
            lines.append(
                f"{user}\tU{user}\t11/15/2019 8:{user:02}:22 AM\t{' '.join(mine[:6])}\t{shown}"
            )
        paths[0].write_text("\n".join(lines) + "\n")
        paths[1].write_text(
            "".join(f"N{i}\tnews\tmore\t{t}\t\turl\t[]\t[]\n" for i, t in enumerate(texts(log)))
        )
    return [str(path) for path in paths]


@pytest.mark.parametrize("kind", ["csv", "parquet", "recbole", "mind"])
def test_the_command_reads_each_kind(tmp_path, capsys, cheap, kind):
    events, items = files(tmp_path, kind)
    more = ["--on-bad", "drop"] if kind == "csv" else []
    assert main(["judge", events, "--items", items, "--json", *more]) == 0
    printed = capsys.readouterr()
    record = json.loads(printed.out)
    assert record["findings"]["users"].startswith("60,")
    assert record["split"] in ("temporal", "leave-one-out")
    assert "columns guessed" in printed.err
    if kind == "csv":
        assert record["findings"]["events"] == "479"
        assert "1 of 480 rows have no usable rating, the first is row 3" in " ".join(
            record["notes"]
        )


@pytest.mark.parametrize("name", ["out.html", "out.md"])
def test_the_command_writes_a_report(tmp_path, capsys, cheap, name):
    events, items = files(tmp_path, "parquet")
    path = tmp_path / name
    assert main(["judge", events, "--items", items, "--report", str(path)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Verdict")
    assert printed.rstrip().endswith(f"The report is in {path}")
    assert "A language model helps" in path.read_text("utf-8")


def judged(capsys, *words):
    """Exit status and what stands on stderr."""
    status = main(["judge", *map(str, words)])
    return status, capsys.readouterr().err


def test_dates_of_another_form_are_refused_or_dropped_but_never_all():
    written = pd.DataFrame({"when": ["31.05.2024", "2024-06-01", None]})
    for rows, on_bad, words in (
        (slice(None), "raise", r"1 of 3 rows have no time of the form '%d\.%m\.%Y'.*drop"),
        (slice(1, 2), "drop", r"have no time of the form '%d\.%m\.%Y'.*another --time-format"),
    ):
        options = SimpleNamespace(time="when", time_format="%d.%m.%Y", on_bad=on_bad)
        with pytest.raises(ValueError, match=words):
            command._dated(written[rows], options)
    kept = command._dated(written, options)["when"]
    assert kept.isna().tolist() == [False, True, True]
    assert kept[0] == pd.Timestamp(2024, 5, 31)


def test_each_cure_of_the_command_cures(tmp_path, capsys, cheap):
    events, items = files(tmp_path)
    base = [events, "--items", items]
    status, said = judged(capsys, *base)
    assert status == 1
    assert said.splitlines()[-1].endswith("correct them, or pass --on-bad drop")
    base += ["--on-bad", "drop"]

    table = pd.read_csv(items)
    table.iloc[1:].to_csv(items, index=False)
    status, said = judged(capsys, *base)
    assert status == 1
    assert "the first is item 'item-0': pass --placeholder unknown" in said
    assert judged(capsys, *base, "--placeholder", "unknown 0")[0] == 0

    nameless = pd.DataFrame({"item": [None], "title": ["without a name"]})
    pd.concat([table, nameless]).to_csv(items, index=False)
    status, said = judged(capsys, *base)  # the same cure for a row of the items
    assert status == 0
    assert "1 of 61 rows have no item, the first is row 60: dropped" in said

    pd.concat([table, table.iloc[:1]]).to_csv(items, index=False)
    status, said = judged(capsys, *base)
    assert status == 1
    assert "pass --duplicates first or last" in said
    assert judged(capsys, *base, "--duplicates", "last")[0] == 0

    table.rename(columns={"item": "code"}).to_csv(items, index=False)
    status, said = judged(capsys, *base)
    assert status == 1
    assert "no column has a usual name for the ids of the items: name it, --item-id" in said
    assert judged(capsys, *base, "--item-id", "code")[0] == 0


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("a.csv has the one column 'a;b': pass separator=';'", "--separator ';'"),
        ('not in utf-8: pass encoding="latin-1" or the', "--encoding latin-1 or the"),
        ("begins '1,2': pass names=['user', 'item']", "--names user,item"),
        ("no column has a usual name for the user: name it, user=...; it", "name it, --user ...;"),
        (
            'no ISO date (2024): convert the column, such as table["x"] = to(x, format="%d.%m.%Y")',
            'say how it is written, such as --time-format "%d.%m.%Y"',
        ),
        ("for the ids of the items: name it, item=...; the table", "name it, --item-id ...;"),
        ("do: pass user='a b', item='c', time='t'", "pass --user 'a b' --item 'c' --time 't'"),
        ("a decimal comma: read it again, and pass decimal=','", "pass --decimal ','"),
        (
            'row 1 is 7: convert the column, table["p"].astype("string")',
            "other columns with --text",
        ),
        ("the table's asin 'x'; name the column whose values are the same", "use --item-id"),
    ],
)
def test_cures_are_worded_as_options(said, meant):
    assert meant in command.as_options(said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no.csv", "--items", "ITEMS"], "there is no file no.csv"),
        (["EVENTS", "--items", "no.csv"], "there is no file no.csv"),
        (["EVENTS", "--items", "ITEMS", "--report", "out.pdf"], "end the name in .html or .md"),
        (["EVENTS", "--items", "ITEMS", "--report", "no/out.md"], "there is no folder no"),
        (["EVENTS", "--items", "ITEMS", "--max-users", "0"], "--max-users 0"),
        (["EVENTS", "--items", "ITEMS", "--user", "who"], "--user 'who': the table has no such"),
    ],
)
def test_bad_input_is_refused_before_anything_heavy_is_loaded(tmp_path, words, said):
    events, items = files(tmp_path)
    words = [{"EVENTS": events, "ITEMS": items}.get(word, word) for word in words]
    code = (
        "import sys\nfrom plmrec_lite.cli import main\n"
        f"status = main({['judge', *words]!r})\n"
        "print(status, *[m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1"]
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_encoder_is_the_one_named(tmp_path, capsys, cheap):
    events, items = files(tmp_path, "parquet")
    assert main(["judge", events, "--items", items, "--encoder", "some/model"]) == 0
    assert cheap == ["some/model"]


def test_split_and_max_users_are_passed_on(tmp_path, capsys, cheap):
    events, items = files(tmp_path, "parquet")
    more = ["--split", "random", "--max-users", "55", "--json"]
    assert main(["judge", events, "--items", items, *more]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["split"] == "random"
    assert record["comparisons"][0]["n_users"] == 55


def test_the_parser_loads_nothing():
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    options = parser.parse_args(["judge", "a.csv", "--items", "b.csv"])
    assert options.command is command.run
    assert (options.split, options.max_users, options.on_bad) == ("auto", 5000, "raise")


def test_items_of_the_log_are_judged_in_its_order():
    log = made_log()
    named = replace(log, item_ids=[f"i{n}" for n in range(log.n_items)])
    table = pd.DataFrame({"item": named.item_ids, "text": texts(log)})
    table = table.sample(frac=1, random_state=0)
    items = Items.from_frame(table, interactions=named, tell=quiet)
    encoder = KnowsTopics()
    judge(named, items, encoder, tell=quiet)
    assert encoder.asked == [f"{text}." for text in texts(log)]


def test_a_notebook_shows_the_report(found):
    assert repr(found) == report.as_text(found)
    assert found._repr_markdown_() == report.as_markdown(found)
