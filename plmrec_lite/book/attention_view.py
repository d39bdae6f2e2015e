"""A text that shows what each token attends to; it needs no running kernel."""

from __future__ import annotations

import hashlib
import json
from html import escape
from itertools import chain, repeat
from string import Template

import numpy as np

STYLE = """
.attention-view { margin: 1rem 0; font-family: var(--book-sans, system-ui, sans-serif); }
.attention-view fieldset { border: 0; margin: 0 0 0.5rem; padding: 0; }
.attention-view legend { float: none; margin: 0; font-size: 1rem; font-weight: 650; }
.attention-view label { display: block; padding: 0.15rem 0; cursor: pointer; }
.attention-view input { margin-right: 0.4rem; }
.attention-words { display: flex; flex-wrap: wrap; gap: 0.5rem 0.1rem; }
.attention-words button {
  display: grid; grid-template-rows: 4.5rem auto auto; justify-items: center;
  min-width: 2.9rem; padding: 0.15rem 0.3rem; cursor: pointer; color: inherit; font: inherit;
  background: none; border: 2px solid transparent; border-radius: 4px;
}
.attention-words button[aria-pressed="true"] { border-color: currentColor; }
.attention-bar {
  align-self: end; width: 100%; height: calc(var(--share) * 1%); box-sizing: content-box;
  background: var(--pst-color-primary, #0072b2);
  border-bottom: 2px solid var(--pst-color-border, #8888);
}
.attention-share { font-size: 0.85rem; font-variant-numeric: tabular-nums; }
.attention-view [role="status"] { margin: 0.6rem 0; min-height: 3.2em; }
.attention-view summary { cursor: pointer; }
.attention-scroll { overflow-x: auto; margin: 0.5rem 0 1rem; }
.attention-scroll table { border-collapse: collapse; margin: 0; font-size: 0.85rem; }
.attention-scroll caption { caption-side: top; text-align: left; color: inherit; }
.attention-scroll :is(th, td) { padding: 0.1rem 0.4rem; text-align: right; font-weight: 400; }
@media print { .attention-bar { print-color-adjust: exact; } }
"""
SCRIPT = Template("""
(() => {
  const view = document.getElementById("$name");
  const { tokens, shares, start } = $data;
  const words = [...view.querySelectorAll(".attention-words button")];
  let head = 0;
  let chosen = start;
  const show = () => {
    const row = shares[head][chosen];
    words.forEach((word, i) => {
      word.setAttribute("aria-pressed", i === chosen);
      word.querySelector(".attention-bar").style.setProperty("--share", row[i]);
      word.querySelector(".attention-share").textContent = `$${row[i]} %`;
    });
    const best = row.map((share, i) => [share, i]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    const named = best.slice(0, 3).filter(([share]) => share > 0)
      .map(([share, i]) => `$${tokens[i]} ($${share} %)`);
    view.querySelector("[role=status]").textContent =
      `$${tokens[chosen]} attends most to $${named.join(", ")}.`;
  };
  words.forEach((word, i) => {
    for (const happens of ["pointerenter", "focus", "click"]) {
      word.addEventListener(happens, () => { chosen = i; show(); });
    }
  });
  view.querySelectorAll("input").forEach((input, i) => {
    input.addEventListener("change", () => { head = i; show(); });
  });
})();
""")
PAGE = Template("""\
<figure class="attention-view" id="$name" role="group" aria-label="Attention weights">
<style>$style</style>
<fieldset><legend>Whose weights?</legend>$heads</fieldset>
<p>Point at a word, tap it, or reach it with the Tab key. The bars show where its 100 % go.</p>
<div class="attention-words">$words</div>
<p role="status">$says</p>
<details><summary>The same weights as tables</summary>$tables</details>
</figure>
<script>$script</script>
""")


