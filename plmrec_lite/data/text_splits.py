"""Training, validation and test texts that do not know each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import StratifiedGroupKFold

from plmrec_lite.data.labelled_texts import LabelledTexts
from plmrec_lite.runtime import check_seed

SIMILAR = 0.6


@dataclass(frozen=True, eq=False)
class TextSplit:
    """Labelled texts cut in three.

    Attributes
    ----------
    train, validation, test : LabelledTexts
    """

    train: LabelledTexts
    validation: LabelledTexts
    test: LabelledTexts


def word_pairs(text):
    """Return the pairs of neighbouring words of a text, its start and end included.

    Parameters
    ----------
    text : str; case and punctuation do not count

    Returns
    -------
    list of str; one pair more than there are words

    Examples
    --------
    >>> word_pairs("Don't buy!")
    ['^ don', 'don t', 't buy', 'buy $']

    Source: Broder 1997 (shingles of two words).
    """
    words = ["^", *re.findall(r"\w+", text.lower()), "$"]
    return [f"{one} {next_one}" for one, next_one in pairwise(words)]


def near_duplicates(texts, similar=SIMILAR):
    """Find texts that say nearly the same in the same words.

    Parameters
    ----------
    texts : sequence of n str
    similar : float; which part of all their ``word_pairs`` two near-duplicates share at least
        (Jaccard), above 0, at most 1; 1 finds equal texts only

    Returns
    -------
    int array (n_pairs, 2); rows i < j of texts that are near-duplicates, in order

    Raises
    ------
    ValueError: ``similar`` is out of range

    Examples
    --------
    >>> texts = ["You get what you pay for.", "I guess you get what you pay for!", "No"]
    >>> near_duplicates(texts).tolist()
    [[0, 1]]

    Source: Broder 1997.
    """
    if not 0 < similar <= 1:
        raise ValueError(f"similar={similar}: give a share above 0, at most 1")
    counter = CountVectorizer(analyzer=word_pairs, binary=True, dtype=np.int32)
    pairs = csr_array(counter.fit_transform(texts))  # (n, n_word_pairs)
    shared = coo_array(pairs @ pairs.T)  # (n, n)
    i, j = shared.coords
    size = pairs.sum(axis=1)
    found = (i < j) & (shared.data >= similar * (size[i] + size[j] - shared.data))
    near = np.stack([i[found], j[found]], axis=1)
    return near[np.lexsort((near[:, 1], near[:, 0]))]


def inseparable(texts, groups):
    """Number the sets of texts that have to stay on one side of a split.

    Parameters
    ----------
    texts : sequence of n str
    groups : array (n,); texts of one group belong together, near-duplicates too, and chains of both

    Returns
    -------
    int array (n,); the number of each text's set
    """
    codes = np.unique(np.asarray(groups), return_inverse=True)[1]
    i, j = near_duplicates(texts).T
    links = coo_array((np.ones(len(i)), (codes[i], codes[j])), shape=(codes.max() + 1,) * 2)
    return connected_components(links, directed=False)[1][codes]


def stratified_split(labelled, validation=0.1, test=0.2, seed=0):
    """Split texts so that each part has the same mix of classes and no part knows another.

    Parameters
    ----------
    labelled : LabelledTexts
    validation, test : float; the share of each part, rounded to one k-th of the whole and of the
        rest; together below 1
    seed : int

    Returns
    -------
    TextSplit; texts of one group, and near-duplicates, are on one side

    Raises
    ------
    ValueError: the shares are impossible, or a class is missing from a part

    Source: Kapoor and Narayanan 2023 (leakage); scikit-learn (``StratifiedGroupKFold``).
    """
    check_seed(seed)
    if not (0 < validation < 1 and 0 < test < 1 and validation + test < 1):
        raise ValueError(
            f"validation={validation}, test={test}: give two shares above 0, together below 1"
        )
    together = inseparable(labelled.texts, labelled.groups)
    everything = np.arange(len(labelled))
    rest, tested = _cut(everything, labelled.labels, together, test, seed)
    trained, validated = _cut(rest, labelled.labels, together, validation / (1 - test), seed)
    parts = {"train": trained, "validation": validated, "test": tested}
    for name, rows in parts.items():
        if missing := set(range(len(labelled.classes))) - set(labelled.labels[rows].tolist()):
            raise ValueError(
                f"no text of class {labelled.classes[min(missing)]!r} fell into the {name} part: "
                "give more texts of it, or a larger share"
            )
    return TextSplit(**{name: labelled.take(rows) for name, rows in parts.items()})


def _cut(rows, labels, together, share, seed):
    """Cut rows in two: what stays, and about ``share`` of them."""
    folds = StratifiedGroupKFold(max(2, round(1 / share)), shuffle=True, random_state=seed)
    kept, taken = next(folds.split(rows, labels[rows], together[rows]))
    return rows[kept], rows[taken]
