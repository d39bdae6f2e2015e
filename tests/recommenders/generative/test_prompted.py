import re
from dataclasses import replace

import numpy as np
import pytest
from tiny_gpt import tiny_gpt

from plmrec_lite.recommenders.generative import prompted
from plmrec_lite.recommenders.generative.prompted import LIKED, WORDINGS, PromptReranker
from plmrec_lite.text.gpt.scoring import plain_pass

FILMS = ["Emma", "Alien", "Star Wars"]
CANDIDATES = ["Aliens", "Star Trek: Generations", "The", "Blade Runner", "The Thing"]
SHORT = replace(
    LIKED,
    history="They like {films}.",
    question=" They will like",
    shown=" Of {candidates}.",
    answer=": yes, no? It is",
)


@pytest.fixture(scope="module")
def gpt():
    return tiny_gpt()


def summed(gpt, prompt, texts):
    return np.array([plain_pass(gpt, prompt, text).sum() for text in texts])


def test_the_prompt_names_the_last_films_in_their_order(gpt):
    assert PromptReranker(gpt, SHORT).prompt(FILMS) == (
        "They like Emma, Alien, Star Wars. They will like"
    )
    assert PromptReranker(gpt, SHORT, n_films=2).prompt(FILMS) == (
        "They like Alien, Star Wars. They will like"
    )
    shown = PromptReranker(gpt, SHORT, mode="list", n_films=1).prompt(FILMS, CANDIDATES[:2])
    assert shown == "They like Star Wars. Of Aliens, Star Trek: Generations. They will like"
    assert "{" not in PromptReranker(gpt).prompt(["{films}"]).replace("{films}", "")


def test_a_title_scores_what_it_has_after_the_prompt(gpt):
    reranker = PromptReranker(gpt, SHORT)
    wanted = summed(gpt, reranker.prompt(FILMS), [f" {title}\n" for title in CANDIDATES])
    found = reranker.score(FILMS, CANDIDATES)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, wanted, atol=1e-4)
    lengths = [len(gpt.ids(f" {title}\n")) for title in CANDIDATES]
    per_token = PromptReranker(gpt, SHORT, per_token=True).score(FILMS, CANDIDATES)
    np.testing.assert_allclose(per_token, wanted / lengths, atol=1e-4)


def test_what_a_title_has_without_the_person_is_subtracted_and_computed_once(gpt, monkeypatch):
    reranker = PromptReranker(gpt, SHORT, minus_own=True)
    texts = [f" {title}\n" for title in CANDIDATES]
    own = summed(gpt, "They will like", texts)
    asked = []

    def spied(gpt, prompt, texts, batch_size):
        asked.append((prompt, len(texts)))
        return prompted_scores(gpt, prompt, texts, batch_size)

    prompted_scores = prompted.log_probabilities
    monkeypatch.setattr(prompted, "log_probabilities", spied)
    first = reranker.score(FILMS, CANDIDATES[:3])
    second = reranker.score(FILMS[:1], [*CANDIDATES, CANDIDATES[0]])
    assert [n for prompt, n in asked if prompt == "They will like"] == [3, 2]
    wanted = summed(gpt, reranker.prompt(FILMS), texts) - own
    np.testing.assert_allclose(first, wanted[:3], atol=1e-4)
    wanted = summed(gpt, reranker.prompt(FILMS[:1]), texts) - own
    np.testing.assert_allclose(second, [*wanted, wanted[0]], atol=1e-4)


def test_yes_or_no_after_each_candidate(gpt):
    reranker = PromptReranker(gpt, SHORT, mode="answer")
    found = reranker.score(FILMS, CANDIDATES)
    prompt = reranker.prompt(FILMS)
    for score, title in zip(found, CANDIDATES, strict=True):
        asked = f"{prompt} {title}: yes, no? It is"
        yes, no = (plain_pass(gpt, asked, answer)[0] for answer in (" yes", " no"))
        assert score == pytest.approx(yes - no, abs=1e-4)
    alone = [
        np.subtract(*(plain_pass(gpt, f"They will like {title}: yes, no? It is", a)[0] for a in an))
        for title in CANDIDATES
        for an in [(" yes", " no")]
    ]
    corrected = PromptReranker(gpt, SHORT, mode="answer", minus_own=True)
    np.testing.assert_allclose(corrected.score(FILMS, CANDIDATES), found - alone, atol=1e-4)


@pytest.mark.parametrize("mode", ["title", "answer"])
def test_the_order_of_candidates_counts_only_where_they_are_listed(gpt, mode):
    order = [3, 1, 4, 0, 2]
    shuffled = [CANDIDATES[i] for i in order]
    scores = PromptReranker(gpt, SHORT, mode=mode).score(FILMS, CANDIDATES)
    again = PromptReranker(gpt, SHORT, mode=mode).score(FILMS, shuffled)
    np.testing.assert_allclose(again, scores[order], atol=1e-4)
    listed = PromptReranker(gpt, SHORT, mode="list")
    scores = listed.score(FILMS[-1:], CANDIDATES)
    assert np.abs(listed.score(FILMS[-1:], shuffled) - scores[order]).max() > 0.01


def test_the_person_counts(gpt):
    reranker = PromptReranker(gpt, SHORT)
    one, other = (reranker.score(films, CANDIDATES) for films in (FILMS, ["The Thing"]))
    assert np.abs(one - other).max() > 0.01


def test_no_candidate_has_no_score(gpt):
    for settings in ({}, {"mode": "answer"}, {"minus_own": True}, {"per_token": True}):
        assert PromptReranker(gpt, SHORT, **settings).score(FILMS, []).shape == (0,)


def test_the_five_wordings_fit_their_parts_together():
    assert len({wording.name for wording in WORDINGS}) == len(WORDINGS) == 5
    for wording in WORDINGS:
        assert wording.history.count("{films}") == wording.shown.count("{candidates}") == 1
        assert wording.question == wording.question.rstrip() != ""  # a title brings its space


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"mode": "vote"}, "mode='vote': use one of 'title', 'answer', 'list'"),
        ({"n_films": 0}, "n_films=0"),
        ({"mode": "answer", "per_token": True}, "per_token=True"),
    ],
)
def test_bad_settings_are_named(gpt, settings, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        PromptReranker(gpt, **settings)


def test_wrong_texts_are_named(gpt):
    reranker = PromptReranker(gpt, SHORT)
    with pytest.raises(ValueError, match="history_titles is empty"):
        reranker.score([], CANDIDATES)
    with pytest.raises(ValueError, match="text 1 of candidate_texts is empty"):
        reranker.score(FILMS, ["Emma", ""])
    with pytest.raises(TypeError, match="history_titles is the one string"):
        reranker.score("Emma", CANDIDATES)
    with pytest.raises(ValueError, match="name fewer films"):
        reranker.score(FILMS * 20, CANDIDATES * 9 + ["Q" * 90])
