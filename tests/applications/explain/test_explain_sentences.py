import pytest

from plmrec_lite.applications.explain.sentences import fluent_reason, true_reason


def test_the_template_names_the_largest_terms():
    sentence, named = true_reason("Heat", ["A", "B", "C"], [0.1, 0.6, 0.3])
    assert sentence == "We recommend Heat because you watched B and C: 90 % of its score."
    assert named.tolist() == [1, 2]


def test_negative_terms_can_lift_the_share_above_one_and_the_sentence_says_so():
    assert "A: 150 % of its score" in true_reason("Heat", ["A", "B"], [0.6, -0.2], 1)[0]


def test_a_score_that_nothing_speaks_for_has_no_reason():
    with pytest.raises(ValueError, match=r"'Heat' sum to -0\.1"):
        true_reason("Heat", ["A"], [-0.1])


def test_the_fluent_reason_asks_for_genre_and_fame_only():
    sentence, named = fluent_reason(
        "Heat", "Crime", ["A", "B", "C"], [True, True, False], [3, 7, 9]
    )
    assert named == 1
    assert sentence == "Fans of Crime like you love Heat. Since you enjoyed B, so will you."
    sentence, named = fluent_reason("Heat", "Crime", ["A"], [False], [3])
    assert named is None
    assert sentence == "Fans of Crime love Heat. So will you."
