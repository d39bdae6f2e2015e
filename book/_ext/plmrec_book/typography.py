"""Where a line may not break, and how the words of a cell look among the words of a page."""

import re

from docutils import nodes

NO_BREAK = "\N{NO-BREAK SPACE}"
INTERVAL = re.compile(r"\[[-+−]?\d[^\[\]]{,24}\]")
CLOSES = re.compile(r"[,.;:!?)\]’”]+")
OPENS = re.compile(r"[(\[“‘]+$")
AS_WRITTEN = (nodes.literal, nodes.FixedTextElement, nodes.math, nodes.math_block, nodes.raw)


def kept_together(text):
    r"""Join a number with its per cent sign, and the two ends of an interval.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        The same text with some of its spaces replaced by no-break spaces.

    Examples
    --------
    >>> kept_together("40 % of all, +0.02 [-0.01, +0.05]").split(" ")
    ['40\xa0%', 'of', 'all,', '+0.02', '[-0.01,\xa0+0.05]']
    """
    text = re.sub(r"(?<=\d) (?=%)", NO_BREAK, text)
    return INTERVAL.sub(lambda found: found[0].replace(" ", NO_BREAK), text)


def _keep_together(app, doctree, docname):
    """Replace the spaces in all text that is not code or a formula."""
    for text in list(doctree.findall(nodes.Text)):
        if not any(isinstance(above, AS_WRITTEN) for above in _above(text)):
            kept = kept_together(text)
            if kept != text:
                text.parent.replace(text, nodes.Text(kept))


def _join_formulas(app, doctree, docname):
    """Let no line break between a formula and the comma after it, or the bracket before it."""
    for formula in list(doctree.findall(nodes.math)):
        parent, place = formula.parent, formula.parent.index(formula)
        before, after = (
            parent[i] if 0 <= i < len(parent) and isinstance(parent[i], nodes.Text) else ""
            for i in (place - 1, place + 1)
        )
        opens, closes = OPENS.search(before), CLOSES.match(after)
        if not (opens or closes):
            continue
        # By place: replace() would look for a text that is equal, and find another comma.
        parent[place] = nodes.inline("", "", classes=["joined"])
        if opens:
            parent[place - 1] = nodes.Text(before[: opens.start()])
            parent[place] += nodes.Text(opens[0])
        parent[place] += formula
        if closes:
            parent[place + 1] = nodes.Text(after[closes.end() :])
            parent[place] += nodes.Text(closes[0])


def _above(node):
    """The nodes that a node is in."""
    while node.parent is not None:
        node = node.parent
        yield node


def _show_code(app, doctree, docname):
    """Show what stands between backticks in a glued sentence as code, and no sentence in bold."""
    for pasted in list(doctree.findall(nodes.inline)):
        if "pasted-text" in pasted["classes"] and "`" in pasted.astext():
            pasted["classes"].append("pasted-sentence")
            parts = enumerate(pasted.astext().split("`"))
            pasted.children = []
            pasted += [
                nodes.literal(part, part) if place % 2 else nodes.Text(part)
                for place, part in parts
            ]


def setup(app):
    """Work on every page when it is written.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.connect("doctree-resolved", _show_code)
    app.connect("doctree-resolved", _keep_together)
    app.connect("doctree-resolved", _join_formulas)
