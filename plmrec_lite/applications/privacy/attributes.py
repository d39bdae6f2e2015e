"""What a person's vector gives away: traits that were never in the log."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from plmrec_lite.checks import check_number
from plmrec_lite.runtime import check_seed


def guessed_trait(vectors, trait, strength=0.1, n_folds=5, seed=0):
    """Guess a trait of each person by a logistic regression on the vectors of other people.

    Parameters
    ----------
    vectors : float array (n, d), or (n,) for a single number
    trait : bool array (n,)
    strength : float; the inverse of the penalty, above 0
    n_folds : int; the people of a fold are guessed by what the others teach
    seed : int; of the folds

    Returns
    -------
    float array (n,); the log-odds of the trait

    Raises
    ------
    ValueError: not one vector a person, or a setting out of range
    """
    check_seed(seed)
    check_number("strength", strength, above=0)
    check_number("n_folds", n_folds, least=2, whole=True)
    vectors, trait = np.asarray(vectors, dtype=float), np.asarray(trait, dtype=bool)
    vectors = vectors.reshape(len(vectors), -1)
    if len(vectors) != len(trait):
        raise ValueError(f"{len(vectors)} vectors for {len(trait)} people: give one for each")
    guessed = np.empty(len(trait))
    folds = StratifiedKFold(n_folds, shuffle=True, random_state=seed)
    for others, fold in folds.split(vectors, trait):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=2000))
        guessed[fold] = model.fit(vectors[others], trait[others]).decision_function(vectors[fold])
    return guessed


def with_noise(vectors, share, seed=0):
    """Add normal noise to vectors, in units of their own spread.

    Parameters
    ----------
    vectors : float array (n, d)
    share : float; the noise's standard deviation, relative to that of each column; 0 adds none
    seed : int

    Returns
    -------
    float array (n, d)
    """
    check_seed(seed)
    check_number("share", share, least=0)
    vectors = np.asarray(vectors, dtype=float)
    noise = np.random.default_rng(seed).normal(size=vectors.shape)
    return vectors + share * vectors.std(axis=0) * noise
