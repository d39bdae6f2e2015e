"""Findings and checks: sentences of a page, each tied to the cell that proves it."""

from __future__ import annotations

import re

from plmrec_lite.book.claim_line import leave
from plmrec_lite.book.verdicts import (
    EFFECTS,
    FIXED_ON,
    SMALLEST_EFFECTS,
    VERDICTS,
    combined,
    judged,
)

# What a sentence may be about, and what its interval must then have drawn again.
ABOUT = {
    "people": ("persons", "persons and items"),
    "items": ("items", "persons and items", "choices"),
    "unseen items": ("items", "persons and items", "choices"),
    "texts": ("texts",),
    "seeds": ("seeds",),
}
FEW = ("choices", "seeds")  # so few of them that Student's tail depends on their number
LEAST_SEEDS = 3


def check(key, text, holds, measured):
    """Assert a sentence that guards a number, a formula or an example, and show it.

    Parameters
    ----------
    key : str; unique in the book: lower-case words joined by hyphens
    text : str; the sentence
    holds : bool; whether this run supports it
    measured : str or float; the figure behind it, a float to three significant digits

    Raises
    ------
    ClaimError: ``holds`` is false; the line is still shown, then the cell fails
    ValueError: a key that is no slug, an empty text

    Examples
    --------
    >>> check("sum-of-softmax", "A softmax sums to 1.", abs(0.3 + 0.7 - 1) < 1e-9, 0.3 + 0.7)
    ✓ sum-of-softmax: A softmax sums to 1. [1]
    """
    measured = measured if isinstance(measured, str) else f"{float(measured):.3g}"
    leave(
        {
            "kind": "check",
            **_sentence(key, text),
            "holds": bool(holds),
            "measured": measured,
        },
        "This run does not support the sentence: correct the page.",
    )


def finding(
    key,
    text,
    estimates,
    smallest,
    about,
    *,
    effect="gain",
    expects="holds",
    n=None,
    seeds=None,
    article=None,
):
    """Judge a sentence that claims an effect by its interval, and show it with its verdict.

    The verdict is computed; the page's words around it were written for the one expected, and
    the cell fails where this run gives another.

    Parameters
    ----------
    key : str; as in `check`
    text : str; the effect, as a sentence that may turn out to hold or not
    estimates : Estimate, or dict of str to Estimate
        The difference; several, by name, for a sentence about several.
    smallest : str; the smallest effect worth having, a name in SMALLEST_EFFECTS
    about : str; what the sentence is about, one of ABOUT
    effect : str; "gain", "loss", "none" or "no loss": see ``book.verdicts.judged``
    expects : str, or dict of str to str; the verdict the page is written for, one for each value
        where they differ
    n : int or None; how many choices or seeds the interval is over; must be given for these
    seeds : int or None; how many seeds each value is the mean of; None where nothing is trained
    article : str or None; the claim of the source article that this sentence is a case of

    Raises
    ------
    ClaimError: another verdict than expected; the line is still shown, then the cell fails
    ValueError: an interval that does not say what it is over, or does not cover what the sentence
        is about; fewer than three seeds, unless "not shown" is expected; an unknown name

    Examples
    --------
    >>> from plmrec_lite.evaluation.estimate import Estimate
    >>> gain = Estimate(0.02, 0.01, 0.03, over="persons")
    >>> finding("a-beats-b", "A beats B.", gain, "ndcg", about="people")
    ✓ holds · a-beats-b: A beats B. [+0.020 [+0.010, +0.030] over persons; smallest effect 0.005]
    """
    estimates = estimates if isinstance(estimates, dict) else {"": estimates}
    _check_names(key, smallest, about, effect, article)
    over = _check_units(key, estimates, about, n)
    found = {
        name: judged(value, SMALLEST_EFFECTS[smallest].size, effect)
        for name, value in estimates.items()
    }
    wanted = expects if isinstance(expects, dict) else dict.fromkeys(estimates, expects)
    _check_wanted(key, found, expects)
    if seeds is not None and seeds < LEAST_SEEDS and set(wanted.values()) != {"not shown"}:
        raise ValueError(
            f"finding {key!r} rests on seeds={seeds}: train with at least {LEAST_SEEDS}, expect "
            "'not shown', or make it a check of this one run"
        )
    whole = combined(found.values())
    if seeds is not None and seeds < LEAST_SEEDS:
        whole = "not shown"
        found = dict.fromkeys(found, whole)
    holds = found == wanted if isinstance(expects, dict) else whole == expects
    counted = f"{n} {over}" if n else over
    record = {
        "kind": "finding",
        **_sentence(key, text),
        "holds": holds,
        "verdict": whole,
        "expected": combined(wanted.values()),
        "measured": "; ".join(f"{name} {value:+.3f}".strip() for name, value in estimates.items()),
        "over": counted + _seeds(seeds, over),
        "about": about,
        "effect": effect,
        "smallest": smallest,
        "smallest_effect": SMALLEST_EFFECTS[smallest].size,
        "fixed": FIXED_ON,
        "n": n,
        "seeds": seeds,
        "estimates": [
            {"name": name, "over": value.over, "verdict": found[name]}
            | {part: round(float(getattr(value, part)), 5) for part in ("value", "low", "high")}
            for name, value in estimates.items()
        ],
    }
    if article is not None:
        record["article"] = article
    details = ", ".join(f"{name or 'it'} {is_so}" for name, is_so in found.items())
    leave(
        record,
        f"The page is written for {expects!r}; in this run {details}: correct the sentences around "
        "it, and then what it expects.",
    )


