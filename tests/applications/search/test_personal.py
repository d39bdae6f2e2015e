"""The same query answered for two people."""

import numpy as np
import pytest

from plmrec_lite.applications.search.personal import genre_searches, personal_scores
from plmrec_lite.data import Interactions
from plmrec_lite.ranking import top_k
from plmrec_lite.vectors import standardize

MATCHES = np.array([[2.0, 1.0, 0.0, 1.0], [2.0, 1.0, 0.0, 1.0]])
TASTES = np.array([[0.0, 5.0, 9.0, 1.0], [0.0, 1.0, 9.0, -np.inf]])


def test_at_zero_everybody_gets_the_same_and_at_one_their_own():
    assert top_k(personal_scores(MATCHES, TASTES, 0), 3).tolist() == [[0, 1, 3], [0, 1, -1]]
    assert top_k(personal_scores(MATCHES, TASTES, 1), 3).tolist() == [[1, 3, 0], [1, 0, -1]]


def test_both_are_standardised_over_what_is_shown():
    scores = personal_scores(MATCHES, TASTES, 0.3)
    shown = [0, 1, 3]
    expected = 0.7 * standardize(MATCHES[0, shown]) + 0.3 * standardize(TASTES[0, shown])
    np.testing.assert_allclose(scores[0, shown], expected)
    assert scores[0, 2] == -np.inf  # liked most, but it does not match


def test_equal_matches_and_none_at_all():
    scores = personal_scores(np.array([[1.0, 1, 1], [0, 0, 0]]), np.array([[3.0, 1, 2]] * 2), 0.5)
    assert top_k(scores, 3).tolist() == [[0, 2, 1], [-1, -1, -1]]


def test_bad_input():
    with pytest.raises(ValueError, match=r"matches \(2, 4\) and tastes \(2, 3\)"):
        personal_scores(MATCHES, TASTES[:, :3])
    with pytest.raises(ValueError, match="weight=2"):
        personal_scores(MATCHES, TASTES, 2)


def test_searches_are_of_liked_films_by_person_and_genre():
    log = Interactions([1, 0, 1, 1, 2], [2, 0, 0, 1, 1], [5.0, 4.0, 4.5, 1.0, 3.5], None, 3, 3)
    people, words, answers = genre_searches(log, [("War", "Drama"), ("War",), ("War",)])
    assert list(zip(people.tolist(), words, [a.tolist() for a in answers], strict=True)) == [
        (0, "Drama", [0]),
        (0, "War", [0]),
        (1, "Drama", [0]),
        (1, "War", [0, 2]),
    ]
    assert len(genre_searches(log, [("War",)] * 3, min_rating=5)[1]) == 1
    with pytest.raises(ValueError, match="min_rating=6: no held-out film"):
        genre_searches(log, [("War",)] * 3, min_rating=6)


def test_a_log_without_ratings_is_refused():
    log = Interactions([1, 0], [1, 0], None, None, 2, 2)
    with pytest.raises(ValueError, match="ratings"):
        genre_searches(log, [("War",)] * 2)
