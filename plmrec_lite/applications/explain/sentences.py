"""Reasons in words: one that names the largest terms, and one that only sounds right."""

from __future__ import annotations

import numpy as np


def true_reason(title, watched, terms, n=2):
    """Say which watched films have the largest terms of a score, and how much of it they are.

    Parameters
    ----------
    title : str; of what is recommended
    watched : sequence of m str; titles
    terms : float array (m,); what each adds to the score
    n : int; films that are named

    Returns
    -------
    sentence : str
    named : int array; rows of ``watched``

    Raises
    ------
    ValueError: a score that is not above 0: nothing speaks for the item

    Examples
    --------
    >>> true_reason("Aliens", ["Emma", "Alien"], [0.1, 0.3], n=1)[0]
    'We recommend Aliens because you watched Alien: 75 % of its score.'
    """
    terms = np.asarray(terms, dtype=np.float64)
    if not terms.sum() > 0:
        raise ValueError(f"the terms of {title!r} sum to {terms.sum():.3g}: no reason to recommend")
    named = np.argsort(-terms, kind="stable")[:n]
    names = " and ".join(watched[row] for row in named)
    share = terms[named].sum() / terms.sum()
    return f"We recommend {title} because you watched {names}: {share:.0%} of its score.".replace(
        "%", " %"
    ), named


def fluent_reason(title, genre, watched, alike, popularity):
    """Name the best-known watched film of the same genre; the score is not asked.

    Parameters
    ----------
    title, genre : str; of what is recommended
    watched : sequence of m str; titles
    alike : bool array (m,); whether a watched film has the genre
    popularity : float array (m,)

    Returns
    -------
    sentence : str
    named : int or None; the row of ``watched``, None where no film has the genre

    Examples
    --------
    >>> fluent_reason("Aliens", "Horror", ["Emma", "Scream"], [False, True], [9, 5])
    ('Fans of Horror like you love Aliens. Since you enjoyed Scream, so will you.', 1)
    """
    alike = np.asarray(alike, dtype=bool)
    if not alike.any():
        return f"Fans of {genre} love {title}. So will you.", None
    named = int(np.argmax(np.where(alike, popularity, -np.inf)))
    return (
        f"Fans of {genre} like you love {title}. Since you enjoyed {watched[named]}, so will you."
    ), named
