"""The book's own Sphinx extension: an offline site, claims, diagrams, quizzes, figures, access.

Source: the choices are the book's own. Page: every page.
"""

from plmrec_book import (
    access,
    assets,
    assignments,
    cells,
    chance,
    claims,
    diagrams,
    figures,
    glossary,
    hand,
    headlines,
    listings,
    measured,
    objectives,
    plans,
    quiz,
    repository,
    surprises,
    timetable,
    typography,
    verdicts,
)

PARTS = (
    assets,
    assignments,
    cells,
    repository,
    claims,
    verdicts,
    chance,
    surprises,
    diagrams,
    figures,
    hand,
    quiz,
    access,
    glossary,
    headlines,
    listings,
    measured,
    objectives,
    plans,
    timetable,
    typography,
)


def setup(app):
    """Register every part of the extension with Sphinx.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.

    Returns
    -------
    dict
        What Sphinx asks of an extension: it may read and write pages in parallel.
    """
    for part in PARTS:
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
