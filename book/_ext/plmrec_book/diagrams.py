"""Mermaid diagrams that open from a file, follow the theme, and can be read instead of seen.

The directive is sphinxcontrib-mermaid's; its script is an ES module, which browsers refuse to
load from a file, so ``book.js`` draws the diagrams with the classic build of Mermaid instead.
"""

import re
from html import escape

from sphinx.util import logging
from sphinxcontrib.mermaid import mermaid

logger = logging.getLogger(__name__)


def words(code):
    r"""Return the title and the description that a diagram gives of itself.

    Parameters
    ----------
    code : str
        The text of a Mermaid diagram.

    Returns
    -------
    tuple of (str, str)
        The text of ``accTitle: ...`` and of ``accDescr { ... }`` or ``accDescr: ...``, each on
        one line; empty where the diagram has none.

    Examples
    --------
    >>> words("graph TD\naccTitle: A map\naccDescr { Two\n boxes. }\nA --> B")
    ('A map', 'Two boxes.')
    """
    title = re.search(r"^\s*accTitle\s*:\s*(.+)$", code, re.M)
    text = re.search(r"accDescr\s*\{([^}]*)\}", code) or re.search(
        r"^\s*accDescr\s*:\s*(.+)$", code, re.M
    )
    return tuple(" ".join(found.group(1).split()) if found else "" for found in (title, text))


def _visit_mermaid(translator, node):
    """Write the diagram's source for book.js, and its description in a fold below."""
    title, description = words(node["code"])
    if not title or not description:
        logger.warning(
            "a diagram needs `accTitle: ...` and `accDescr { ... }` for readers who cannot see it",
            location=node,
        )
    translator.body.append(
        '<div class="diagram">'
        f'<div class="diagram-scroll" role="region" tabindex="0" aria-label="{escape(title)}">'
        f'<pre class="mermaid">{escape(node["code"])}</pre></div>'
        f"<details><summary>The diagram in words</summary><p>{escape(description)}</p></details>"
        "</div>\n"
    )


def _load_mermaid(app, pagename, templatename, context, doctree):
    """Load Mermaid on pages that have a diagram."""
    if doctree is not None and next(doctree.findall(mermaid), None):
        app.add_js_file("vendor/mermaid.min.js", loading_method="defer", priority=400)


def setup(app):
    """Take over how diagrams are written.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.setup_extension("sphinxcontrib.mermaid")
    app.add_node(mermaid, override=True, html=(_visit_mermaid, lambda translator, node: None))
    app.connect("html-page-context", _load_mermaid)
