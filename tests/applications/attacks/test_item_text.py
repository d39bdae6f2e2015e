"""What is put into a text, and what each defence takes out again."""

import numpy as np
import pytest

from plmrec_lite.applications.attacks.item_text import (
    ATTACKS,
    INSTRUCTION,
    NEUTRAL,
    PRAISE,
    attacked_text,
    capped,
    cosines_to_rest,
    popular_words,
    runs_of_words,
    without_copied_words,
    without_far_sentences,
)

TEXTS = ["Star Wars (1977). War film.", "A war. A love.", "Quiet love (1990)."]


def test_popular_words_count_events_and_not_repeats():
    assert popular_words(TEXTS, [10, 1, 3], n=3) == ["film", "star", "wars"]
    assert popular_words(["love love", "film"], [2, 3]) == ["film", "love"]
    assert popular_words(TEXTS, [1, 5, 7], n=2, shortest=3) == ["love", "quiet"]
    with pytest.raises(ValueError, match="3 texts for 2 items"):
        popular_words(TEXTS, [1, 2])
    with pytest.raises(ValueError, match="n=0"):
        popular_words(TEXTS, [1, 2, 3], n=0)


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_honest_text_stays_whole(attack):
    options = {"words": ["space", "hero"], "texts": TEXTS[:2]}
    front = attacked_text("My film.", attack, **options)
    end = attacked_text("My film.", attack, "end", **options)
    added = {
        "keywords": "space, hero.",
        "praise": PRAISE,
        "copies": "Star Wars (1977). War film. A war. A love.",
        "instruction": INSTRUCTION,
        "neutral": NEUTRAL,
    }[attack]
    assert front == f"{added} My film."
    assert end == f"My film. {added}"


def test_the_control_is_as_long_as_what_it_controls():
    lengths = [len(text.split()) for text in (PRAISE, INSTRUCTION, NEUTRAL)]
    assert max(lengths) <= 1.5 * min(lengths)


def test_nothing_to_put_in_is_refused():
    with pytest.raises(ValueError, match="'keywords' with no words: give words="):
        attacked_text("My film.", "keywords")
    with pytest.raises(ValueError, match="'copies' with no texts: give texts="):
        attacked_text("My film.", "copies", words=["a"])
    with pytest.raises(ValueError, match="attack='bribe'"):
        attacked_text("My film.", "bribe")
    with pytest.raises(ValueError, match="place='middle'"):
        attacked_text("My film.", "praise", "middle")


def test_a_cap_counts_words():
    assert capped("one two  three four", 3) == "one two three"
    assert capped("one two", 9) == "one two"
    with pytest.raises(ValueError, match="n_words=0"):
        capped("one", 0)


def encode(sentences):
    """Unit vectors: war, love, or both."""
    rows = np.array([["war" in s.lower(), "love" in s.lower(), 0.01] for s in sentences], float)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_far_sentences_go_and_one_always_stays():
    texts = ["A war. War again. Buy love now!", "Only love.", "A war. A love."]
    found = without_far_sentences(texts, encode, least=0.5)
    assert found == ["A war. War again.", "Only love.", "A war."]
    assert without_far_sentences(texts, encode, least=-1) == texts
    cosines = cosines_to_rest(texts, encode)
    assert len(cosines) == 5
    assert cosines[2] == pytest.approx(0.0, abs=0.02)
    assert cosines[0] == pytest.approx(np.sqrt(0.5), abs=0.01)
    assert cosines_to_rest(["Only love."], encode).size == 0
    with pytest.raises(ValueError, match="least=2"):
        without_far_sentences(texts, encode, least=2)


def test_copied_words_go_by_runs_whatever_their_signs():
    runs = runs_of_words(["Star Wars (1977). War film.", "too short"], 3)
    assert ("wars", "1977", "war") in runs
    assert len(runs) == 3
    text = "(STAR wars, 1977! My own film. War film."
    assert without_copied_words(text, runs) == "My own film. War film."
    assert without_copied_words("Mine: star wars 1977", runs) == "Mine:"
    assert without_copied_words("My war film", runs) == "My war film"
    assert without_copied_words("Star Wars 1977", runs) == "Star Wars 1977"  # else none is left
    assert without_copied_words("Two", set()) == "Two"
    with pytest.raises(ValueError, match=r"runs of \[2, 3\] words"):
        without_copied_words("a b c", {("a", "b"), ("a", "b", "c")})
    with pytest.raises(ValueError, match="n=0"):
        runs_of_words(TEXTS, 0)
