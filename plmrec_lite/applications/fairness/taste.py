"""A world whose truth is known: with which probability each person clicks on each item."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_number

FLOOR = 0.003  # of scores, before their logarithm


def fitted_taste(model, split, part="test"):
    """Turn a model's scores into probabilities, by what people met in a held-out part.

    A logistic regression predicts, for every pair that ``split.known(part)`` does not hold, whether
    the held-out part does: from the score, its logarithm, and the logarithms of the item's
    popularity and the user's activity. Its probabilities are then given to all pairs.

    Parameters
    ----------
    model : Recommender; fitted on ``split.train``, with scores near 0 for what is not met and near
        1 for what is, such as MatrixFactorization
    split : Split
    part : {"validation", "test"}; the events that are predicted

    Returns
    -------
    float32 array (n_users, n_items), from 0 to 1

    Raises
    ------
    ValueError: the part holds no event, or the model was fitted on its events
    """
    from sklearn.linear_model import LogisticRegression

    held_out, train, known = split.held_out(part), split.train, split.known(part)
    if not len(held_out):
        raise ValueError(f"the {part} part is empty: there is nothing to fit probabilities to")
    if model.seen_[held_out.users, held_out.items].sum():
        raise ValueError(f"{model.name} was fitted on the {part} part: fit it on split.train")
    scores = model.score(np.arange(train.n_users))  # (n_users, n_items)
    popularity = np.log1p(train.popularity())[None, :]
    activity = np.log1p(np.bincount(train.users, minlength=train.n_users))[:, None]
    columns = [scores, np.log(np.maximum(scores, FLOOR)), popularity, activity]
    X = np.column_stack([np.broadcast_to(one, scores.shape).ravel() for one in columns])
    X = X.astype(np.float32) / X.std(axis=0, dtype=np.float64).astype(np.float32)
    unmet = (known.matrix().toarray() == 0).ravel()
    met = held_out.matrix().toarray().ravel()
    logistic = LogisticRegression(C=1e6, max_iter=200).fit(X[unmet], met[unmet])
    return logistic.predict_proba(X)[:, 1].reshape(scores.shape).astype(np.float32)


def examination(k):
    """Return with which probability a person looks at each place: 1 / log2(rank + 1).

    Parameters
    ----------
    k : int; 1 or more

    Returns
    -------
    float array (k,); the discounts of NDCG

    Raises
    ------
    ValueError: k is below 1

    Examples
    --------
    >>> examination(3).round(2).tolist()
    [1.0, 0.63, 0.5]
    """
    check_number("k", k, least=1, whole=True)
    return 1 / np.log2(np.arange(2, k + 2))


def clicks_on(lists, users, taste, rng):
    """Draw clicks: a person looks at a place, and clicks what they look at by their taste.

    Parameters
    ----------
    lists : int array (n, k); -1 for an empty place
    users : int array (n,)
    taste : float array (n_users, n_items); probability of a click on what is looked at
    rng : numpy.random.Generator

    Returns
    -------
    bool array (n, k)

    Source: Craswell et al. 2008, "position model".
    """
    liked = np.where(lists >= 0, taste[np.asarray(users)[:, None], lists], 0.0)
    return rng.random(lists.shape) < liked * examination(lists.shape[1])
