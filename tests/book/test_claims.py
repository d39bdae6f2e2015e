"""claim(): shows a line, leaves a record, and fails the cell when it does not hold."""

import pytest

from plmrec_lite.book import claims
from plmrec_lite.book.claims import CLAIM_MIME, ClaimError, claim


@pytest.fixture
def shown(monkeypatch):
    """What claims display, as mime bundles."""
    bundles = []
    monkeypatch.setattr(
        "IPython.display.display", lambda line: bundles.append(line._repr_mimebundle_())
    )
    return bundles


def test_a_claim_that_holds_leaves_a_record(shown):
    claim("ease-wins", "EASE wins.", 0.07 > 0.04, 0.0698765)
    (bundle,) = shown
    assert bundle[CLAIM_MIME] == {
        "key": "ease-wins",
        "text": "EASE wins.",
        "holds": True,
        "measured": "0.0699",
    }
    assert bundle["text/plain"] == "✓ ease-wins: EASE wins. [0.0699]"


def test_a_claim_that_does_not_hold_is_shown_and_fails(shown):
    with pytest.raises(ClaimError, match=r"ease-wins.*\[0.01\].*\n.*correct the page"):
        claim("ease-wins", "EASE wins.", 0.01 > 0.04, 0.01)
    assert shown[0][CLAIM_MIME]["holds"] is False


def test_nan_never_supports_a_claim(shown):
    with pytest.raises(ClaimError):
        claim("nan", "Something is above zero.", float("nan") > 0, float("nan"))


def test_a_verdict_on_the_article(shown):
    claim("text-loses", "Text loses.", True, "−0.3", article="A3", verdict="does not hold")
    record = shown[0][CLAIM_MIME]
    assert (record["article"], record["verdict"]) == ("A3", "does not hold")
    assert "A3 does not hold" in shown[0]["text/html"]


def test_html_is_escaped(shown):
    claim("escape", "a < b", True, "<script>")
    assert "<script>" not in shown[0]["text/html"]
    assert "a &lt; b" in shown[0]["text/html"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"key": "Two Words"}, "key 'Two Words'"),
        ({"text": "  "}, "has no text"),
        ({"article": "A3"}, "together"),
        ({"article": "A13", "verdict": "holds"}, "A1 to A12"),
        ({"article": "A1", "verdict": "maybe"}, "verdict='maybe'"),
    ],
)
def test_bad_claims_are_refused(shown, arguments, message):
    good = {"key": "k", "text": "t", "holds": True, "measured": 1}
    with pytest.raises(ValueError, match=message):
        claim(**{**good, **arguments})
    assert shown == []


def test_outside_a_notebook_the_line_is_printed(monkeypatch, capsys):
    import builtins

    real = builtins.__import__

    def no_ipython(name, *rest, **named):
        if name.startswith("IPython"):
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", no_ipython)
    claims.claim("plain", "It prints.", True, 1)
    assert capsys.readouterr().out == "✓ plain: It prints. [1]\n"
