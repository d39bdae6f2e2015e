"""Figures under the hand on the pages on text: WordPiece, hidden tokens, the rank of LoRA."""

import pytest
import torch
from test_site_hand import bars, open_figure, pages, press, says  # noqa: F401 - fixtures

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
