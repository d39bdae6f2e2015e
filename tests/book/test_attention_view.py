"""The attention figure: what it says is what the weights say, in words, bars and tables."""

import json
import re

import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup

from plmrec_lite.book.attention_view import AttentionView

TOKENS = ["[CLS]", "a", "<b>star</b>", "$x & y", "</script>"]


def random_weights(T, seed=0):
    return torch.softmax(3 * torch.randn(T, T, generator=torch.Generator().manual_seed(seed)), -1)


@pytest.fixture(scope="module")
def weights():
    return {f"head {seed}": random_weights(len(TOKENS), seed) for seed in range(3)}


@pytest.fixture(scope="module")
def page(weights):
    return BeautifulSoup(AttentionView(TOKENS, weights, start=2)._repr_html_(), "html.parser")


def test_words_stay_words(page):
    shown = [button.find_all("span")[1].text for button in page.select("button")]
    assert shown == TOKENS
    assert page.find("b") is None and len(page.find_all("script")) == 1


def test_bars_and_sentence_are_those_of_the_word_chosen_first(page, weights):
    row = (100 * weights["head 0"][2]).round().int().tolist()
    assert [button["aria-pressed"] == "true" for button in page.select("button")] == [
        i == 2 for i in range(len(TOKENS))
    ]
    assert [bar["style"] for bar in page.select(".attention-bar")] == [f"--share: {s}" for s in row]
    assert [s.text for s in page.select(".attention-share")] == [f"{s} %" for s in row]
    best = max(range(len(row)), key=row.__getitem__)
    says = page.select_one("[role=status]").text
    assert says.startswith(f"{TOKENS[2]} attends most to {TOKENS[best]} ({row[best]} %)")


def test_every_weight_stands_in_a_table(page, weights):
    tables = page.select("details table")
    assert len(tables) == len(weights)
    for table, (name, wanted) in zip(tables, weights.items(), strict=True):
        assert table.caption.text.startswith(name)
        assert [th.text for th in table.select("th[scope=col]")] == TOKENS
        assert [th.text for th in table.select("th[scope=row]")] == TOKENS
        found = [[int(td.text) for td in row.select("td")] for row in table.select("tbody tr")]
        assert np.abs(np.array(found) - 100 * wanted.numpy()).max() <= 0.5 + 1e-4


def test_the_script_has_the_same_numbers(page, weights):
    data = json.loads(re.search(r"const \{[^}]*\} = (\{.*\});", page.script.string).group(1))
    assert data["tokens"] == TOKENS and data["start"] == 2
    assert data["shares"] == [(100 * w).round().int().tolist() for w in weights.values()]
    assert f'getElementById("{page.figure["id"]}")' in page.script.string


def test_one_head_is_chosen_and_all_belong_together(page, weights):
    radios = page.select("input[type=radio]")
    assert [label.text for label in page.select("label")] == list(weights)
    assert {radio["name"] for radio in radios} == {page.figure["id"]}
    assert [radio.has_attr("checked") for radio in radios] == [True, False, False]


def test_nothing_is_loaded(page):
    assert not page.select("[src], [href], link, iframe")
    assert not re.search(r"https?:|url\(|@import", str(page))


def test_other_weights_get_another_name_and_the_same_ones_the_same(weights):
    name = re.compile(r'id="(attention-[0-9a-f]{8})"')
    first, again = (name.search(AttentionView(TOKENS, weights)._repr_html_())[1] for _ in "ab")
    other = {"head 0": random_weights(len(TOKENS), 9)}
    assert first == again != name.search(AttentionView(TOKENS, other)._repr_html_())[1]


def test_where_there_is_no_html_it_is_told_in_words():
    view = AttentionView(["a", "star"], {"head 1": [[1.0, 0.0], [0.25, 0.75]]})
    assert repr(view).splitlines() == [
        "head 1",
        "  a attends most to a (100 %).",
        "  star attends most to star (75 %), a (25 %).",
    ]


@pytest.mark.parametrize(
    ("table", "start", "message"),
    [
        ({"h": np.eye(3)}, 1, r"'h' has the shape \(3, 3\): 2 tokens need \(2, 2\)"),
        ({"h": [[0.5, 0.4], [0.5, 0.5]]}, 1, "sum to 1.*softmax over the last axis"),
        ({"h": [[1.5, -0.5], [0.5, 0.5]]}, 1, "'h' is no table of attention weights"),
        ({}, 1, "weights is empty"),
        ({"h": np.eye(2)}, 2, "start=2: choose one of the 2 tokens"),
    ],
)
def test_what_is_no_attention_is_refused(table, start, message):
    with pytest.raises(ValueError, match=message):
        AttentionView(["a", "star"], table, start)
