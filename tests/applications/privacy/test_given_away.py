"""Traits and words out of vectors, and counts that name nobody."""

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.applications.privacy.attributes import guessed_trait, with_noise
from plmrec_lite.applications.privacy.inversion import (
    WordDecoder,
    content_words,
    share_recovered,
)
from plmrec_lite.applications.privacy.reports import report_counts


def test_a_trait_is_guessed_from_other_people_only():
    rng = np.random.default_rng(0)
    trait = rng.random(200) < 0.3
    vectors = rng.normal(size=(200, 4))
    vectors[:, 1] += 2 * trait
    guessed = guessed_trait(vectors, trait)
    assert guessed[trait].mean() > guessed[~trait].mean() + 1
    own = np.eye(200)  # each person has a number of their own: nothing can be learned from others
    blind = guessed_trait(own, trait, strength=100.0)
    assert np.ptp(blind) < 0.5
    assert guessed_trait(vectors[:, 1], trait).shape == (200,)
    assert (guessed_trait(vectors, trait, seed=1) != guessed).any()
    with pytest.raises(ValueError, match="199 vectors for 200"):
        guessed_trait(vectors[1:], trait)


def test_noise_is_in_units_of_each_column():
    vectors = np.random.default_rng(0).normal(size=(4000, 2)) * [1, 100]
    noise = with_noise(vectors, 0.5, seed=1) - vectors
    np.testing.assert_allclose(noise.std(axis=0), [0.5, 50], rtol=0.05)
    assert (with_noise(vectors, 0) == vectors).all()
    with pytest.raises(ValueError, match="share=-1"):
        with_noise(vectors, -1)


WORDS = ["sound", "screen", "battery", "price", "remote"]


def sentences(n, seed):
    """Two words each; a sentence's vector is the sum of theirs, with a little noise."""
    rng = np.random.default_rng(seed)
    chosen = np.array([rng.choice(5, 2, replace=False) for _ in range(n)])
    texts = [f"The {WORDS[a]} and the {WORDS[b]}." for a, b in chosen]
    of_words = np.random.default_rng(9).normal(size=(5, 12))
    vectors = of_words[chosen].sum(axis=1) + 0.1 * rng.normal(size=(n, 12))
    return texts, vectors


def test_a_decoder_finds_the_words_and_needs_the_vector():
    decoder = WordDecoder().fit(*sentences(300, 0))
    texts, vectors = sentences(100, 1)
    found = share_recovered(texts, decoder.guess(vectors, 2))
    assert found.mean() > 0.95
    other = share_recovered(texts, decoder.guess(np.roll(vectors, 1, axis=0), 2))
    assert other.mean() < 0.6
    assert set(decoder.words_) == set(WORDS)
    flat = WordDecoder(penalty=1e12).fit(*sentences(300, 0))
    assert share_recovered(texts, flat.guess(vectors, 2)).mean() < 0.6  # how frequent a word is
    with pytest.raises(ValueError, match="1 texts and 2 vectors"):
        WordDecoder().fit(["a word"], np.ones((2, 3)))
    with pytest.raises(ValueError, match="penalty=0"):
        WordDecoder(penalty=0)


def test_words_that_are_guessed_once_count_once():
    assert content_words("The Sound, the sound!") == {"sound"}
    shares = share_recovered(["sound and price", "of the"], [["sound", "sound", "x"], ["of"]])
    assert shares[0] == 0.5 and np.isnan(shares[1])
    with pytest.raises(ValueError, match="1 texts and 2 guesses"):
        share_recovered(["a"], [[], []])


def test_small_groups_are_left_out():
    table = pd.DataFrame({"job": ["nurse"] * 5 + ["judge"] * 4, "sex": list("FFFFMMMMM")})
    counts = report_counts(table, "job", k=5)
    assert counts["nurse"] == 5 and counts.isna()["judge"]
    both = report_counts(table, ["job", "sex"], k=4)
    assert both["nurse", "F"] == 4 and both.isna()["nurse", "M"]
    assert report_counts(table, "job", k=1).tolist() == [4, 5]
    with pytest.raises(ValueError, match="k=0"):
        report_counts(table, "job", k=0)
    with pytest.raises(ValueError, match=r"\['age'\]: the columns are job, sex"):
        report_counts(table, "age")
