"""What is read once and shared gives the numbers of the plain pass."""

import numpy as np
import pytest
import torch
from tiny_gpt import LENGTH, tiny_gpt
from transformers import LlamaForCausalLM

from plmrec_lite.text.gpt import scoring
from plmrec_lite.text.gpt.scoring import (
    answer_probabilities,
    check_length,
    log_probabilities,
    plain_pass,
    read_prompt,
)

PROMPT = "A viewer liked these films: Alien, Emma. The next film that they will like is"
TEXTS = [" Aliens", " Star Trek: Generations", " The", " Star Wars\n", " Emma", " The", " yes, no"]


@pytest.fixture(scope="module")
def gpt():
    return tiny_gpt()


@pytest.fixture(scope="module")
def plain(gpt):
    return [plain_pass(gpt, PROMPT, text) for text in TEXTS]


def assert_equal(found, wanted):
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert one.dtype == np.float64
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_the_plain_pass_is_the_product_of_next_token_probabilities(gpt):
    ids = gpt.ids(PROMPT)
    (text,) = gpt.continuations(PROMPT, [TEXTS[1]])
    said = []
    for step, token in enumerate(text):
        with torch.no_grad():
            logits = gpt.model(torch.tensor([ids + text[:step]])).logits[0, -1]
        said.append(logits.softmax(-1)[token].log().item())
    assert len(said) > 2
    np.testing.assert_allclose(plain_pass(gpt, PROMPT, TEXTS[1]), said, atol=1e-4)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
def test_the_cached_pass_is_the_plain_one(gpt, plain, batch_size):
    assert {len(one) for one in plain} > {1}
    assert_equal(log_probabilities(gpt, PROMPT, TEXTS, batch_size), plain)


def test_batches_are_cut_where_their_logits_would_be_large(gpt, plain, monkeypatch):
    longest = max(map(len, plain))
    monkeypatch.setattr(scoring, "MOST_TOKENS", longest + 1)
    lengths = sorted(map(len, plain))
    batches = list(scoring._batches(lengths, 100))
    assert [number for batch in batches for number in batch] == list(range(len(plain)))
    assert max(len(batch) * lengths[batch[-1]] for batch in batches) <= longest + 1
    assert_equal(log_probabilities(gpt, PROMPT, TEXTS), plain)
    monkeypatch.setattr(scoring, "MOST_TOKENS", 1)  # a text of its own size is read all the same
    assert_equal(log_probabilities(gpt, PROMPT, TEXTS), plain)


@pytest.mark.parametrize("texts", [[" The"], [" The", " The"], [" Emma", " The"]])
def test_continuations_of_one_token(gpt, texts):
    assert len(gpt.continuations(PROMPT, [" The"])[0]) == 1
    wanted = [plain_pass(gpt, PROMPT, text) for text in texts]
    assert_equal(log_probabilities(gpt, PROMPT, texts), wanted)


@pytest.mark.parametrize("prompt", ["A", PROMPT, "\n\n*"])
def test_prompts_of_any_length(gpt, prompt):
    wanted = [plain_pass(gpt, prompt, text) for text in TEXTS]
    assert_equal(log_probabilities(gpt, prompt, TEXTS, 4), wanted)


def test_no_text_needs_no_pass(gpt, monkeypatch):
    monkeypatch.setattr(scoring, "read_prompt", None)
    assert log_probabilities(gpt, PROMPT, []) == []
    assert answer_probabilities(gpt, PROMPT, [], (" yes", " no")).shape == (0, 2)


def test_the_prompt_is_read_once_and_stays_as_it_is(gpt, plain, monkeypatch):
    read, kept = [], []
    forward = LlamaForCausalLM.forward

    def spied(self, input_ids, **options):
        read.append(tuple(input_ids.shape))
        return forward(self, input_ids, **options)

    def keeping(gpt, prompt):
        kept.append(read_prompt(gpt, prompt))
        return kept[0]

    monkeypatch.setattr(LlamaForCausalLM, "forward", spied)
    monkeypatch.setattr(scoring, "read_prompt", keeping)
    log_probabilities(gpt, PROMPT, TEXTS, 2)
    n_prompt = len(gpt.ids(PROMPT))
    assert read[0] == (1, n_prompt)
    assert [B for B, _ in read[1:]] == [2, 2, 2, 1]
    assert max(T for _, T in read[1:]) == max(map(len, plain)) < n_prompt
    assert kept[0].cache.get_seq_length() == kept[0].n_tokens == n_prompt
    assert kept[0].cache.layers[0].keys.shape[0] == 1


def test_answers_of_one_token(gpt):
    found = answer_probabilities(gpt, PROMPT, TEXTS, (" The", " Star"), 3)
    wanted = [
        [plain_pass(gpt, PROMPT + text, answer)[0] for answer in (" The", " Star")]
        for text in TEXTS
    ]
    np.testing.assert_allclose(found, wanted, atol=1e-4)
    with pytest.raises(ValueError, match=r"' Star Wars' is \d+ tokens: give answers of one"):
        answer_probabilities(gpt, PROMPT, TEXTS, (" The", " Star Wars"))


def test_what_is_longer_than_the_model_reads(gpt):
    prompt = "A" * (LENGTH + 1)
    assert len(gpt.ids(prompt)) == LENGTH + 1
    with pytest.raises(ValueError, match=r"have 65 tokens, and the model reads 64: name fewer"):
        log_probabilities(gpt, prompt, [" The"])
    fits = prompt[: LENGTH - 1]
    assert_equal(log_probabilities(gpt, fits, [" The"]), [plain_pass(gpt, fits, " The")])
    with pytest.raises(ValueError, match=r"have 65 tokens"):
        log_probabilities(gpt, prompt[:LENGTH], [" The"])
    with pytest.raises(ValueError, match="no token"):
        read_prompt(gpt, "")


@pytest.mark.parametrize("batch_size", [0, 1.5])
def test_a_bad_batch_size_is_named(gpt, batch_size):
    with pytest.raises(ValueError, match=f"batch_size={batch_size}"):
        log_probabilities(gpt, PROMPT, TEXTS, batch_size)


def test_what_fits_to_the_last_token_is_taken_and_one_more_is_not(gpt):
    check_length(gpt, LENGTH)
    with pytest.raises(ValueError, match=rf"{LENGTH + 1}.*{LENGTH}"):
        check_length(gpt, LENGTH + 1)
