"""How near two people of a graph are: common neighbours, Adamic-Adar, vectors of nodes."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.nn.skip_gram import SKIP_GRAM, SkipGram
from plmrec_lite.runtime import check_seed


def links(counts):
    """Return which pairs of people ever met, in either direction.

    Parameters
    ----------
    counts : scipy.sparse array (n, n); how often one answered the other

    Returns
    -------
    float array (n, n); 1 for a link; symmetric, zeros on the diagonal
    """
    A = counts.toarray()
    A = ((A + A.T) > 0).astype(float)
    np.fill_diagonal(A, 0.0)
    return A


def common_neighbours(A):
    """Count the people whom both know.

    Parameters
    ----------
    A : float array (n, n); of `links`

    Returns
    -------
    float array (n, n)

    Source: Liben-Nowell and Kleinberg 2007.
    """
    return A @ A


def adamic_adar(A):
    r"""Count the people whom both know, each the less the more people that one knows.

    .. math:: s_{uv} = \sum_{w} \frac{A_{uw} A_{wv}}{\log d_w}

    where :math:`d_w` is the number of people whom :math:`w` knows. Somebody whom two others know
    knows at least two, so that the logarithm is above 0.

    Parameters
    ----------
    A : float array (n, n); of `links`

    Returns
    -------
    float array (n, n)

    Examples
    --------
    >>> A = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0.0]])  # 1 knows 0 and 2
    >>> adamic_adar(A)[0].round(2).tolist()
    [0.0, 0.0, 1.44]

    Source: Adamic and Adar 2003.
    """
    degree = A.sum(axis=1)
    weight = 1 / np.log(np.maximum(degree, 2))
    found = (A * weight) @ A
    np.fill_diagonal(found, 0.0)
    return found


def walks(A, n_walks=20, length=20, seed=0):
    """Walk from each person to somebody whom that one knows, and on.

    Parameters
    ----------
    A : float array (n, n); of `links`
    n_walks : int; from each person who knows anybody
    length : int; people on a walk, the first one included
    seed : int

    Returns
    -------
    list of int array (length,)

    Source: Perozzi, Al-Rfou and Skiena 2014, algorithm 2.
    """
    check_seed(seed)
    check_number("n_walks", n_walks, least=1, whole=True)
    check_number("length", length, least=2, whole=True)
    rng = np.random.default_rng(seed)
    degree = A.sum(axis=1).astype(int)
    neighbours = np.flatnonzero(A) % len(A)  # of person 0, then of person 1, ...
    first = np.cumsum(degree) - degree
    place = np.repeat(np.flatnonzero(degree), n_walks)
    path = [place]
    for _ in range(length - 1):
        place = neighbours[first[place] + rng.integers(degree[place])]
        path.append(place)
    return list(np.stack(path, axis=1))


def walk_vectors(A, d_model=32, window=3, seed=0, settings=SKIP_GRAM, **options):
    """Learn a vector for each person by skip-gram over walks: DeepWalk.

    Parameters
    ----------
    A : float array (n, n); of `links`
    d_model : int
    window : int; of the skip-gram
    seed : int; of walks and training
    settings : Training; of the skip-gram; its seed is replaced
    **options : of `walks`

    Returns
    -------
    float array (n, d_model); of unit length; zeros for who knows nobody

    Raises
    ------
    ValueError: nobody knows anybody

    Source: Perozzi, Al-Rfou and Skiena 2014.
    """
    check_seed(seed)
    from dataclasses import replace

    paths = [path.tolist() for path in walks(A, seed=seed, **options)]
    model = SkipGram.fit(
        paths,
        replace(settings, seed=seed),
        d_model=d_model,
        window=window,
        min_count=1,
        subsample=1,
    )
    found = np.zeros((len(A), d_model))
    found[model.tokens] = model.vectors.detach().numpy()
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return found / np.where(lengths > 0, lengths, 1)
