"""Figures under the hand on pages on text: tokens, hidden tokens, LoRA, BM25, a counting writer."""

import re
from itertools import pairwise

import numpy as np
import pytest
import torch
from make_hand import maker, read
from test_site_hand import bars, open_figure, pages, press, says  # noqa: F401 - fixtures

from plmrec_lite.applications.search.inverted_index import BM25, InvertedIndex
from plmrec_lite.nn.softmax import softmax
from plmrec_lite.recommenders.tower.losses import cold_start_loss
from plmrec_lite.text.classifier import TextClassifier
from plmrec_lite.text.pretrained import load_pretrained

TEXTS = [
    "The Terminator meets Amélie; 霸王别姬 follows",
    "Koyaanisqatsi (1982): L'homme qui aimait... $9.99",
    "naïve 英雄 sharknado 2!",
    "",
]


def cells(page):
    """The words of each row of the figure's table."""
    rows = page.locator("figure.hand tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


@pytest.mark.parametrize("text", TEXTS)
def test_own_words_are_cut_as_the_tokenizer_cuts_them(open_figure, text):  # noqa: F811
    page = open_figure("wordpiece")
    page.get_by_label("Your text").fill(text)
    tokens = load_pretrained("minilm")[0].tokenize(text)
    assert " ".join(found for _, found in cells(page)).split() == tokens
    assert f"{tokens.count('[UNK]')} unknown" in says(page)
    assert page.errors == []


def test_hidden_tokens_have_labels_and_the_others_none(open_figure):  # noqa: F811
    page = open_figure("token-masking")
    kinds = set()
    for _ in range(12):
        press(page, "button", "Draw again", "Enter")
        rows = cells(page)
        for text, given, label in rows:
            assert label in (text, "–")
            if label == "–" or text.startswith("["):
                assert (given, label) == (text, "–")
            else:
                kinds.add("[MASK]" if given == "[MASK]" else given == text)
        n = sum(label != "–" for _, _, label in rows)
        assert says(page).startswith(f"{n} prediction")
    assert kinds == {"[MASK]", True, False}


def test_a_higher_share_only_adds_labels_and_gpt_predicts_every_token(open_figure):  # noqa: F811
    page = open_figure("token-masking")
    before = [label != "–" for _, _, label in cells(page)]
    press(page, "slider", "share of tokens to choose", "End")
    after = [label != "–" for _, _, label in cells(page)]
    assert sum(after) > sum(before)
    assert all(late for early, late in zip(before, after, strict=True) if early)
    page.get_by_label("next tokens (GPT)").check()
    rows = cells(page)
    assert [label for _, _, label in rows] == [text for text, _, _ in rows[1:]] + ["–"]
    assert not page.get_by_label("share of tokens to choose").is_visible()


def test_lora_counts_what_the_library_trains(open_figure):  # noqa: F811
    page = open_figure("lora-rank")
    count = {
        method: TextClassifier(("a", "b", "c")).choose_weights(method)
        for method in ("all layers", "LoRA")
    }
    assert bars(page)[2:] == [
        ["all layers", f"{count['all layers']:,}"],
        ["LoRA, r = 8", f"{count['LoRA']:,}"],
    ]
    press(page, "slider", "rank r", "End")
    assert "nothing is saved" in says(page)
    assert page.errors == []


def test_the_cold_start_loss_is_the_library_s(open_figure):  # noqa: F811
    page = open_figure("cold-start-loss")
    assert "0.650: loss 0.1225, slope −0.175" in says(page)
    page.get_by_label("not liked", exact=True).check()
    press(page, "slider", "penalty λ", "End")  # λ = 100
    press(page, "slider", "coordinate of the hidden film", "Home")  # −2
    vectors = torch.tensor([[-2.0], [-1.0], [1.0]], requires_grad=True)  # hidden film first
    loss = cold_start_loss(vectors, torch.tensor([[0.0], [0.0], [1.0]]), 1, 100.0)
    loss.backward()
    assert f"loss {loss.item():.4f}, slope {vectors.grad[0].item():.3f}" in says(page)
    assert page.errors == []


def test_the_query_is_answered_as_the_library_does(open_figure):  # noqa: F811
    page = open_figure("bm25")
    texts = read("bm25")["documents"]
    index = InvertedIndex(texts)
    query = page.get_by_label("Your query")
    for typed in ("a red dress", "RED, red: it’s a dress!", "红 trousers", "work"):
        query.fill(typed)
        scores = BM25(index, 1.2, 0.75).score(typed)
        order = np.lexsort((np.arange(len(texts)), -scores))
        assert bars(page) == [[texts[i], f"{scores[i]:.3f}"] for i in order]
    query.fill("a red robot")
    idf = BM25(index).idf
    assert says(page) == (
        f"a: in 6 of 8, idf {idf('a'):.2f}; red: in 4 of 8, idf {idf('red'):.2f}; robot: in none."
    )
    query.fill("…")
    assert says(page) == "Write a word."


def test_k1_and_b_are_those_of_the_library(open_figure):  # noqa: F811
    page = open_figure("bm25")
    index = InvertedIndex(read("bm25")["documents"])
    press(page, "slider", "k₁", "End")
    press(page, "slider", "b", *["ArrowLeft"] * 2)
    wanted = sorted(BM25(index, 16, 0.25).score("a red dress"), reverse=True)
    assert [value for _, value in bars(page)] == [f"{score:.3f}" for score in wanted]


def written(page):
    """The text that the counting model has written, word by word."""
    return re.findall(r"[a-z]+|[.,]", page.locator("figure.hand .hand-written").inner_text())


def test_at_temperature_0_the_likeliest_word_follows(open_figure):  # noqa: F811
    page = open_figure("bigram-writer")
    press(page, "slider", "temperature τ", "Home")
    press(page, "button", "Write twenty words", "Enter")
    text = maker("bigram-writer").written(read("bigram-writer"), 20)
    assert written(page) == text
    again = 20 - len({*pairwise(text)})
    assert again > 10
    assert f"21 words; {again} of 20 pairs repeat an earlier one. Entropy" in says(page)
    assert "0.00 bits" in says(page)


def test_the_next_word_has_the_softmax_of_the_counts(open_figure):  # noqa: F811
    page = open_figure("bigram-writer")
    data = read("bigram-writer")
    names = data["vocabulary"].split()
    row = data["after"][names.index(data["start"])]
    press(page, "slider", "temperature τ", *["ArrowLeft"] * 5)
    for n in (10, 5):
        p = softmax(torch.tensor(row[1 : 2 * n : 2], dtype=torch.float64).log() / 0.5)
        wanted = [[names[i], f"{100 * x:.1f} %"] for i, x in zip(row[: 2 * n : 2], p, strict=True)]
        assert bars(page) == wanted[:8]
        assert f"{-(p * p.log2()).sum():.2f} bits" in says(page)
        press(page, "slider", "likeliest words kept", "ArrowLeft")


def test_every_word_that_is_drawn_has_followed_the_one_before(open_figure):  # noqa: F811
    page = open_figure("bigram-writer")
    data = read("bigram-writer")
    names = data["vocabulary"].split()
    press(page, "slider", "temperature τ", "End")
    texts = []
    for _ in range(2):
        press(page, "button", "Write twenty words", "Enter", "Enter")
        press(page, "button", "Write one word", "Enter")
        texts.append(written(page))
        press(page, "button", "Start again", "Enter")
        assert written(page) == [data["start"]]
    assert texts[0] == texts[1]  # the seed is the same
    assert len(texts[0]) == 42
    for one, two in pairwise(texts[0]):
        assert names.index(two) in data["after"][names.index(one)][:20:2]
