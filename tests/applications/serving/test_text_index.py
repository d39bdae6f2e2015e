"""Items by words."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from plmrec_lite.applications.serving.text_index import TextIndex

TEXTS = ["The war of the worlds", "War and peace", "A quiet love", "战争与和平", "M"]


def test_scores_are_the_cosines_of_scikit_learn():
    plain = TfidfVectorizer(sublinear_tf=True, token_pattern=r"\w+")
    vectors = plain.fit_transform(TEXTS[:3])
    cosines = (vectors @ plain.transform(["the war"]).T).toarray()[:, 0]
    items, scores = TextIndex(TEXTS[:3]).search("the war", 3)
    assert items == [0, 1]
    np.testing.assert_allclose(scores, cosines[items])
    assert TextIndex(TEXTS[:3]).search("the war", 1)[0] == [0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("WAR", [1, 0]),
        ("和平", [3]),
        ("平战", [3]),  # characters, in any order
        ("m", [4]),  # a word of one letter is a word
        ("the", [0]),  # a stop word is one too, and weighs little
        ("nothing that is here", []),
        ("?!", []),
        ("war " * 300, [1, 0]),
    ],
)
def test_words_of_any_script_are_found(query, found):
    assert TextIndex(TEXTS).search(query, 5)[0] == found


def test_ties_go_to_the_lower_item():
    assert TextIndex(["b a", "a b", "a b"]).search("a", 2)[0] == [0, 1]
