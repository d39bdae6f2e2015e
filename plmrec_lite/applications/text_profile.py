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
    opinions : float array (n,)
        Of each sentence, from -1 (sure to be negative) to 1 (sure to be positive).
    vector : float array (d,)
        The profile: liked sentences minus disliked ones, of length 1, or zeros if there is no
        opinion in them.

    Source: Rocchio 1971.
    """

    opinions: np.ndarray
    vector: np.ndarray


def read_profile(sentences, classifier, encoder, centre):
    """Turn a person's own sentences into a profile vector.

    Parameters
    ----------
    sentences : sequence of str
        n sentences, none empty.
    classifier : TextClassifier
        With the classes negative and positive; it says which sentences are praise.
    encoder : TextEncoder
        A *frozen* one: fine-tuning for sentiment has taught the classifier's own encoder to
        forget what a sentence is about.
    centre : float array (d,)
        The mean of the item vectors: what all have in common, and nothing to like.

    Returns
    -------
    TextProfile
        Opinions and profile.

    Raises
    ------
    ValueError
        If the classifier knows no negative or positive, or a sentence is empty.

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
        What the person wrote.
    item_vectors : float array (n_items, d)
        Of the items' texts, from the same encoder.
    behaviour : float array (n_items,) or None
        The scores of a recommender for films that the person named, such as rows of EASE's
        weights, summed.
    weight : float, default 0.5
        The share of behaviour, 0 to 1. It cannot be chosen by measurement here: no data set
        of the book has both sentences and histories of the same people.

    Returns
    -------
    float array (n_items,)
        The larger, the better.

    Raises
    ------
    ValueError
        If ``weight`` is out of range.

    Source: Burke 2002 (weighted hybrid).
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"weight={weight}: give a number from 0 to 1")
    centred = item_vectors - item_vectors.mean(0)
    scores = standardize(centred @ profile.vector)
    if behaviour is None:
        return scores
    return (1 - weight) * scores + weight * standardize(behaviour)
