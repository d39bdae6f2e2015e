"""Along the trie: nothing else than the catalogue, and with all beams all of it."""

import numpy as np
import pytest
import torch
from tiny_gpt import LENGTH, tiny_gpt

from plmrec_lite.text.gpt.catalogue import Trie, write_from_catalogue
from plmrec_lite.text.gpt.scoring import log_probabilities

PROMPT = "A viewer liked these films: Alien, Emma. They will like"
TITLES = [
    *("Alien", "Aliens", "Blade Runner", "Star Wars", "Star Trek", "Star Trek: Generations"),
    *("The", "The Thing", "The Terminator", "Emma", "Star Trek"),  # one is there twice
]
OPEN = [f" {title}" for title in TITLES]
CLOSED = [f" {title}\n" for title in TITLES]


@pytest.fixture(scope="module")
def gpt():
    return tiny_gpt()


def exhaustive(gpt, texts):
    scores = np.array([said.sum() for said in log_probabilities(gpt, PROMPT, texts)])
    scores[10] = scores[4]  # the same text, but for the last bits
    return np.lexsort((np.arange(len(texts)), -scores)), scores


@pytest.mark.parametrize("texts", [OPEN, CLOSED], ids=["open", "closed"])
@pytest.mark.parametrize("k", [1, 4, 11, 50])
def test_a_beam_of_full_width_is_exhaustive(gpt, texts, k):
    order, scores = exhaustive(gpt, texts)
    numbers, log_probs = write_from_catalogue(gpt, PROMPT, texts, k, n_beams=len(texts))
    assert numbers.tolist() == order[:k].tolist()
    np.testing.assert_allclose(log_probs, scores[order[:k]], atol=1e-4)


@pytest.mark.parametrize("texts", [OPEN, CLOSED], ids=["open", "closed"])
@pytest.mark.parametrize("n_beams", [1, 2, 3])
def test_a_narrow_beam_finds_complete_titles_only_with_their_probability(gpt, texts, n_beams):
    _, scores = exhaustive(gpt, texts)
    numbers, log_probs = write_from_catalogue(gpt, PROMPT, texts, 11, n_beams)
    assert 1 <= len(numbers) <= len(set(numbers.tolist())) <= 11
    np.testing.assert_allclose(log_probs, scores[numbers], atol=1e-4)
    assert (np.diff(log_probs) <= 1e-9).all()


def test_one_beam_takes_the_likeliest_allowed_token_each_time(gpt):
    rows = gpt.continuations(PROMPT, CLOSED)
    trie, node, ids = Trie(rows), 0, gpt.ids(PROMPT)
    while trie.children[node]:
        with torch.no_grad():
            logits = gpt.model(torch.tensor([ids])).logits[0, -1]
        ids.append(max(trie.children[node], key=lambda token: logits[token]))
        node = trie.children[node][ids[-1]]
    numbers, _ = write_from_catalogue(gpt, PROMPT, CLOSED, 1, n_beams=1)
    assert gpt.ids(PROMPT) + rows[numbers[0]] == ids


def test_a_text_that_begins_a_longer_one_comes_first_and_both_are_there(gpt):
    numbers, log_probs = write_from_catalogue(gpt, PROMPT, [" Star Trek: Generations", " Star"], 5)
    assert numbers.tolist() == [1, 0]
    assert log_probs[0] > log_probs[1]


def test_the_search_stops_when_every_longer_text_is_less_likely(gpt, monkeypatch):
    read = []
    forward = type(gpt.model).forward

    def spied(self, ids, **options):
        read.append(tuple(ids.shape))
        return forward(self, ids, **options)

    monkeypatch.setattr(type(gpt.model), "forward", spied)
    texts = [" Star", " Star Trek: Generations"]
    assert write_from_catalogue(gpt, PROMPT, texts, 2)[0].tolist() == [0, 1]
    n_steps = len(read) - 1
    assert n_steps == len(gpt.ids(texts[1])) - 1  # the last token is read by nobody
    read.clear()
    assert write_from_catalogue(gpt, PROMPT, texts, 1)[0].tolist() == [0]
    assert len(read) - 1 < n_steps


def test_the_trie_holds_its_sequences_and_no_other():
    sequences = [[7, 8], [7, 9], [7], [5, 6, 7], [7, 8]]
    trie, found = Trie(sequences), []

    def walk(node, path):
        found.extend((number, path) for number in trie.ends[node])
        for token, child in trie.children[node].items():
            walk(child, [*path, token])

    walk(0, [])
    assert sorted(found) == list(enumerate(sequences))
    assert len(trie.children) == len(trie.ends) == 1 + 3 + 3


@pytest.mark.parametrize("sequences", [[], [[1], []]])
def test_a_trie_of_nothing_is_refused(sequences):
    with pytest.raises(ValueError, match=f"{len(sequences)} sequences, or an empty one"):
        Trie(sequences)


def test_wrong_input_is_named(gpt):
    with pytest.raises(ValueError, match="65 tokens"):
        write_from_catalogue(gpt, "A" * LENGTH, [" The"])
    with pytest.raises(ValueError, match="0 sequences"):
        write_from_catalogue(gpt, PROMPT, [])
