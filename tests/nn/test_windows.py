"""Windows: the same pairs as the plain definition, and none across the edge of a sequence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plmrec_lite.nn.windows import context_pairs, number_tokens

thorough = settings(derandomize=True, deadline=None, max_examples=100)
texts = st.lists(st.lists(st.sampled_from("abcde"), max_size=7), max_size=5)


@thorough
@given(texts=texts, window=st.integers(1, 4))
def test_pairs_are_those_of_the_definition(texts, window):
    _, ids, sequence = number_tokens(texts)
    wanted = [
        [ids[i], ids[j]]
        for i in range(len(ids))
        for j in range(len(ids))
        if i != j and abs(i - j) <= window and sequence[i] == sequence[j]
    ]
    assert sorted(context_pairs(ids, sequence, window).tolist()) == sorted(wanted)


@thorough
@given(texts=texts, window=st.integers(1, 4), seed=st.integers(0, 99))
def test_each_centre_has_a_reach_of_its_own(texts, window, seed):
    _, ids, sequence = number_tokens(texts)
    reach = np.random.default_rng(seed).integers(1, window + 1, len(ids))
    wanted = [
        [ids[i], ids[j]]
        for i in range(len(ids))
        for j in range(len(ids))
        if i != j and abs(i - j) <= reach[i] and sequence[i] == sequence[j]
    ]
    found = context_pairs(ids, sequence, window, np.random.default_rng(seed))
    assert sorted(found.tolist()) == sorted(wanted)


@thorough
@given(texts=texts, min_count=st.integers(1, 3))
def test_numbers_lead_back_to_the_tokens(texts, min_count):
    tokens, ids, sequence = number_tokens(texts, min_count)
    flat = [token for text in texts for token in text]
    kept = [[token for token in text if flat.count(token) >= min_count] for text in texts]
    assert [tokens[i] for i in ids] == [token for text in kept for token in text]
    assert sequence.tolist() == [i for i, text in enumerate(kept) for _ in text]
    counts = [flat.count(token) for token in tokens]
    assert counts == sorted(counts, reverse=True) and len(set(tokens)) == len(tokens)


def test_items_of_any_kind_are_tokens():
    tokens, ids, _ = number_tokens([[50, 7], (7, ("a", 1))])
    assert tokens == [7, 50, ("a", 1)] and ids.tolist() == [1, 0, 0, 2]


def test_a_random_reach_makes_near_neighbours_count_more():
    n, window = 3000, 4
    pairs = context_pairs(np.arange(n), np.zeros(n), window, np.random.default_rng(0))
    share = np.bincount(np.abs(pairs[:, 0] - pairs[:, 1]))[1:] / (2 * n)
    np.testing.assert_allclose(share, [1, 0.75, 0.5, 0.25], atol=0.03)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="'a whole text' is one string: split it"):
        number_tokens(["a whole text"])
    with pytest.raises(ValueError, match="window=0"):
        context_pairs(np.arange(3), np.zeros(3), window=0)
