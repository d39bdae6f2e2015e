"""One query, two people: the items that match, in the order of what each of them likes."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_number


def personal_scores(matches, tastes, weight=0.5):
    """Order what matches a query by match and by a person's taste.

    Both are brought to mean 0 and deviation 1 over the items that match; others are barred.

    Parameters
    ----------
    matches : float array (n, n_items); scores of a query; 0 where nothing matches, as BM25 gives
        it; minus infinity bars an item
    tastes : float array (n, n_items); scores of a recommender for whoever asks; minus infinity for
        items that the person has met
    weight : float; the share of taste, 0 to 1: at 0 the ranking is the same for everybody

    Returns
    -------
    float array (n, n_items); minus infinity where an item does not match or is barred

    Raises
    ------
    ValueError: shapes differ, or ``weight`` is out of range
    """
    check_number("weight", weight, least=0, most=1)
    matches, tastes = (np.asarray(x, dtype=np.float64) for x in (matches, tastes))
    if matches.ndim != 2 or matches.shape != tastes.shape:
        raise ValueError(
            f"matches {matches.shape} and tastes {tastes.shape}: give both (n, n_items)"
        )
    shown = (matches > 0) & (tastes > -np.inf)
    parts = []
    for scores in (matches, tastes):
        scores = np.where(shown, scores, 0.0)
        n = np.maximum(shown.sum(axis=1, keepdims=True), 1)
        centred = np.where(shown, scores - scores.sum(axis=1, keepdims=True) / n, 0.0)
        deviation = np.sqrt((centred**2).sum(axis=1, keepdims=True) / n)
        parts.append(centred / np.where(deviation == 0, 1, deviation))
    return np.where(shown, (1 - weight) * parts[0] + weight * parts[1], -np.inf)


def genre_searches(held_out, genres, min_rating=4.0):
    """Make searches by a genre's name, answered by the held-out films of it that a person liked.

    Parameters
    ----------
    held_out : Interactions; with ratings
    genres : sequence of n_items sequences of str; the genres of each film
    min_rating : float; stars of a film that was liked, at least

    Returns
    -------
    people : int array (n,); who asks
    words : list of n str; the genre that is asked for
    answers : list of n int arrays; the films that are right, at least one each

    Raises
    ------
    ValueError: nothing was rated so high

    Examples
    --------
    >>> from plmrec_lite.data import Interactions
    >>> log = Interactions([0, 0, 1], [0, 1, 1], [5.0, 4.0, 2.0], None, 2, 2)
    >>> people, words, answers = genre_searches(log, [["War"], ["War", "Drama"]])
    >>> people.tolist(), words, [films.tolist() for films in answers]
    ([0, 0], ['Drama', 'War'], [[1], [0, 1]])
    """
    liked = held_out.require("ratings", "min_rating") >= min_rating
    found = {}
    pairs = zip(held_out.users[liked].tolist(), held_out.items[liked].tolist(), strict=True)
    for person, film in pairs:
        for genre in genres[film]:
            found.setdefault((person, genre), []).append(film)
    if not found:
        raise ValueError(f"min_rating={min_rating}: no held-out film was rated so high")
    asked = sorted(found)
    people, words = np.array([person for person, _ in asked]), [genre for _, genre in asked]
    return people, words, [np.sort(np.array(found[pair])) for pair in asked]
