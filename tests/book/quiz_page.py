"""A page of two questions, and how it is built with the quiz alone."""

from sphinx.application import Sphinx

GOOD = """\
- [ ] Zero, for *every* $p$.
  Only if the data holds no chance at all.

  ```python
  print(0)
  ```
- [x] The entropy $H(p)$ of `data`.
  No model does better: $\\sum_i p_i \\log q_i$.
- [ ] One.
  It is no special value.
"""
PAGE = f"""\
# A page

:::{{quiz}} What is the *best* $H(p, q)$?
{GOOD}:::

:::{{quiz}} And again?
{GOOD}:::
"""


def build_page(folder, builder, text):
    """Build a page in a folder: what the builder wrote, and its warnings."""
    (folder / "index.md").write_text(text)
    settings = {
        "extensions": ["myst_parser", "plmrec_book.quiz"],
        "myst_enable_extensions": ["colon_fence", "dollarmath"],
    }
    with (folder / "warnings.txt").open("w") as log:
        trees, out = folder / "trees", folder / builder
        Sphinx(folder, None, out, trees, builder, settings, None, log).build()
    name = {"html": "index.html", "text": "index.txt"}.get(builder, "projectnamenotset.tex")
    return (out / name).read_text(), (folder / "warnings.txt").read_text()
