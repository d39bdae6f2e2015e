"""A text whose words are coloured by what a method says of them; it needs no script."""

from __future__ import annotations

from html import escape
from string import Template

import numpy as np

STRONGEST = 0.55  # opacity of the largest value: the ink stays readable on it, on any paper
SUPPORTS, OPPOSES = "0 114 178", "213 94 0"  # blue and orange of the house
STYLE = """
.heat-text { margin: 1rem 0; font-family: var(--book-sans, system-ui, sans-serif); }
.heat-text dt { font-weight: 650; margin-top: 0.6rem; }
.heat-text dd { margin: 0.2rem 0 0; line-height: 2; }
.heat-text dd span { padding: 0.1rem 0.15rem; border-bottom: 2px solid transparent; }
.heat-text dd .for { border-bottom: 2px solid rgb(0 114 178); }
.heat-text dd .against { border-bottom: 2px dotted rgb(213 94 0); }
.heat-text summary { cursor: pointer; }
.heat-scroll { overflow-x: auto; margin: 0.5rem 0 1rem; }
.heat-scroll table { border-collapse: collapse; margin: 0; font-size: 0.85rem; }
.heat-scroll caption { caption-side: top; text-align: left; color: inherit; }
.heat-scroll :is(th, td) { padding: 0.1rem 0.5rem; text-align: right; font-weight: 400; }
@media print { .heat-text dd span { print-color-adjust: exact; } }
"""
PAGE = Template("""\
<figure class="heat-text" role="group" aria-label="$label">
<style>$style</style>
<p>Blue with a solid line: for. Orange with a dotted line: against. The lines mark the three
strongest words of each row.</p>
<dl>$rows</dl>
<details><summary>The same numbers as a table</summary>$table</details>
</figure>
""")


class HeatText:
    """A text, once for each method, with its words coloured by their importance.

    Each row is scaled by its own largest value: rows say where, and not how much.

    Parameters
    ----------
    words : sequence of n str
    values : dict of str to float array (n,); by method; positive speaks for, negative against
    label : str; what the figure is called by a screen reader

    Raises
    ------
    ValueError: no method, another number of values than words, or a value that is no number

    Examples
    --------
    >>> HeatText(["a", "poor", "film"], {"occlusion": [0.0, 0.6, -0.3]})
    occlusion: poor (+0.60), film (-0.30), a (+0.00)
    """

    def __init__(self, words, values, label="Importance of words"):
        self.words = [str(word) for word in words]
        self.label = label
        if not values:
            raise ValueError("values is empty: give at least one row of values by method")
        self.values = {name: np.asarray(row, dtype=np.float64) for name, row in values.items()}
        for name, row in self.values.items():
            if row.shape != (len(self.words),) or not np.isfinite(row).all():
                raise ValueError(
                    f"{name!r} has values {row.tolist()}: give one finite number for each of the "
                    f"{len(self.words)} words"
                )

    def __repr__(self):
        lines = []
        for name, row in self.values.items():
            named = ", ".join(f"{self.words[i]} ({row[i]:+.2f})" for i in _strongest(row))
            lines.append(f"{name}: {named}")
        return "\n".join(lines)

    def _repr_html_(self):
        rows = "".join(
            f"<dt>{escape(name)}</dt><dd>{self._coloured(row)}</dd>"
            for name, row in self.values.items()
        )
        return PAGE.substitute(
            label=escape(self.label, quote=True), style=STYLE, rows=rows, table=self._table()
        )

    def _coloured(self, row):
        """The words of one row, each with its colour."""
        most = np.abs(row).max() or 1.0
        marked = {i for i in _strongest(row) if row[i]}
        spans = []
        for i, (word, value) in enumerate(zip(self.words, row, strict=True)):
            colour = SUPPORTS if value >= 0 else OPPOSES
            sort = ("for" if value > 0 else "against") if i in marked else ""
            opacity = STRONGEST * abs(value) / most
            spans.append(
                f'<span class="{sort}" style="background: rgb({colour} / {opacity:.2f})">'
                f"{escape(word)}</span>"
            )
        return " ".join(spans)

    def _table(self):
        """All numbers, a row a word."""
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.values)
        body = "".join(
            f'<tr><th scope="row">{escape(word)}</th>'
            + "".join(f"<td>{row[i]:+.3f}</td>" for row in self.values.values())
            + "</tr>"
            for i, word in enumerate(self.words)
        )
        return (
            f'<div class="heat-scroll" role="region" tabindex="0" '
            f'aria-label="{escape(self.label, quote=True)}, numbers"><table>'
            f"<caption>{escape(self.label)}: one number a word and method</caption>"
            f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )


def _strongest(row, n=3):
    """The places of the largest values, whatever their sign."""
    return sorted(range(len(row)), key=lambda i: (-abs(row[i]), i))[:n]
