"""From text to taste: praise draws films near, complaint pushes them away."""

import numpy as np
import pytest

from plmrec_lite.applications import text_profile
from plmrec_lite.applications.text_profile import TextProfile, read_profile, score_films
from plmrec_lite.vectors import standardize


class Stand:
    """A classifier with fixed classes, or an encoder with fixed vectors."""

    classes = ("negative", "neutral", "positive")

    def encode(self, sentences):
        return np.array([{"space": [3.0, 1], "war": [1.0, 3], "?": [1.0, 1]}[s] for s in sentences])


@pytest.fixture(autouse=True)
def opinions(monkeypatch):
    likely = {"space": [0, 0.2, 0.8], "war": [0.9, 0.1, 0], "?": [0.5, 0, 0.5]}
    monkeypatch.setattr(
        text_profile, "probabilities", lambda model, texts: np.array([likely[t] for t in texts])
    )


CENTRE = np.array([1.0, 1])


def test_profile_by_hand():
    profile = read_profile(["space", "war"], Stand(), Stand(), CENTRE)
    assert profile.opinions.tolist() == [0.8, -0.9]
    # 0.8 · (2, 0) - 0.9 · (0, 2)
    assert profile.vector == pytest.approx(np.array([1.6, -1.8]) / np.hypot(1.6, 1.8))


def test_no_opinion_no_profile():
    profile = read_profile(["?"], Stand(), Stand(), CENTRE)
    assert profile.vector.tolist() == [0, 0]


def test_a_classifier_without_sentiment():
    stand = Stand()
    stand.classes = ("product", "film")
    with pytest.raises(ValueError, match=r"load_sentiments\(\)"):
        read_profile(["space"], stand, Stand(), CENTRE)


ITEMS = np.array([[3.0, 1], [1, 3], [1, 1], [-1, 1]])


def test_films_are_ranked_by_what_sets_them_apart():
    scores = score_films(TextProfile(np.ones(1), np.array([1.0, 0])), ITEMS)
    assert np.argsort(-scores).tolist()[::3] == [0, 3]
    assert scores == pytest.approx(standardize(ITEMS[:, 0]))


@pytest.mark.parametrize("weight", [0, 0.25, 1])
def test_behaviour_is_mixed_in_by_weight(weight):
    profile = TextProfile(np.ones(1), np.array([1.0, 0]))
    behaviour = np.array([0.0, 5, 1, 2])
    wanted = (1 - weight) * standardize(ITEMS[:, 0]) + weight * standardize(behaviour)
    assert score_films(profile, ITEMS, behaviour, weight) == pytest.approx(wanted)


@pytest.mark.parametrize("weight", [-0.1, 1.1])
def test_bad_weight(weight):
    with pytest.raises(ValueError, match="weight="):
        score_films(TextProfile(np.ones(1), np.zeros(2)), ITEMS, weight=weight)
