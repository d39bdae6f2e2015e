"""Splits of texts: near-duplicates are found, and no part of a split knows another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plmrec_lite.data.labelled_texts import LabelledTexts
from plmrec_lite.data.sources.opinions import load_sentiments
from plmrec_lite.data.text_splits import (
    inseparable,
    near_duplicates,
    stratified_split,
    word_pairs,
)


def test_word_pairs_by_hand():
    assert word_pairs("A gem, a GEM!") == ["^ a", "a gem", "gem a", "a gem", "gem $"]
    assert word_pairs("...") == ["^ $"]


def test_near_duplicates_by_hand():
    texts = ["the film is good", "The film is good!", "the film is not good", "a film"]
    # The third shares 3 of its 6 pairs with the first, which has 5: 3 / 8.
    assert near_duplicates(texts).tolist() == [[0, 1]]
    assert near_duplicates(texts, similar=3 / 8).tolist() == [[0, 1], [0, 2], [1, 2]]
    assert near_duplicates(texts[2:]).tolist() == []
    assert near_duplicates(texts, similar=1).tolist() == [[0, 1]]


def test_a_pair_that_is_repeated_counts_once():
    """Two of their ten different pairs are shared, though one of them is said three times."""
    texts = ["go go go go to the sea", "go go go go by land home"]
    assert near_duplicates(texts, similar=0.21).tolist() == []
    assert near_duplicates(texts, similar=0.2).tolist() == [[0, 1]]


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.lists(st.text("ab ", min_size=1, max_size=9), min_size=1, max_size=9))
def test_near_duplicates_equal_every_pair_compared(texts):
    sets = [set(word_pairs(text)) for text in texts]
    wanted = [
        [i, j]
        for i in range(len(texts))
        for j in range(i + 1, len(texts))
        if len(sets[i] & sets[j]) >= 0.6 * len(sets[i] | sets[j])
    ]
    assert sorted(near_duplicates(texts).tolist()) == wanted


@pytest.mark.parametrize("similar", [0, 1.1])
def test_bad_similar(similar):
    with pytest.raises(ValueError, match="similar="):
        near_duplicates(["a"], similar)


def test_chains_of_groups_and_duplicates_are_inseparable():
    texts = ["one film", "two films", "Two films!", "three", "four"]
    sets = inseparable(texts, ["p", "p", "q", "q", "r"])
    assert len(set(sets[:4].tolist())) == 1
    assert sets[4] not in sets[:4]


def parts_of(split):
    return split.train, split.validation, split.test


@pytest.fixture(scope="module")
def sentiments():
    return load_sentiments()


@pytest.fixture(scope="module")
def split(sentiments):
    return stratified_split(sentiments)


def test_every_text_is_in_one_part(sentiments, split):
    texts = sorted(text for part in parts_of(split) for text in part.texts)
    assert texts == sorted(sentiments.texts)


def test_shares_and_mix_of_classes(sentiments, split):
    shares = [len(part) / len(sentiments) for part in parts_of(split)]
    assert shares == pytest.approx([0.7, 0.1, 0.2], abs=0.01)
    mix = np.bincount(sentiments.labels) / len(sentiments)
    for part in parts_of(split):
        np.testing.assert_allclose(np.bincount(part.labels) / len(part), mix, atol=0.015)


def test_no_review_and_no_duplicate_is_on_two_sides(sentiments, split):
    part_of = np.repeat(np.arange(3), [len(part) for part in parts_of(split)])
    texts = [text for part in parts_of(split) for text in part.texts]
    groups = np.concatenate([part.groups for part in parts_of(split)])
    together = set(zip(groups.tolist(), part_of.tolist(), strict=True))
    assert len(together) == len(set(groups.tolist()))
    pairs = near_duplicates(texts)
    assert len(pairs) > 20
    assert (part_of[pairs[:, 0]] == part_of[pairs[:, 1]]).all()


def test_the_seed_decides():
    texts = LabelledTexts([f"text {i}" for i in range(60)], [0, 1] * 30, ("a", "b"), range(60))
    one, again, other = (stratified_split(texts, seed=seed).test.texts for seed in (1, 1, 2))
    assert one == again != other


@pytest.mark.parametrize(("validation", "test"), [(0, 0.2), (0.1, 1), (0.5, 0.5)])
def test_bad_shares(validation, test):
    texts = LabelledTexts(["a", "b"], [0, 1], ("a", "b"), [0, 1])
    with pytest.raises(ValueError, match="together below 1"):
        stratified_split(texts, validation, test)


@pytest.mark.filterwarnings("ignore:The least populated class")
def test_a_class_too_rare_to_be_in_each_part():
    texts = LabelledTexts(
        [f"text {i}" for i in range(40)], [1] + [0] * 39, ("common", "rare"), range(40)
    )
    with pytest.raises(ValueError, match="no text of class 'rare' fell into the"):
        stratified_split(texts)
