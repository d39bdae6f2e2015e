"""The glossary: ``{taught}`` links an entry to its page, and Chinese terms say that they are."""

import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxRole

CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Taught(SphinxRole):
    """``{taught}`math/transformer, math/self-attention```: a link to the first page that exists.

    Pages are split and added; an entry names them in the order of preference, without ``book/``.
    Where none of them exists yet, nothing is shown.
    """

    def run(self):
        """Return the arrow and the page's title, as a link."""
        # A page that is added or renamed may be the better one.
        self.env.note_dependency(str(Path(self.env.srcdir) / "_toc.yml"))
        pages = [f"book/{name.strip()}" for name in self.text.split(",")]
        there = [page for page in pages if page in self.env.found_docs]
        if not there:
            return [], []
        title = nodes.inline("", "", classes=["xref", "std", "std-doc"])
        link = addnodes.pending_xref(
            "",
            title,
            refdomain="std",
            reftype="doc",
            reftarget=f"/{there[0]}",
            refdoc=self.env.docname,
            refexplicit=False,
            refwarn=True,
        )
        return [nodes.inline("", "→ ", link, classes=["taught"])], []


def _mark_chinese(app, doctree):
    """Give terms in Chinese characters their language, for screen readers and fonts."""
    for term in doctree.findall(nodes.term):
        if isinstance(term.parent.parent.parent, addnodes.glossary) and CHINESE.search(
            term.astext()
        ):
            term["classes"].append("language-zh-Hans")


def setup(app):
    """Add the role, and mark the terms.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_role("taught", Taught())
    app.connect("doctree-read", _mark_chinese)
