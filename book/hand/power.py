"""The power of a test under the hand: how far people differ, in four comparisons."""

import numpy as np
from plmrec_lite.applications.judgement import judge
from plmrec_lite.data import Split, item_text, load_mailing_lists, load_movielens
from plmrec_lite.data.sparsity import keep_per_user
from plmrec_lite.evaluation import evaluate
from plmrec_lite.evaluation.power import people_needed, spread_of
from plmrec_lite.recommenders import EASE, Blend, ContentBased, ItemKNN
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import centre


def hide(log, k):
    """Hide k random events of each person."""
    test = keep_per_user(log, k, seed=0)
    numbers = [part.users * log.n_items + part.items for part in (log, test)]
    hidden = np.isin(*numbers)
    every = dict.fromkeys(("validation", "test"), np.ones(log.n_items, dtype=bool))
    nothing = log.select(np.zeros_like(hidden))
    return Split(log.select(~hidden), nothing, test, every, f"{k} hidden")


def spread(split, model, vectors=None):
    """How far people differ in what a model gains over EASE, as a share of EASE's NDCG@10."""
    rival, mine = (
        evaluate(one.fit(split.train, vectors), split).per_user["ndcg"].to_numpy()
        for one in (EASE(300), model)
    )
    return float((mine - rival).std() / rival.mean())


def make():
    """The spread of each comparison, as a share of the rival's mean."""
    movielens = load_movielens()
    log = movielens.interactions
    vectors = centre(TextEncoder().encode(item_text(movielens.items)))
    found = {}
    for k, hidden in ((1, "one hidden film"), (10, "ten hidden films")):
        blend = Blend(EASE(300), ContentBased(), 0.2)
        found[f"EASE with a fifth of text, {hidden} each"] = spread(hide(log, k), blend, vectors)
    found["item-kNN for EASE, one hidden film each"] = spread(hide(log, 1), ItemKNN(200))
    lists = load_mailing_lists()
    opening = [" ".join(text.split()[:40]) for text in lists.threads.texts]
    judged = judge(lists.interactions, opening, tell=lambda line: None)
    first = judged.comparisons[0]
    (rival,) = (model.report for model in judged.candidates if model.name == first.theirs)
    found["MiniLM for TF-IDF, next threads at one date"] = (
        spread_of(first.difference, first.n_users) / rival.mean()["ndcg"]
    )
    cases = [{"name": name, "spread": round(value, 3)} for name, value in found.items()]
    return {"cases": cases}


def words(data):
    """People needed for a gain of 5 %, in each comparison."""
    names = ("little", "ten", "other", "threads")
    pairs = zip(names, data["cases"], strict=True)
    return {name: f"{people_needed(0.05, case['spread']):,}" for name, case in pairs}


def part(data):
    """The comparison that needs no text."""
    log = load_movielens().interactions
    return (
        {"spread": data["cases"][2]["spread"]},
        {"spread": round(spread(hide(log, 1), ItemKNN(200)), 3)},
    )
