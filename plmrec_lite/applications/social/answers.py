"""Who answers whom for the first time: candidates among people, in the order of time."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from plmrec_lite.applications.choices import Choices


def answer_counts(messages, n_people=None):
    """Count how often each person answered each other one.

    Parameters
    ----------
    messages : pandas.DataFrame
        With ``person`` (ints from 0) and ``reply_to`` (the row that is answered, -1 if unknown).
    n_people : int or None; None: as many as have written

    Returns
    -------
    scipy.sparse.csr_array (n_people, n_people); row: who answers; nobody answers themselves

    Examples
    --------
    >>> talk = pd.DataFrame({"person": [0, 1, 0], "reply_to": [-1, 0, 1]})
    >>> answer_counts(talk).toarray().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    person = messages["person"].to_numpy()
    n_people = int(person.max(initial=-1)) + 1 if n_people is None else n_people
    answers = _answers(messages)
    counts = (np.ones(len(answers)), tuple(answers.T))
    return csr_array(counts, shape=(n_people, n_people))


def first_answers(messages, start, end, scores):
    """List the times that somebody answered somebody for the first time, with all candidates.

    Only people who wrote before the window count. The candidates of a person are those who wrote
    to one of the person's lists and were not answered by the person, all before the window; of
    those who are answered in the window, only the one whose choice it is.

    Parameters
    ----------
    messages : pandas.DataFrame
        In the order of time, with ``person`` (ints from 0), ``list`` and ``reply_to``.
    start, end : int; the first row of the window, and the one after its last
    scores : dict of str to float array (n_people, n_people)
        What is known of each pair before the window; the row is the person who answers.

    Returns
    -------
    Choices
        ``about``: ``person`` and ``answered``. Its features are the scores.

    Raises
    ------
    ValueError: a window that is not inside the messages, scores of another shape, or no new pair
        in the window
    """
    if not 0 < start < end <= len(messages):
        raise ValueError(
            f"a window from row {start} to {end} of {len(messages)}: begin after the first row, "
            "and end at the last at most"
        )
    past = messages.iloc[:start]
    n_people = int(messages["person"].max()) + 1
    for name, table in scores.items():
        if np.shape(table) != (n_people, n_people):
            raise ValueError(
                f"{name}: scores of shape {np.shape(table)}: give a row and a column for each of "
                f"{n_people} people"
            )
    wrote = pd.crosstab(past["person"], past["list"]).reindex(range(n_people), fill_value=0)
    on_list = (wrote > 0).to_numpy(dtype=int)  # (n_people, n_lists)
    possible = on_list @ on_list.T > 0  # share a list, so both have written
    np.fill_diagonal(possible, False)
    possible[answer_counts(past, n_people).nonzero()] = False
    pairs = pd.DataFrame(_answers(messages.iloc[:end]), columns=["person", "answered"])
    pairs = pairs.drop_duplicates()
    pairs = pairs[possible[pairs["person"], pairs["answered"]]]
    if pairs.empty:
        raise ValueError(
            f"nobody answered somebody for the first time from row {start} to {end}: widen the "
            "window"
        )
    possible[pairs["person"], pairs["answered"]] = False  # one person's choices are no rivals
    chosen, counts, rows = [], [], []
    for person, answered in pairs.itertuples(index=False):
        others = np.union1d(np.flatnonzero(possible[person]), answered)
        chosen.append(int(others.searchsorted(answered)))
        counts.append(len(others))
        rows.append(np.stack([np.full(len(others), person), others]))
    who, whom = np.concatenate(rows, axis=1)
    features = {name: np.asarray(table)[who, whom] for name, table in scores.items()}
    return Choices(chosen, counts, features, pairs.reset_index(drop=True))


def joined(parts):
    """Put choices of several windows together, in their order.

    Parameters
    ----------
    parts : sequence of Choices; with the same features

    Returns
    -------
    Choices

    Raises
    ------
    ValueError: no part, or other features in one than in the first
    """
    names = [list(part.features) for part in parts]
    if not names or any(set(other) != set(names[0]) for other in names):
        raise ValueError(f"parts with the features {names}: give at least one, all with the same")
    return Choices(
        np.concatenate([part.chosen for part in parts]),
        np.concatenate([part.counts for part in parts]),
        {key: np.concatenate([part.features[key] for part in parts]) for key in names[0]},
        pd.concat([part.about for part in parts], ignore_index=True),
    )


def _answers(messages):
    """Who answered whom, one row an answer, in the order of time; int array (n, 2)."""
    person = messages["person"].to_numpy()
    answers = messages["reply_to"].to_numpy()
    rows = np.flatnonzero(answers >= 0)
    pairs = np.stack([person[rows], person[answers[rows]]], axis=1)  # (n, 2)
    return pairs[pairs[:, 0] != pairs[:, 1]]
