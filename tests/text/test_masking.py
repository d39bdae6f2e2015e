"""mask_tokens: BERT's rates, tested as rates are; and equal in law to transformers' collator."""

import pytest
import torch
from scipy.stats import binom, chisquare
from transformers import BertTokenizer, DataCollatorForLanguageModeling

from plmrec_lite.text.masking import IGNORED, mask_tokens

N_TOKENS = 200_000
UNLIKELY = 1e-4  # the chance that a right rate fails a test; seeds are fixed, so none is flaky


@pytest.fixture(scope="module")
def tokenizer():
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return BertTokenizer(vocab={w: i for i, w in enumerate([*special, *"abcdefghijklmno"])})


@pytest.fixture(scope="module")
def input_ids():
    """Rows of [CLS], 98 tokens of which some are [UNK], [SEP]."""
    ids = torch.randint(5, 20, (N_TOKENS // 98, 100), generator=torch.Generator().manual_seed(1))
    ids[:, 0], ids[:, -1], ids[:, 7] = 2, 3, 1
    return ids


def fates(input_ids, inputs, labels):
    """How many tokens were chosen; and of these masked, seen to be another, seen unchanged."""
    chosen = labels != IGNORED
    masked = chosen & (inputs == 4)
    same = chosen & (inputs == input_ids)
    counts = [masked.sum(), (chosen & ~masked & ~same).sum(), same.sum()]
    return int(chosen.sum()), [int(count) for count in counts]


def is_likely(count, n, p):
    """Whether so many of n is no surprise at probability p."""
    low, high = binom.ppf([UNLIKELY / 2, 1 - UNLIKELY / 2], n, p)
    return low <= count <= high


@pytest.mark.parametrize("rate", [0.05, 0.15, 0.4])
def test_rates(tokenizer, input_ids, rate):
    generator = torch.Generator().manual_seed(0)
    inputs, labels = mask_tokens(input_ids, tokenizer, rate, generator=generator)
    n_chosen, counts = fates(input_ids, inputs, labels)
    n_words = int((~torch.isin(input_ids, torch.arange(5))).sum())
    assert is_likely(n_chosen, n_words, rate)
    # A random token is the old one, or [MASK], one time in 20 each.
    expected = [0.8 + 0.1 / 20, 0.1 * 18 / 20, 0.1 + 0.1 / 20]
    assert chisquare(counts, [share * n_chosen for share in expected]).pvalue > UNLIKELY


def test_same_law_as_the_collator(tokenizer, input_ids):
    collator = DataCollatorForLanguageModeling(tokenizer, seed=3)
    batch = collator([{"input_ids": row} for row in input_ids.clone()])
    theirs, their_counts = fates(input_ids, batch["input_ids"], batch["labels"])
    ours, our_counts = fates(
        input_ids, *mask_tokens(input_ids, tokenizer, generator=torch.Generator().manual_seed(3))
    )
    expected = [0.805, 0.09, 0.105]
    for n, counts in ((theirs, their_counts), (ours, our_counts)):
        assert chisquare(counts, [share * n for share in expected]).pvalue > UNLIKELY
    spread = (2 * len(input_ids) * 97 * 0.15 * 0.85) ** 0.5
    assert abs(ours - theirs) < 4 * spread


def test_labels_are_the_truth_and_the_rest_is_untouched(tokenizer, input_ids):
    before = input_ids.clone()
    inputs, labels = mask_tokens(input_ids, tokenizer, generator=torch.Generator().manual_seed(0))
    chosen = labels != IGNORED
    assert torch.equal(input_ids, before)
    assert torch.equal(labels[chosen], input_ids[chosen])
    assert torch.equal(inputs[~chosen], input_ids[~chosen])
    assert not chosen[torch.isin(input_ids, torch.arange(5))].any()


def test_places_are_alike_and_independent(tokenizer, input_ids):
    _, labels = mask_tokens(input_ids, tokenizer, generator=torch.Generator().manual_seed(0))
    chosen = (labels != IGNORED).double()
    for place in (1, 50, 98):
        assert is_likely(int(chosen[:, place].sum()), len(chosen), 0.15)
    together = int((chosen[:, 20] * chosen[:, 21]).sum())
    assert is_likely(together, len(chosen), 0.15**2)


def test_random_tokens_come_from_the_whole_vocabulary(tokenizer, input_ids):
    inputs, _ = mask_tokens(
        input_ids, tokenizer, 1, 0, 1, generator=torch.Generator().manual_seed(0)
    )
    drawn = inputs[~torch.isin(input_ids, torch.arange(5))]
    counts = torch.bincount(drawn, minlength=20)
    assert chisquare(counts.numpy()).pvalue > UNLIKELY


@pytest.mark.parametrize(
    ("to_mask", "to_random", "expected"), [(1, 0, [1, 0, 0]), (0, 0, [0, 0, 1])]
)
def test_extremes(tokenizer, input_ids, to_mask, to_random, expected):
    n, counts = fates(input_ids, *mask_tokens(input_ids, tokenizer, 1, to_mask, to_random))
    assert n == (~torch.isin(input_ids, torch.arange(5))).sum()
    assert counts == [n * share for share in expected]


def test_no_rate_no_question(tokenizer, input_ids):
    inputs, labels = mask_tokens(input_ids, tokenizer, 0)
    assert torch.equal(inputs, input_ids)
    assert (labels == IGNORED).all()


def test_same_generator_same_masks(tokenizer, input_ids):
    one, two = (
        mask_tokens(input_ids, tokenizer, generator=torch.Generator().manual_seed(5))[0]
        for _ in range(2)
    )
    assert torch.equal(one, two)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rate": 15}, "rate=15"),
        ({"rate": -0.1}, "rate=-0.1"),
        ({"to_mask": 1.2}, "to_mask=1.2"),
        ({"to_random": -1}, "to_random=-1"),
        ({"to_mask": 0.8, "to_random": 0.3}, "sum to more than 1"),
    ],
)
def test_bad_rates(tokenizer, input_ids, arguments, message):
    with pytest.raises(ValueError, match=message):
        mask_tokens(input_ids, tokenizer, **arguments)
