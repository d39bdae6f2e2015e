"""A judgement in words: for a terminal, as Markdown, as a page of HTML, as JSON."""

from __future__ import annotations

import math
import re
from html import escape

from plmrec_lite.applications.contest import FEW_USERS

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;"
    "color:#222;background:#fff}table{border-collapse:collapse;margin:1rem 0}"
    "td,th{padding:.25rem .75rem;border-bottom:1px solid #bbb;text-align:left;"
    "font-variant-numeric:tabular-nums}.verdict{font-size:1.2rem;border-left:.3rem solid #36c;"
    "padding-left:1rem}@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}}"
)
SIDES = ("mine", "theirs")
TITLE = "Does a language model help on these data?"


def sections(judgement):
    """Return a judgement in words and tables.

    Parameters
    ----------
    judgement : Judgement

    Returns
    -------
    list of (str, list of str, list of tuple); title, lines, and the rows of a table, the first of
        which names the columns
    """
    k = judgement.k
    columns = ("model", f"NDCG@{k}, 95 % interval over users", f"recall@{k}", "chosen", "seconds")
    held_out = [
        f"Held out: {judgement.split}, {judgement.comparisons[0].n_users:,} users. "
        f"The question: {judgement.asks}",
        "Every item that a user has not met is ranked; settings were chosen on validation.",
    ]
    if any(model.at_edge for model in (*judgement.candidates, *judgement.cold)):
        held_out.append(
            "Marked (smallest) or (largest): the chosen value is at the end of what was tried, and "
            "a better one may lie beyond."
        )
    people = [
        "Users without a past have no event before the test: each model gives them the popular "
        f"items. The interval is over the users of its row; over fewer than {FEW_USERS} it says "
        "little."
    ]
    cold = ["A random fifth of the items, hidden from training and ranked among themselves."]
    found = [
        ("Verdict", [verdict_line(comparison, k) for comparison in judgement.comparisons], []),
        ("Users with and without a past", people, _people(judgement.comparisons, k)),
        ("The data", [f"{name}: {words}" for name, words in judgement.findings.items()], []),
        ("Models", held_out, [columns, *map(_row, judgement.candidates)]),
        ("Cold items", cold if judgement.cold else [], [columns, *map(_row, judgement.cold)]),
        ("On the way", judgement.notes, []),
        (
            "Cost",
            [f"{n}: {value:.1f}" for n, value in judgement.cost.items() if value == value],
            [],
        ),
    ]
    return [section for section in found if section[1]]


def verdict_line(comparison, k):
    """Return a comparison in one line.

    Parameters
    ----------
    comparison : Comparison
    k : int; the length of the lists

    Returns
    -------
    str
    """
    return (
        f"{comparison.claim}: {comparison.verdict.upper()}. {comparison.mine} less "
        f"{comparison.theirs} is {comparison.difference:+.4f} in NDCG@{k} (95 % interval over "
        f"{comparison.over}); {comparison.reason}."
    )


def as_text(judgement):
    """Return a judgement for a terminal.

    Parameters
    ----------
    judgement : Judgement

    Returns
    -------
    str
    """
    parts = []
    for title, lines, table in sections(judgement):
        parts += [f"\n{title}", *(f"  {line}" for line in lines)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for row in table:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            parts.append("  " + "  ".join(cells).rstrip())
    return "\n".join(parts).lstrip("\n")


def as_markdown(judgement):
    """Return a judgement as Markdown; what came from the data is escaped.

    Parameters
    ----------
    judgement : Judgement

    Returns
    -------
    str
    """
    parts = [f"# {TITLE}"]
    for title, lines, table in sections(judgement):
        parts.append(f"\n## {title}\n")
        parts += [f"* {_plain(line)}" for line in lines]
        if table:
            rows = ["| " + " | ".join(map(_plain, row)) + " |" for row in table]
            parts += ["", rows[0], "|---" * len(table[0]) + "|", *rows[1:]]
    return "\n".join(parts) + "\n"


def as_html(judgement):
    """Return a judgement as one page of HTML that needs no other file and no network.

    Parameters
    ----------
    judgement : Judgement

    Returns
    -------
    str
    """
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}</style></head><body><h1>{TITLE}</h1>"
    ]
    for heading, lines, table in sections(judgement):
        parts.append(f"<h2>{escape(heading)}</h2>")
        kind = ' class="verdict"' if heading == "Verdict" else ""
        parts += [f"<p{kind}>{escape(line)}</p>" for line in lines]
        if table:
            rows = [
                "".join(f"<{cell}>{escape(text)}</{cell}>" for text in row)
                for cell, row in zip(["th", *["td"] * len(table)], table, strict=False)
            ]
            parts.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
    return "\n".join(parts) + "\n</body></html>\n"


