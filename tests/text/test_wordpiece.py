"""WordPiece: by hand, by law, and piece for piece what MiniLM's own tokenizer does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plmrec_lite.data import load_movielens
from plmrec_lite.text.pretrained import load_pretrained
from plmrec_lite.text.wordpiece import wordpiece


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
