"""Batches: every text once, of similar length, in an order that only seed and epoch decide."""

import numpy as np
import pytest

from plmrec_lite.text.batches import SimilarLengths, TextBatches, collate
from plmrec_lite.text.pretrained import load_pretrained

LENGTHS = np.random.default_rng(0).integers(3, 60, size=1013)


def batches(sampler):
    rows = list(sampler)
    return [rows[start : start + 8] for start in range(0, len(rows), 8)]


def test_every_text_once():
    sampler = SimilarLengths(LENGTHS, 8, seed=0)
    assert sorted(sampler) == list(range(1013))
    assert len(sampler) == 1013


def test_little_is_filling():
    def read(groups):
        return sum(len(group) * LENGTHS[group].max() for group in groups)

    shuffled = np.array_split(np.random.default_rng(1).permutation(1013), 127)
    sorted_by_length = batches(SimilarLengths(LENGTHS, 8, seed=0))
    assert read(sorted_by_length) < 1.07 * LENGTHS.sum()
    assert read(shuffled) > 1.5 * LENGTHS.sum()


def test_long_and_short_batches_are_mixed():
    longest = [LENGTHS[group].max() for group in batches(SimilarLengths(LENGTHS, 8, seed=0))[:50]]
    assert abs(np.corrcoef(longest, np.arange(50))[0, 1]) < 0.4


def test_seed_and_epoch_decide_and_nothing_else():
    one, same, other = (SimilarLengths(LENGTHS, 8, seed) for seed in (0, 0, 1))
    first = list(one)
    assert first == list(one) == list(same) != list(other)
    one.set_epoch(3)
    assert list(one) != first
    same.set_epoch(3)
    assert list(one) == list(same)


@pytest.mark.parametrize("n", [1, 7, 8, 9])
def test_few_texts(n):
    assert sorted(SimilarLengths(LENGTHS[:n], 8, seed=0)) == list(range(n))


def test_batches_of_an_epoch(tiny_bert):
    tokenizer, _ = load_pretrained(str(tiny_bert))
    examples = [
        {"input_ids": [2] + [5] * n + [3], "attention_mask": [1] * (n + 2), "labels": n % 2}
        for n in range(21)
    ]
    texts = TextBatches(examples, tokenizer, 4, seed=3)
    first, again, second = (list(texts.epoch(number)) for number in (0, 0, 1))
    sizes = [4, 4, 4, 4, 4, 1]
    assert len(texts) == 6 and [len(b["labels"]) for b in first] == sizes
    assert [b["num_items_in_batch"] for b in first] == sizes

    def rows(batches):
        return [n for b in batches for n in (b["attention_mask"].sum(1) - 2).tolist()]

    assert sorted(rows(first)) == list(range(21))
    assert rows(first) == rows(again) != rows(second)
    assert rows(first) != rows(TextBatches(examples, tokenizer, 4, seed=4).epoch(0))
    assert all((b["labels"] == (b["attention_mask"].sum(1) % 2)).all() for b in first)


def test_collate(tiny_bert):
    tokenizer, _ = load_pretrained(str(tiny_bert))
    batch = collate(
        tokenizer,
        [
            {"input_ids": [2, 5, 3], "attention_mask": [1, 1, 1], "labels": 1},
            {"input_ids": [2, 3], "attention_mask": [1, 1], "labels": 0},
        ],
    )
    assert batch["input_ids"].tolist() == [[2, 5, 3], [2, 3, 0]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 1, 0]]
    assert batch["labels"].tolist() == [1, 0]
