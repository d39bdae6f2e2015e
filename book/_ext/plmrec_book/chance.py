"""How many findings there are, what chance does among so many, and what is worth having."""

from collections import Counter
from types import SimpleNamespace

from docutils import nodes
from plmrec_lite.book.verdicts import FIXED_ON, SMALLEST_EFFECTS, p_value
from plmrec_lite.evaluation.estimate import Estimate
from plmrec_lite.evaluation.verdicts import expected_false, holm
from sphinx.util.docutils import SphinxDirective

from plmrec_book.records import AllPages, build_table

ALPHA = 0.05


def multiplicity(records):
    """Count what chance does among many findings.

    Parameters
    ----------
    records : list of dict
        The findings.

    Returns
    -------
    findings, values, asserted : int
        Findings; the values in them; those of which something is asserted.
    wrong : float
        How many of the asserted are expected to be false by chance, at most.
    fallen : list of dict
        The findings of which an asserted value no longer stands after Holm's correction for all.
    """
    asked = [(record, one) for record in records for one in record["estimates"]]
    stated = [(record, one) for record, one in asked if one["verdict"] != "not shown"]
    p_values = [
        p_value(
            Estimate(one["value"], one["low"], one["high"]),
            record["smallest_effect"],
            record["effect"],
            record["n"],
        )
        for record, one in stated
    ]
    adjusted = holm(p_values)
    fallen = {
        record["key"]: record for (record, _), p in zip(stated, adjusted, strict=True) if p > ALPHA
    }
    return SimpleNamespace(
        findings=len(records),
        values=len(asked),
        asserted=len(stated),
        wrong=expected_false(len(stated), 1 - ALPHA / 2),
        fallen=list(fallen.values()),
    )


class Chance(AllPages):
    """``{chance}``: how many findings there are, and what chance does among so many."""

    def run(self):
        """Return paragraphs, and a list of the findings that a correction takes away."""
        records = [r for found in self.records("finding").values() for r in found]
        counts = Counter(record["verdict"] for record in records)
        found = multiplicity(records)
        text = (
            f"Of the {found.findings} findings of this book {counts['holds']} hold, "
            f"{counts['holds in part']} hold in part, {counts['does not hold']} do not hold and "
            f"{counts['not shown']} are not shown. They rest on {found.values} intervals of 95 %; "
            f"{found.asserted} of these assert something, the others only that it is not shown. An "
            "interval errs on the side that makes an assertion false in at most 2.5 % of cases, "
            f"so up to {found.wrong:.1f} of the {found.asserted} assertions are expected to be "
            "false by chance. No verdict in the tables is corrected for that. "
        )
        if not found.fallen:
            text += "After Holm's correction for all of them at 5 % every assertion stands."
            return [nodes.paragraph("", text)]
        text += (
            f"After Holm's correction for all of them at 5 % {len(found.fallen)} findings would "
            "become not shown, in whole or in part:"
        )
        items = [
            nodes.list_item("", nodes.paragraph("", "", self.sentence(r))) for r in found.fallen
        ]
        return [nodes.paragraph("", text), nodes.bullet_list("", *items)]


class SmallestEffects(SphinxDirective):
    """``{smallest-effects}``: what is worth having, since when, and why."""

    def run(self):
        """Return one table."""
        rows = [
            [
                [nodes.Text(effect.measure)],
                [nodes.literal("", f"{effect.size:g}")],
                [nodes.Text(effect.reason)],
            ]
            for effect in SMALLEST_EFFECTS.values()
        ]
        head = ["Measure", f"Fixed on {FIXED_ON}", "Why this much"]
        return [build_table(head, rows, [28, 17, 55], "claims")]


def setup(app):
    """Add the directives.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_directive("chance", Chance)
    app.add_directive("smallest-effects", SmallestEffects)
