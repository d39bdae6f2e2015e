"""``{hand}``: a figure that answers to the reader's hand, without a kernel and without a network.

The figure is drawn by ``book/_static/hand/NAME.js`` from ``book/hand/NAME.json``, if there is one.
The page carries the data, because a browser refuses to read a second file from a folder. The body
of the directive is the text alternative: it stands where no script runs and on paper, and folds
elsewhere. What it says of the data comes from the data: ``[[best]]`` is the word ``best`` of the
JSON file.
"""

import json
import re
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)

BUDGET = 300_000  # bytes of data on a page
FOLDER = Path("book", "hand")
SCRIPTS = Path("book", "_static", "hand")


class hand(nodes.Part, nodes.Element):  # noqa: N801 - docutils names a node like its element
    """A figure under the reader's hand: a caption, then its text alternative."""


class hand_caption(nodes.caption):  # noqa: N801
    """The caption of such a figure."""


def packed(data):
    """Return data as it stands in a page: in one line, and harmless inside HTML.

    Parameters
    ----------
    data : dict
        The data of a figure.

    Returns
    -------
    str
        JSON without ``<``.
    """
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def filled(text, words):
    """Return a text in which ``[[best]]`` has become what ``words`` has under ``best``.

    Parameters
    ----------
    text : str
        A caption, or a line of a text alternative.
    words : dict of str to str
        What the data says.

    Returns
    -------
    str

    Raises
    ------
    KeyError
        If the words lack a name.

    Examples
    --------
    >>> filled("It is [[best]].", {"best": "0.088"})
    'It is 0.088.'
    """
    return re.sub(r"\[\[([\w-]+)\]\]", lambda found: words[found[1]], text)


class Hand(SphinxDirective):
    """``{hand} NAME``: the figure of that name, its ``:caption:``, its text alternative."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"caption": directives.unchanged_required, "name": directives.unchanged}

    def run(self):
        """Return one numbered figure, or an error that says what is missing."""
        name, root = self.arguments[0], Path(self.env.srcdir)
        script = root / SCRIPTS / f"{name}.js"
        if not script.is_file():
            known = sorted(p.stem for p in script.parent.glob("*.js") if p.stem != "hand")
            raise self.error(f"there is no figure {name!r} in {SCRIPTS}: {', '.join(known)}")
        if "caption" not in self.options:
            raise self.error(f"the figure {name!r} needs a :caption: that says what to see")
        path = root / FOLDER / f"{name}.json"
        self.env.note_dependency(str(path))
        data = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        said = data.pop("words", {})
        figure = hand(figure=name, data=packed(data))
        try:
            caption = filled(self.options["caption"], said)
            self.content.data[:] = [filled(line, said) for line in self.content.data]
        except KeyError as error:
            raise self.error(
                f"the data of {name!r} has no word {error}: {', '.join(said)}"
            ) from None
        words, messages = self.parse_inline(caption)
        figure += [hand_caption("", "", *words), *self.parse_content_to_nodes()]
        if len(figure) == 1:
            raise self.error(f"the figure {name!r} needs a text alternative: write it in the body")
        self.set_source_info(figure)
        self.options.setdefault("name", f"fig-{name}")
        self.add_name(figure)
        return [figure, *messages]


def _visit_hand(translator, node):
    """Open the figure: an empty board, and the data."""
    translator.body.append(
        f'<figure class="hand" data-hand="{node["figure"]}" id="{node["ids"][0]}">'
        '<div class="hand-board"></div>'
        f'<script type="application/json">{node["data"]}</script>\n'
    )


def _depart_hand(translator, node):
    """Close the words and the figure."""
    translator.body.append("</div></figure>\n")


def _visit_caption(translator, node):
    """Open the caption, with the figure's number."""
    translator.body.append('<figcaption><span class="caption-text">')
    translator.add_fignumber(node.parent)


def _depart_caption(translator, node):
    """Close the caption, and open the words below it."""
    translator.body.append('</span></figcaption>\n<div class="hand-words">')


def _pass(translator, node):
    """Elsewhere a figure is its caption and its words."""


def _load_scripts(app, pagename, templatename, context, doctree):
    """Load the shared script, and that of each figure, on pages that have one."""
    figures = list(doctree.findall(hand)) if doctree is not None else []
    if not figures:
        return
    if (size := sum(len(figure["data"].encode()) for figure in figures)) > BUDGET:
        logger.warning(
            "the figures of %s carry %s bytes of data: at most %s a page", pagename, size, BUDGET
        )
    app.add_css_file("hand/hand.css")
    app.add_js_file("hand/hand.js", loading_method="defer", priority=600)
    for name in dict.fromkeys(figure["figure"] for figure in figures):
        app.add_js_file(f"hand/{name}.js", loading_method="defer", priority=610)


def setup(app):
    """Add the directive, its nodes and its scripts.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    elsewhere = dict.fromkeys(("latex", "text", "man", "texinfo"), (_pass, _pass))
    app.add_enumerable_node(hand, "figure", html=(_visit_hand, _depart_hand), **elsewhere)
    app.add_node(hand_caption, html=(_visit_caption, _depart_caption), **elsewhere)
    app.add_directive("hand", Hand)
    app.connect("html-page-context", _load_scripts)
