"""Marks in the HTML that say where a text cell of a page begins, and which tags it has.

Code cells are boxes with their tags as classes; text cells dissolve into sections. The slides and
the printed book are made from the built pages, so a comment ``<!--cell short slide-->`` keeps the
place of each text cell. A page without code is cut at ``+++``.
"""

import json
import re

import myst_nb.sphinx_
from docutils import nodes
from myst_nb.sphinx_ import SphinxNbRenderer


class CellMark(nodes.Invisible, nodes.Element):
    """Where a text cell begins, with its tags."""


def tags_of(block_break):
    """Read the tags of a ``+++`` line.

    Parameters
    ----------
    block_break : str
        What stands behind ``+++``: JSON, or nothing.

    Returns
    -------
    list of str

    Examples
    --------
    >>> tags_of('{"tags": ["short", "slide"]}'), tags_of("")
    (['short', 'slide'], [])
    """
    found = re.search(r"\{.*\}", block_break, re.DOTALL)
    try:
        return json.loads(found.group()).get("tags", []) if found else []
    except json.JSONDecodeError:
        return []


class MarkingRenderer(SphinxNbRenderer):
    """MyST-NB's renderer, which also marks the text cells."""

    def render_nb_cell_markdown(self, token):
        """Put a mark before the cell."""
        tags = token.meta["metadata"].get("tags", [])
        self.current_node.append(CellMark(tags=list(tags)))
        super().render_nb_cell_markdown(token)


def _mark_breaks(app, doctree):
    """Replace what MyST keeps of each ``+++`` by a mark."""
    for node in list(doctree.findall(nodes.comment)):
        if "block_break" in node["classes"]:
            node.replace_self(CellMark(tags=tags_of(node.rawsource or node.astext())))


def _visit(translator, node):
    translator.body.append(f"<!--{' '.join(['cell', *node['tags']])}-->\n")
    raise nodes.SkipNode


def _skip(translator, node):
    raise nodes.SkipNode


def setup(app):
    """Mark the cells of every page.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    myst_nb.sphinx_.SphinxNbRenderer = MarkingRenderer  # where its parser looks for it
    app.add_node(CellMark, html=(_visit, None), latex=(_skip, None), text=(_skip, None))
    app.connect("doctree-read", _mark_breaks)
