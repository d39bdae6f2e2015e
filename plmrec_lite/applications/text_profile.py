"""From text to taste: what a person wrote says what they like, and that finds films."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plmrec_lite.text.finetuning import probabilities
from plmrec_lite.vectors import standardize


@dataclass(frozen=True, eq=False)
class TextProfile:
    """What sentences say of the taste of who wrote them.

    Attributes
    ----------
    opinions : float array (n,); of each sentence, from -1 (surely negative) to 1 (surely positive)
    vector : float array (d,); liked sentences minus disliked ones, of length 1; zeros if none is

    Source: Rocchio 1971.
    """

    opinions: np.ndarray
    vector: np.ndarray


def read_profile(sentences, classifier, encoder, centre):
    """Turn a person's own sentences into a profile vector.

    Parameters
    ----------
    sentences : sequence of n str; none empty
    classifier : TextClassifier; with the classes negative and positive
    encoder : TextEncoder; *frozen*: the classifier's own has forgotten what a sentence is about
    centre : float array (d,); the mean of the item vectors

    Returns
    -------
    TextProfile

    Raises
    ------
    ValueError: the classifier knows no negative or positive, or a sentence is empty

    Source: Rocchio 1971 (relevance feedback).
    """
    if not {"negative", "positive"} <= set(classifier.classes):
        raise ValueError(
            f"the classifier knows {classifier.classes}: train one on load_sentiments(), "
            "which has negative and positive"
        )
    likely = probabilities(classifier, sentences)  # (n, n_classes)
    positive, negative = (
        likely[:, classifier.classes.index(name)] for name in ("positive", "negative")
    )
    opinions = positive - negative  # (n,)
    vector = opinions @ (encoder.encode(sentences) - centre)  # (d,)
    length = np.linalg.norm(vector)
    return TextProfile(opinions, vector / length if length > 0 else vector)


def score_films(profile, item_vectors, behaviour=None, weight=0.5):
    """Score items for a profile, alone or together with what behaviour says.

    Parameters
    ----------
    profile : TextProfile
    item_vectors : float array (n_items, d); of the items' texts, from the same encoder
    behaviour : float array (n_items,) or None; a recommender's scores for films that were named
    weight : float; the share of behaviour, 0 to 1; the book has no data to choose it by

    Returns
    -------
    float array (n_items,); the larger, the better

    Raises
    ------
    ValueError: ``weight`` is out of range

    Source: Burke 2002 (weighted hybrid).
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"weight={weight}: give a number from 0 to 1")
    centred = item_vectors - item_vectors.mean(0)
    scores = standardize(centred @ profile.vector)
    if behaviour is None:
        return scores
    return (1 - weight) * scores + weight * standardize(behaviour)
