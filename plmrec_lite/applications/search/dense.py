"""Dense retrieval: a document's vectors, their mean, and the cosine to a query's vector."""

from __future__ import annotations

import numpy as np


def unit(vectors):
    """Scale each vector to length 1; a vector of zeros stays.

    Parameters
    ----------
    vectors : float array (..., d)

    Returns
    -------
    float array (..., d); same dtype
    """
    vectors = np.asarray(vectors)
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(lengths == 0, 1, lengths).astype(vectors.dtype)


def mean_by_item(vectors, items, n_items):
    """Describe each item by the mean of its texts' unit vectors, again of length 1.

    Parameters
    ----------
    vectors : float array (n, d); of texts; sparse matrices are not taken
    items : int array (n,); what each text is about, 0 to n_items - 1
    n_items : int; each has at least one text

    Returns
    -------
    float array (n_items, d); same dtype

    Raises
    ------
    ValueError: an item without a text (the message names the first)
    """
    counts = np.bincount(items, minlength=n_items)
    if (counts == 0).any():
        raise ValueError(f"item {int(np.argmin(counts))} has no text: give it one, or leave it out")
    sums = np.zeros((n_items, vectors.shape[1]), dtype=np.float64)
    np.add.at(sums, items, unit(vectors))
    return unit(sums).astype(vectors.dtype)


def means_without(vectors, about, n_items, rows):
    """Return the mean vector of each query's item, without the text that the query is made of.

    Parameters
    ----------
    vectors : float array (n, d); of the texts that describe the items
    about : int array (n,); the item of each
    n_items : int; each has at least one text
    rows : int array (m,); the text that each query is made of, with another one of its item

    Returns
    -------
    float array (m, d); of length 1, same dtype

    Raises
    ------
    ValueError: a text is the only one of its item (the message names the item)
    """
    about, rows = np.asarray(about), np.asarray(rows)
    alone = np.bincount(about, minlength=n_items)[about[rows]] < 2
    if alone.any():
        raise ValueError(
            f"item {about[rows[alone.argmax()]]} has one text: without it, nothing describes it"
        )
    vectors = unit(vectors)
    sums = np.zeros((n_items, vectors.shape[1]))
    np.add.at(sums, about, vectors)
    return unit(sums[about[rows]] - vectors[rows]).astype(vectors.dtype)


def cosines(queries, documents):
    """Score all documents by the cosine to each query: exact search, without an index.

    Parameters
    ----------
    queries : float array (n, d)
    documents : float array (n_documents, d)

    Returns
    -------
    float array (n, n_documents), in [-1, 1]

    Raises
    ------
    ValueError: unequal d
    """
    if queries.shape[1] != documents.shape[1]:
        raise ValueError(
            f"queries {queries.shape} and documents {documents.shape}: encode both alike"
        )
    return unit(queries) @ unit(documents).T
