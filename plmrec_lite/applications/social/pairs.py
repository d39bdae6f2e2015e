"""What is known of each pair of people before a moment: activity, lists, graph and words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plmrec_lite.applications.social.answers import answer_counts
from plmrec_lite.applications.social.neighbourhoods import (
    adamic_adar,
    common_neighbours,
    links,
    walk_vectors,
)
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders.graph.model import LightGCN
from plmrec_lite.runtime import check_seed
from plmrec_lite.training import Training

HOUR = 3600
ACTIVITY = ("recency", "messages", "answered")
CIRCLES = ("same lists", "together")
GRAPH = ("answers back", "common neighbours", "Adamic-Adar", "walks", "LightGCN")
LIGHT = Training(n_epochs=30, batch_size=256, learning_rate=0.01, warmup=0.0, weight_decay=0.0)


def pair_scores(messages, start, words=None, seed=0, n_walks=5, light=LIGHT):
    """Describe each pair of people by what was written before a row.

    Parameters
    ----------
    messages : pandas.DataFrame
        In the order of time, with ``person``, ``thread`` (ints from 0), ``list``, ``time``
        (seconds) and ``reply_to`` (the row that is answered, -1 if unknown).
    start : int; the row; only rows before it count
    words : dict of str to float array (n_messages, d), or None
        Vectors of the messages. Each gives a score of its name: the cosine between the sums of
        what the two have written.
    seed : int; of walks and LightGCN
    n_walks : int; of ``walk_vectors``
    light : Training; of LightGCN; its seed is replaced

    Returns
    -------
    dict of str to float array (n_people, n_people)
        The row is who may answer, the column who may be answered. Of the column: ``recency``
        (minus the log of 1 + hours since the last message), ``messages`` and ``answered`` (log of
        1 + messages, and people who answered). Of both: ``same lists`` (the product of the shares
        of their messages on each list, summed), ``together`` (log of 1 + threads shared),
        ``answers back`` (log of 1 + times that the column answered the row), ``common neighbours``
        and ``Adamic-Adar`` (log of 1 + these), ``walks`` (cosine of ``walk_vectors``),
        ``LightGCN`` (trained on who answered whom), and the words.

    Raises
    ------
    ValueError: no message before the row, or none of them is an answer
    """
    check_seed(seed)
    from dataclasses import replace

    if not 0 < start <= len(messages):
        raise ValueError(f"start={start}: give a row from 1 to {len(messages)}")
    n = int(messages["person"].max()) + 1
    past = messages.iloc[:start]
    person = past["person"].to_numpy()
    counts = answer_counts(past, n)
    if not counts.nnz:
        raise ValueError(f"nobody answered anybody before row {start}: give a later one")
    now = messages["time"].iloc[min(start, len(messages) - 1)]
    last = np.full(n, past["time"].iloc[0], dtype=float)
    np.maximum.at(last, person, past["time"].to_numpy(dtype=float))
    A = links(counts)
    of_column = {
        "recency": -np.log1p((now - last) / HOUR),
        "messages": np.log1p(np.bincount(person, minlength=n)),
        "answered": np.log1p((counts > 0).sum(axis=0)),
    }
    scores = {name: np.tile(column, (n, 1)) for name, column in of_column.items()}
    lists = _table(past, "list", n)
    share = lists / np.maximum(lists.sum(axis=1, keepdims=True), 1)
    threads = np.minimum(_table(past, "thread", n), 1)
    nodes = walk_vectors(A, seed=seed, n_walks=n_walks)
    graph = LightGCN(32, 2, "softmax", training=replace(light, seed=seed))
    graph.fit(Interactions(*counts.nonzero(), None, None, n, n))
    scores |= {
        "same lists": share @ share.T,
        "together": np.log1p(threads @ threads.T),
        "answers back": np.log1p(counts.toarray().T),
        "common neighbours": np.log1p(common_neighbours(A)),
        "Adamic-Adar": np.log1p(adamic_adar(A)),
        "walks": nodes @ nodes.T,
        "LightGCN": graph.score(np.arange(n)),
    }
    for name, vectors in (words or {}).items():
        sums = np.zeros((n, vectors.shape[1]))
        np.add.at(sums, person, vectors[:start])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        profiles = sums / np.where(lengths > 0, lengths, 1)
        scores[name] = profiles @ profiles.T
    return scores


def _table(past, column, n):
    """How many messages each person wrote to each list or thread; float array (n, n_different)."""
    counted = pd.crosstab(past["person"], past[column])
    return counted.reindex(range(n), fill_value=0).to_numpy(dtype=float)