class AttentionView:
    """Attention weights of one text as a figure in which the reader chooses a word.

    Parameters
    ----------
    tokens : sequence of str; the T tokens of the text
    weights : dict of str to float array (T, T); by the name that the reader sees; rows sum to 1
    start : int; the token chosen at first, from 0

    Raises
    ------
    ValueError: no weights, a table of another shape, or a row that is no share of 1

    Examples
    --------
    >>> AttentionView(["a", "star"], {"head 1": [[1.0, 0.0], [0.25, 0.75]]})
    head 1
      a attends most to a (100 %).
      star attends most to star (75 %), a (25 %).
    """

    def __init__(self, tokens, weights, start=1):
        self.tokens = [str(token) for token in tokens]
        T = len(self.tokens)
        if not 0 <= start < T:
            raise ValueError(f"start={start}: choose one of the {T} tokens, from 0")
        if not weights:
            raise ValueError("weights is empty: give at least one table of weights by name")
        self.start = start
        self.shares = {name: _percent(name, table, T) for name, table in weights.items()}

    def __repr__(self):
        lines = []
        for name, rows in self.shares.items():
            lines += [name, *(f"  {self._says(row, i)}" for i, row in enumerate(rows))]
        return "\n".join(lines)

    def _repr_html_(self):
        data = {"tokens": self.tokens, "shares": list(self.shares.values()), "start": self.start}
        text = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
        name = f"attention-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        heads = "".join(
            f'<label><input type="radio" name="{name}"{checked}>{escape(head)}</label>'
            for head, checked in zip(self.shares, chain([" checked"], repeat("")), strict=False)
        )
        first = next(iter(self.shares.values()))[self.start]
        return PAGE.substitute(
            name=name,
            style=STYLE,
            heads=heads,
            words="".join(self._word(share, i) for i, share in enumerate(first)),
            says=escape(self._says(first, self.start)),
            tables="".join(self._table(*named) for named in self.shares.items()),
            script=SCRIPT.substitute(name=name, data=text),
        )

    def _says(self, row, i):
        """A sentence on the tokens with the largest shares, three at most."""
        best = sorted(range(len(row)), key=lambda j: (-row[j], j))[:3]
        named = ", ".join(f"{self.tokens[j]} ({row[j]} %)" for j in best if row[j])
        return f"{self.tokens[i]} attends most to {named}."

    def _word(self, share, i):
        """One word to choose, with its bar above and its share below."""
        pressed = "true" if i == self.start else "false"
        return (
            f'<button type="button" aria-pressed="{pressed}">'
            f'<span class="attention-bar" style="--share: {share}"></span>'
            f"<span>{escape(self.tokens[i])}</span> "
            f'<span class="attention-share">{share} %</span></button>'
        )

    def _table(self, name, rows):
        """All weights of one head, in percent."""
        head = "".join(f'<th scope="col">{escape(token)}</th>' for token in self.tokens)
        body = "".join(
            f'<tr><th scope="row">{escape(token)}</th>'
            + "".join(f"<td>{share}</td>" for share in row)
            + "</tr>"
            for token, row in zip(self.tokens, rows, strict=True)
        )
        return (
            f'<div class="attention-scroll" role="region" tabindex="0" aria-label="{escape(name)}">'
            f"<table><caption>{escape(name)}: each row spreads 100 %</caption>"
            f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )


def _percent(name, table, T):
    """Weights (T, T) in whole percent, as lists; refuse what is no table of weights."""
    table = np.asarray(table, dtype=np.float64)
    if table.shape != (T, T):
        raise ValueError(f"{name!r} has the shape {table.shape}: {T} tokens need ({T}, {T})")
    if not (table >= 0).all() or not np.allclose(table.sum(1), 1, atol=1e-3):
        raise ValueError(
            f"{name!r} is no table of attention weights: each row must be 0 or more and sum to 1 "
            "(a softmax over the last axis does that)"
        )
    return np.rint(100 * table).astype(int).tolist()
