"""WordPiece: by hand, by law, and piece for piece what MiniLM's own tokenizer does."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plmrec_lite.data import load_movielens
from plmrec_lite.text.pretrained import load_pretrained
from plmrec_lite.text.wordpiece import SPECIAL_TOKENS, train_wordpiece, wordpiece


@pytest.fixture(scope="module")
def tokenizer():
    return load_pretrained("minilm")[0]


def test_the_longest_piece_wins_even_where_a_shorter_one_would_go_on():
    assert wordpiece("aliens", {"al", "alien", "##s", "##iens"}) == ["alien", "##s"]
    assert wordpiece("abc", {"a", "ab", "##bc"}) == ["[UNK]"]  # greedy: it never turns back


def test_a_piece_inside_a_word_needs_its_mark():
    assert wordpiece("starwars", {"star", "wars"}) == ["[UNK]"]
    assert wordpiece("starwars", {"star", "##wars"}) == ["star", "##wars"]


def test_unknown_word():
    assert wordpiece("霸", {"a"}) == ["[UNK]"]
    assert wordpiece("霸", {"a"}, unknown="?") == ["?"]


@pytest.mark.parametrize("word", ["", " ", "star wars", "alien "])
def test_bad_word(word):
    with pytest.raises(ValueError, match="one word without spaces"):
        wordpiece(word, {"a"})


def test_equal_to_minilms_tokenizer_on_every_word_of_the_films(tokenizer):
    backend, vocabulary = tokenizer.backend_tokenizer, tokenizer.get_vocab()
    words = {
        word
        for text in load_movielens().items.text
        for word, _ in backend.pre_tokenizer.pre_tokenize_str(
            backend.normalizer.normalize_str(text)
        )
    }
    assert len(words) > 2000
    for word in words:
        assert wordpiece(word, vocabulary) == tokenizer.tokenize(word), word


@settings(deadline=None, derandomize=True)
@given(st.text(alphabet="abde", min_size=1, max_size=12))
def test_pieces_put_together_are_the_word(word):
    known = {"a", "b", "ab", "##a", "##b", "##d", "##ab", "##bad"}
    pieces = wordpiece(word, known)
    if pieces == ["[UNK]"]:
        assert word[0] in "de" or "e" in word
    else:
        assert set(pieces) <= known
        assert "".join(piece.removeprefix("##") for piece in pieces) == word


def test_train_wordpiece_joins_what_is_frequent():
    tokenizer = train_wordpiece(["a lonely robot"] * 3 + ["Robots, zebra"], vocab_size=60)
    assert tokenizer.convert_ids_to_tokens(range(5)) == list(SPECIAL_TOKENS)
    assert tokenizer.tokenize("lonely ROBOTS") == ["lonely", "robot", "##s"]
    assert "zebra" not in tokenizer.get_vocab()  # seen once only
    assert tokenizer.tokenize("霸") == ["[UNK]"]
    assert tokenizer("robot")["input_ids"] == [2, tokenizer.get_vocab()["robot"], 3]


def test_train_wordpiece_obeys_the_size_and_repeats():
    texts = ["the hero meets the heroine", "the heroes met"] * 2
    small, again = (train_wordpiece(texts, vocab_size=30) for _ in range(2))
    assert len(small) == 30
    assert small.get_vocab() == again.get_vocab()
    larger = train_wordpiece(texts, vocab_size=40)
    assert len(larger) > 30
    assert sorted(larger.get_vocab().values()) == list(range(len(larger)))


def test_train_wordpiece_breaks_ties_alike_in_every_process():
    """Its hash tables are seeded anew in each process; the vocabulary must not show it."""
    code = (
        "from plmrec_lite.text.wordpiece import train_wordpiece\n"
        "t = train_wordpiece(['abcd efgh ijkl mnop qrst uvwx'] * 2, 70)\n"
        "v = t.get_vocab()\n"
        "print(sorted(v, key=v.get))"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


def test_train_wordpiece_refuses():
    with pytest.raises(ValueError, match="no texts"):
        train_wordpiece([])
    with pytest.raises(ValueError, match=r"vocab_size=8: .* are 13"):
        train_wordpiece(["abcd"], vocab_size=8)
