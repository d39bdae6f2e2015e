"""How much of a title's score is the title's own: EASE's candidates in a GPT's order."""

import numpy as np
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.recommenders import EASE
from plmrec_lite.recommenders.generative.prompted import PromptReranker
from plmrec_lite.recommenders.generative.shortlists import dated_titles, liked_in_order
from plmrec_lite.text.gpt.model import load_gpt
from plmrec_lite.text.gpt.scoring import log_probabilities

PEOPLE = [12, 5, 100]  # users of the library, from 0
N_CANDIDATES, N_SHOWN = 30, 8


def scored(users):
    """Each person's last films, candidates, and two scores a title: after the prompt, and alone."""
    movielens = load_movielens()
    known = leave_one_out(movielens.interactions).known("test")
    lists = EASE(regularization=400.0, decay=0.9).fit(known).recommend(users, N_CANDIDATES)
    dated, liked = dated_titles(movielens.items), liked_in_order(known)
    titles, popularity = movielens.items.title, known.popularity()
    reranker = PromptReranker(load_gpt(device="cpu"))
    people = []
    for user, films in zip(users, lists.tolist(), strict=True):
        history = [dated[film] for film in liked[user]]
        asked = [f" {titles[film]} (" for film in films]
        scores = [
            [round(float(one.sum()), 2) for one in log_probabilities(reranker.gpt, prompt, asked)]
            for prompt in (reranker.prompt(history), reranker.wording.question.strip())
        ]
        people.append(
            {
                "person": user + 1,
                "last": history[-4:],
                "films": [titles[film] for film in films],
                "after": scores[0],
                "alone": scores[1],
                "ratings": [int(popularity[film]) for film in films],
            }
        )
    return people


def make():
    """Three people with thirty candidates each."""
    return {"people": scored(PEOPLE), "shown": N_SHOWN}


def leaders(person, weight):
    """The candidates by the score after the prompt less ``weight`` times the one alone."""
    scores = np.array(person["after"]) - weight * np.array(person["alone"])
    return np.argsort(-scores, kind="stable")


def words(data):
    """For the first person: the film that leads without the correction, and with all of it."""
    person = data["people"][0]
    films = person["films"]
    means = [
        np.mean([person["ratings"][film] for film in leaders(person, weight)[: data["shown"]]])
        for weight in (0, 1)
    ]
    return {
        "person": f"{person['person']}",
        "plain": films[leaders(person, 0)[0]],
        "corrected": films[leaders(person, 1)[0]],
        "ratings-plain": f"{means[0]:.0f}",
        "ratings-corrected": f"{means[1]:.0f}",
    }


def part(data):
    """The first person again."""
    (anew,) = scored(PEOPLE[:1])
    numbers = ("after", "alone", "ratings")
    held = data["people"][0]
    return {name: held[name] for name in numbers}, {name: anew[name] for name in numbers}
