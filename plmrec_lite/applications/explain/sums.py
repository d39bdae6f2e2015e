"""Exact reasons: the terms that add up to the score of EASE and of item-kNN."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_ids
from plmrec_lite.recommenders import EASE, ItemKNN

WEIGHTS = {EASE: "B_", ItemKNN: "similarity_"}


def terms_of_scores(model, user):
    """Take a user's scores apart: what each watched item adds to the score of every item.

    Parameters
    ----------
    model : EASE or ItemKNN; fitted
    user : int

    Returns
    -------
    watched : int array (m,); the user's items, sorted
    terms : float64 array (m, n_items); a column's sum is the item's score; a term may be negative

    Raises
    ------
    TypeError: a model whose score is no sum over watched items
    ValueError: no such user
    sklearn.exceptions.NotFittedError: the model is not fitted

    Examples
    --------
    >>> from plmrec_lite.data.interactions import Interactions
    >>> log = Interactions([0, 0, 1, 1], [0, 1, 1, 2], [5, 5, 5, 5], [1, 2, 3, 4], 2, 3)
    >>> model = EASE(1).fit(log)
    >>> watched, terms = terms_of_scores(model, 0)
    >>> watched.tolist(), bool(np.allclose(terms.sum(0), model.score([0])[0]))
    ([0, 1], True)

    Source: Steck 2019, eq. 1; Deshpande & Karypis 2004.
    """
    kind = next((kind for kind in WEIGHTS if type(model) is kind), None)
    if kind is None:
        raise TypeError(
            f"{type(model).__name__}: its score is no sum over watched items that is known here; "
            "give an EASE or an ItemKNN"
        )
    model.score([])  # refuses what is not fitted
    check_ids([user], model.X_.shape[0], "user")
    row = model.X_[[user]].tocoo()
    order = np.argsort(row.coords[1])
    watched, events = row.coords[1][order].astype(np.int64), row.data[order]
    weights = getattr(model, WEIGHTS[kind])[watched]
    weights = weights if isinstance(weights, np.ndarray) else weights.toarray()
    return watched, events[:, None] * weights.astype(np.float64)  # (m, n_items)
