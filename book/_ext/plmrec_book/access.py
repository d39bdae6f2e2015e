"""Repairs to third-party HTML, so that keyboards and screen readers find their way."""

from pathlib import Path

from docutils import nodes

TEMPLATES = Path(__file__).parent / "templates"


def _own_templates(app, config):
    """Put the book's versions of two of the theme's buttons first."""
    config.templates_path.insert(0, str(TEMPLATES))


def _drop_repeated_ids(app, doctree, docname):
    """Take off the ids that sphinx-exercise gives to every exercise alike."""
    for section in doctree.findall(nodes.section):
        section["ids"] = [
            i for i in section["ids"] if i not in ("exercise-content", "solution-content")
        ]


def _mend_names(app, pagename, templatename, context, doctree):
    """Give bibliography entries the role of a list, and a folded cell the name that it shows."""
    if "body" in context:
        body = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')
        context["body"] = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")


def setup(app):
    """Connect the repairs.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.connect("config-inited", _own_templates)
    app.connect("html-page-context", _mend_names)
    app.connect("doctree-resolved", _drop_repeated_ids)
