"""check() and finding(): show a line, leave a record, and fail the cell that says too much."""

import builtins

import pytest

from plmrec_lite.book import ClaimError, check, finding
from plmrec_lite.book.claim_line import CLAIM_MIME
from plmrec_lite.evaluation.estimate import Estimate

CLEAR, OPEN, TINY = (0.02, 0.01, 0.03), (0.01, -0.01, 0.03), (0.001, 0.0005, 0.002)


def over(unit, ends=CLEAR):
    return Estimate(*ends, over=unit)


@pytest.fixture
def shown(monkeypatch):
    """What is displayed, as mime bundles."""
    bundles = []
    monkeypatch.setattr(
        "IPython.display.display", lambda line: bundles.append(line._repr_mimebundle_())
    )
    return bundles


def record_of(shown):
    (bundle,) = shown
    return bundle[CLAIM_MIME]


def test_a_check_that_holds_leaves_a_record(shown):
    check("a-sum", "It sums to 1.", 0.07 > 0.04, 0.0698765)
    assert record_of(shown) == {
        "kind": "check",
        "key": "a-sum",
        "text": "It sums to 1.",
        "holds": True,
        "measured": "0.0699",
    }
    assert shown[0]["text/plain"] == "✓ a-sum: It sums to 1. [0.0699]"


def test_a_check_that_does_not_hold_is_shown_and_fails(shown):
    with pytest.raises(ClaimError, match=r"✗ a-sum.*\[0.01\].*\n.*correct the page"):
        check("a-sum", "It sums to 1.", 0.01 > 0.04, 0.01)
    assert record_of(shown)["holds"] is False


def test_nan_never_supports_a_check(shown):
    with pytest.raises(ClaimError):
        check("nan", "Something is above zero.", float("nan") > 0, float("nan"))


def test_a_finding_leaves_its_interval_and_what_it_rests_on(shown):
    finding("a-b", "A beats B.", over("persons"), "ndcg", "people", seeds=3, article="A3")
    assert record_of(shown) == {
        "kind": "finding",
        "key": "a-b",
        "text": "A beats B.",
        "holds": True,
        "verdict": "holds",
        "expected": "holds",
        "measured": "+0.020 [+0.010, +0.030]",
        "over": "persons, 3 seeds",
        "about": "people",
        "effect": "gain",
        "smallest": "ndcg",
        "smallest_effect": 0.005,
        "fixed": "2026-11-26",
        "n": None,
        "seeds": 3,
        "estimates": [
            {
                "name": "",
                "over": "persons",
                "verdict": "holds",
                "value": 0.02,
                "low": 0.01,
                "high": 0.03,
            }
        ],
        "article": "A3",
    }
    assert shown[0]["text/plain"] == (
        "✓ holds · a-b: A beats B. [+0.020 [+0.010, +0.030] over persons, 3 seeds; "
        "smallest effect 0.005] — claim A3"
    )


@pytest.mark.parametrize(
    ("ends", "effect", "verdict", "sign"),
    [
        (CLEAR, "gain", "holds", "✓"),
        (OPEN, "gain", "not shown", "○"),
        (TINY, "gain", "does not hold", "✗"),
        (CLEAR, "loss", "does not hold", "✗"),
        (TINY, "none", "holds", "✓"),
        (OPEN, "no loss", "not shown", "○"),
    ],
)
def test_the_verdict_is_computed_and_compared_with_the_expected(shown, ends, effect, verdict, sign):
    words = {"smallest": "ndcg", "about": "people", "effect": effect}
    finding("a-b", "A and B.", over("persons", ends), expects=verdict, **words)
    assert record_of(shown)["verdict"] == verdict
    assert shown[0]["text/plain"].startswith(f"{sign} {verdict} ·")
    for other in {"holds", "not shown", "does not hold"} - {verdict}:
        with pytest.raises(ClaimError, match=f"written for '{other}'; in this run it {verdict}"):
            finding("a-b", "A and B.", over("persons", ends), expects=other, **words)
    assert [b[CLAIM_MIME]["holds"] for b in shown] == [True, False, False]


def test_several_values_may_hold_in_part(shown):
    both = {"cast": over("persons"), "director": over("persons", OPEN)}
    finding("makers", "Makers help.", both, "ndcg", "people", expects="holds in part")
    record = record_of(shown)
    assert record["verdict"] == "holds in part"
    assert record["measured"] == "cast +0.020 [+0.010, +0.030]; director +0.010 [-0.010, +0.030]"
    assert [e["verdict"] for e in record["estimates"]] == ["holds", "not shown"]


