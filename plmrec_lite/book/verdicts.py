"""Which verdict an interval gives a sentence of the book, and which effects are worth having."""

from __future__ import annotations

import math
from typing import NamedTuple

from plmrec_lite.evaluation.verdicts import equivalent, verdict

VERDICTS = ("holds", "holds in part", "does not hold", "not shown")
EFFECTS = ("gain", "loss", "none", "no loss")
FIXED_ON = "2026-11-26"


class SmallestEffect(NamedTuple):
    """The smallest effect worth having in one measure.

    Attributes
    ----------
    size : float
    measure : str
    reason : str; why this much
    """

    size: float
    measure: str
    reason: str


# Fixed on FIXED_ON, before the recordings were recorded anew; the numbers of the recordings
# before them were known. Whoever changes a size changes the date. A measure that a later page
# needs says in its reason when it was fixed.
SMALLEST_EFFECTS = {
    "ndcg": SmallestEffect(
        0.005,
        "NDCG@10, all films ranked",
        "a tenth of what popularity reaches on leave-one-out; one person in 200 finds the next "
        "film on top who did not find it at all",
    ),
    "cold ndcg": SmallestEffect(
        0.01,
        "NDCG@10, cold films",
        "about 4 % of what hand-made facts reach when cold films are ranked among themselves",
    ),
    "choice ndcg": SmallestEffect(
        0.01,
        "NDCG@10, threads of a week, people who may answer, or clothes",
        "one choice in a hundred that stands on top and was not in the list before",
    ),
    "mrr": SmallestEffect(
        0.01,
        "MRR@10, all items of a shop ranked",
        "one search in a hundred puts the right item first that did not find it at all",
    ),
    "macro-f1": SmallestEffect(
        0.01,
        "macro-F1",
        "about 2 % of what counting words reaches on opinions with 2,000 labels",
    ),
    "accuracy": SmallestEffect(
        0.01,
        "share of right answers",
        "one answer in a hundred: hidden words guessed, sentences judged, films found",
    ),
    "auc": SmallestEffect(
        0.01, "AUC of one person", "one pair of films in a hundred put in the right order"
    ),
    "r2": SmallestEffect(
        0.02,
        "R², how often a thing is used",
        "two hundredths of what differs between things; fixed after a first look at one page",
    ),
    "exposure": SmallestEffect(
        0.02,
        "Gini coefficient of exposure, or a share of places",
        "a fiftieth of what there is; fixed after a first look at one page",
    ),
    "places": SmallestEffect(
        0.05,
        "share of a list's places",
        "half a film of ten; fixed after a first look at one page",
    ),
    "lists": SmallestEffect(
        0.01,
        "share of the lists of ten that hold an item",
        "one list in a hundred; entered with the recordings of the attacks, when they were known",
    ),
    "clicks": SmallestEffect(
        0.01,
        "clicks a visit, or the probability of one",
        "one click in a hundred visits; fixed after a first look at one page",
    ),
    "faithfulness": SmallestEffect(
        0.05,
        "area between insertion and deletion curve, in probability or standard deviations",
        "with the words that an explanation names a class is five points more likely than with "
        "the others; fixed before the first recording of explanations",
    ),
    "found": SmallestEffect(
        0.02,
        "share of members that an attack finds at 1 % false alarms",
        "two members of a hundred more; fixed after a first look at EASE and ALS, before the "
        "recordings of attacks",
    ),
    "attack auc": SmallestEffect(
        0.02,
        "AUC of an attack, or of a trait that is guessed",
        "two pairs of a hundred more put in the right order; fixed as the one before",
    ),
    "nats": SmallestEffect(
        0.05, "negative log-likelihood, nats", "probabilities that are 5 % higher"
    ),
}


def judged(estimate, smallest_effect, effect="gain"):
    """Return what an interval says of a sentence that claims an effect.

    ========= =============================== ==================== ==========================
    effect    what the sentence claims        it holds             it does not hold
    ========= =============================== ==================== ==========================
    "gain"    more, and worth having          low > 0              high < smallest
    "loss"    less, and that matters          high < 0             low > -smallest
    "none"    no difference worth having      both within smallest all beyond smallest
    "no loss" not worse by what matters       low > -smallest      high < -smallest
    ========= =============================== ==================== ==========================

    Parameters
    ----------
    estimate : Estimate
    smallest_effect : float; above 0
    effect : str; one of EFFECTS

    Returns
    -------
    str: "holds", "does not hold" or, where the interval leaves both open, "not shown"

    Raises
    ------
    ValueError: an unknown effect, a smallest effect that is not above 0, an interval without ends

    Source: Schuirmann 1987; Lakens 2017.
    """
    if effect not in EFFECTS:
        raise ValueError(f"effect={effect!r}: use one of {', '.join(map(repr, EFFECTS))}")
    value, low, high = estimate
    if effect == "gain":
        return verdict(estimate, smallest_effect)
    if effect == "loss":
        return verdict(type(estimate)(-value, -high, -low), smallest_effect)
    within = equivalent(estimate, smallest_effect)
    if effect == "none":
        beyond = low > smallest_effect or high < -smallest_effect
    else:
        within, beyond = low > -smallest_effect, high < -smallest_effect
    return "holds" if within else "does not hold" if beyond else "not shown"


def combined(verdicts):
    """Return what the verdicts on several values come to.

    Parameters
    ----------
    verdicts : iterable of str

    Returns
    -------
    str: the one that all agree on; "holds in part" where some hold; else "not shown"

    Raises
    ------
    ValueError: no verdict, or an unknown one
    """
    verdicts = set(verdicts)
    if not verdicts or verdicts - set(VERDICTS):
        raise ValueError(f"verdicts {sorted(verdicts)}: give some, of {', '.join(VERDICTS)}")
    if len(verdicts) == 1:
        return verdicts.pop()
    return "holds in part" if verdicts & {"holds", "holds in part"} else "not shown"


def p_value(estimate, smallest_effect, effect="gain", n=None):
    """Return how often chance alone would give such a verdict where the truth is its boundary.

    Student's t is read back from the ends of the 95 % interval. That is exact for an interval of
    Student's, plain or corrected, and near for a bootstrap.

    Parameters
    ----------
    estimate : Estimate
    smallest_effect : float; above 0
    effect : str; as in `judged`
    n : int or None; how many units the interval draws again, at least 2; None for many

    Returns
    -------
    float: two-sided; NaN where the verdict is "not shown"

    Raises
    ------
    ValueError: n below 2, and as `judged`

    Source: Altman and Bland 2011.
    """
    if n is not None and n < 2:
        raise ValueError(f"n={n}: an interval needs at least 2 units")
    found = judged(estimate, smallest_effect, effect)
    if found == "not shown":
        return math.nan
    value, low, high = estimate
    distance = {
        ("gain", "holds"): value,
        ("gain", "does not hold"): smallest_effect - value,
        ("loss", "holds"): -value,
        ("loss", "does not hold"): smallest_effect + value,
        ("none", "holds"): smallest_effect - abs(value),
        ("none", "does not hold"): abs(value) - smallest_effect,
        ("no loss", "holds"): smallest_effect + value,
        ("no loss", "does not hold"): -smallest_effect - value,
    }[effect, found]
    if low == high:
        return 0.0
    from scipy.stats import norm, t

    law = norm() if n is None else t(n - 1)
    error = (high - low) / 2 / law.ppf(0.975)
    return float(min(1.0, 2 * law.sf(distance / error)))