def _seeds(seeds, over):
    """The number of seeds in words, where the interval is not over them."""
    if seeds is None or over == "seeds":
        return ""
    return ", 1 seed" if seeds == 1 else f", {seeds} seeds"


def _sentence(key, text):
    """Key and text, once they are fit to be shown."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key):
        raise ValueError(f"key {key!r}: use lower-case words joined by hyphens")
    if not text.strip():
        raise ValueError(f"{key!r} has no text: write the sentence that it asserts")
    return {"key": key, "text": text.strip()}


def _check_names(key, smallest, about, effect, article):
    """Refuse words that are not of the fixed ones."""
    for name, value, known in [
        ("smallest", smallest, SMALLEST_EFFECTS),
        ("about", about, ABOUT),
        ("effect", effect, EFFECTS),
    ]:
        if value not in known:
            words = ", ".join(map(repr, known))
            raise ValueError(f"finding {key!r}: {name}={value!r}: use one of {words}")
    if article is not None and not re.fullmatch(r"A([1-9]|1[0-2])", article):
        raise ValueError(f"article={article!r}: the article's claims are A1 to A12")


def _check_units(key, estimates, about, n):
    """Refuse intervals that do not cover what the sentence is about; return what they are over."""
    units = {value.over for value in estimates.values()}
    if len(units) != 1:
        raise ValueError(f"finding {key!r} mixes intervals over {sorted(units)}: make two of it")
    (over,) = units
    if not over:
        raise ValueError(
            f"finding {key!r}: its interval does not say what it is over; give the estimate an "
            "`over`, or for random choices of items their sizes: n_test= and n_train="
        )
    if over not in ABOUT[about]:
        raise ValueError(
            f"finding {key!r} is about {about} and its interval is over {over}: draw "
            f"{' or '.join(ABOUT[about])} again"
        )
    if over in FEW and (n is None or n < 2):
        raise ValueError(f"finding {key!r} is over {over} and n={n}: say how many, at least 2")
    return over


def _check_wanted(key, found, expects):
    """Refuse an expectation that is no verdict, or is not for the values given."""
    if isinstance(expects, dict) and set(expects) != set(found):
        raise ValueError(
            f"finding {key!r} expects verdicts for {sorted(expects)} and has {sorted(found)}"
        )
    for word in expects.values() if isinstance(expects, dict) else [expects]:
        if word not in VERDICTS or (word == "holds in part" and len(found) < 2):
            raise ValueError(
                f"finding {key!r}: expects={word!r}: use one of {', '.join(map(repr, VERDICTS))}, "
                "'holds in part' only of several values"
            )