def test_several_values_may_be_expected_one_by_one(shown):
    both = {"cast": over("persons"), "director": over("persons", OPEN)}
    each = {"cast": "holds", "director": "not shown"}
    finding("makers", "Makers help.", both, "ndcg", "people", expects=each)
    assert record_of(shown)["expected"] == "holds in part"
    swapped = {"cast": "not shown", "director": "holds"}
    with pytest.raises(ClaimError, match="cast holds, director not shown"):
        finding("makers", "Makers help.", both, "ndcg", "people", expects=swapped)


def test_the_smallest_effect_is_looked_up_by_name(shown):
    ends = (0.007, 0.005, 0.009)
    finding("a-b", "A.", over("persons", ends), "ndcg", "people")
    finding("a-b", "A.", over("persons", ends), "macro-f1", "people", expects="does not hold")
    assert [b[CLAIM_MIME]["smallest_effect"] for b in shown] == [0.005, 0.01]


def test_choices_and_seeds_are_counted(shown):
    finding("a-b", "A.", over("choices"), "cold ndcg", "unseen items", n=5, seeds=5)
    finding("a-b", "A.", over("seeds"), "ndcg", "seeds", n=3, seeds=3)
    assert [b[CLAIM_MIME]["over"] for b in shown] == ["5 choices, 5 seeds", "3 seeds"]


def test_too_few_seeds_show_nothing(shown):
    finding("a-b", "A.", over("persons"), "ndcg", "people", seeds=1, expects="not shown")
    record = record_of(shown)
    assert record["over"] == "persons, 1 seed"
    assert record["verdict"] == record["estimates"][0]["verdict"] == "not shown"
    with pytest.raises(ValueError, match=r"rests on seeds=2.*at least 3"):
        finding("a-b", "A.", over("persons"), "ndcg", "people", seeds=2)


GOOD = {
    "key": "k",
    "text": "t",
    "estimates": over("persons"),
    "smallest": "ndcg",
    "about": "people",
}
UNSEEN = {"about": "unseen items", "smallest": "cold ndcg"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"key": "Two Words"}, "key 'Two Words'"),
        ({"text": "  "}, "has no text"),
        ({"article": "A13"}, "A1 to A12"),
        ({"smallest": "ndgc"}, r"smallest='ndgc': use one of 'ndcg'"),
        ({"about": "films"}, "about='films': use one of 'people'"),
        ({"effect": "better"}, "effect='better'"),
        ({"expects": "maybe"}, "expects='maybe'"),
        ({"expects": "holds in part"}, "only of several"),
        ({"expects": {"a": "holds"}}, "expects verdicts for"),
        ({"estimates": over("")}, r"does not say what it is over.*n_test="),
        (UNSEEN, "about unseen items and its interval is over persons: draw items or persons and"),
        ({"about": "items"}, "about items and its interval is over persons"),
        ({**UNSEEN, "estimates": over("seeds"), "n": 3}, "over seeds"),
        ({"about": "texts"}, "about texts and its interval is over persons"),
        ({"about": "texts", "estimates": over("items")}, "about texts"),
        ({"estimates": over("items")}, "about people and its interval is over items"),
        ({**UNSEEN, "estimates": over("choices")}, "n=None: say how many"),
        ({**UNSEEN, "estimates": over("choices"), "n": 1}, "n=1: say how many"),
        ({"estimates": {"a": over("persons"), "b": over("items")}}, "mixes intervals"),
        ({"seeds": 1}, "rests on seeds=1"),
    ],
)
def test_what_a_sentence_may_not_rest_on_is_refused(shown, arguments, message):
    with pytest.raises(ValueError, match=message):
        finding(**{**GOOD, **arguments})
    assert shown == []


@pytest.mark.parametrize("unit", ["items", "persons and items", "choices"])
def test_unseen_items_may_rest_on_each_interval_that_covers_items(shown, unit):
    finding(**{**GOOD, **UNSEEN, "estimates": over(unit), "n": 5})
    assert record_of(shown)["about"] == "unseen items"


def test_html_is_escaped(shown):
    check("escape", "a < b", True, "<script>")
    finding(**{**GOOD, "text": "a < b", "article": "A3"})
    for bundle in shown:
        assert "<script>" not in bundle["text/html"]
        assert "a &lt; b" in bundle["text/html"]
    assert "<strong>A3</strong>" in shown[1]["text/html"]


def test_outside_a_notebook_the_line_is_printed(monkeypatch, capsys):
    real = builtins.__import__

    def no_ipython(name, *rest, **named):
        if name.startswith("IPython"):
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", no_ipython)
    check("plain", "It prints.", True, 1)
    assert capsys.readouterr().out == "✓ plain: It prints. [1]\n"