def as_record(judgement):
    """Return a judgement as what JSON can hold.

    Parameters
    ----------
    judgement : Judgement

    Returns
    -------
    dict
    """
    fields = ("name", "uses", "setting", "at_edge", "validation")

    def candidate(model):
        return {
            **{name: getattr(model, name) for name in fields},
            "test": model.report.mean().to_dict(),
            "interval": model.report.interval().loc["ndcg"].tolist(),
            "seconds": round(model.seconds, 3),
        }

    kept = {name: getattr(judgement, name) for name in ("findings", "notes", "split", "asks", "k")}
    return {
        **kept,
        "models": [candidate(model) for model in judgement.candidates],
        "cold": [candidate(model) for model in judgement.cold],
        "comparisons": [
            {
                **vars(comparison),
                "difference": comparison.difference._asdict(),
                "groups": [_group_record(group) for group in comparison.groups],
            }
            for comparison in judgement.comparisons
        ],
        "cost": {n: None if math.isnan(v) else round(v, 3) for n, v in judgement.cost.items()},
    }


def _group_record(group):
    """Return a group as what JSON can hold."""
    means = {name: None if math.isnan(v := getattr(group, name)) else v for name in SIDES}
    return {**vars(group), **means, "difference": group.difference and group.difference._asdict()}


def _people(comparisons, k):
    """Return the table of those whom each verdict rests on."""
    rows = [("verdict on", "users", "n", f"NDCG@{k}", "the rival's", "difference, 95 % interval")]
    for comparison in comparisons:
        for group in comparison.groups:
            means = [getattr(group, name) for name in SIDES]
            cells = ["-" if math.isnan(mean) else f"{mean:.4f}" for mean in means]
            cells.append("-" if group.difference is None else f"{group.difference:+.4f}")
            rows.append((comparison.claim, group.who, f"{group.n_users:,}", *cells))
    return rows


def _row(model):
    """Return one line of the table of models."""
    mean = model.report.mean()
    low, high = model.report.interval().loc["ndcg"]
    ndcg = f"{mean['ndcg']:.4f} [{low:.4f}, {high:.4f}]"
    chosen = chosen_words(model.setting, model.at_edge)
    return model.name, ndcg, f"{mean['recall']:.4f}", chosen, f"{model.seconds:.1f}"


def chosen_words(setting, at_edge):
    """Say what was chosen, and which of it lies at the end of what was tried.

    Parameters
    ----------
    setting : dict of float
    at_edge : dict of str; as ``Candidate`` has it

    Returns
    -------
    str

    Examples
    --------
    >>> chosen_words({"regularization": 10.0, "decay": 0.9}, {"regularization": "smallest"})
    'regularization=10 (smallest), decay=0.9'
    """
    return ", ".join(
        f"{name}={value:g}" + (f" ({at_edge[name]})" if name in at_edge else "")
        for name, value in setting.items()
    )


def _plain(text):
    """Escape what Markdown or HTML would take for markup."""
    return re.sub(r"([\\`*_|\[\]#])", r"\\\1", escape(text, quote=False))
