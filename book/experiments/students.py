"""Does a student of two layers keep what MiniLM's vectors are good for?

It learns MiniLM's vectors of sentences and reviews, without a label; none of them
is a film's, a labelled sentence's, or a text of the search. Where it begins with
layers of MiniLM, these layers without training are the case "2 layers" of
`smaller-networks`; where they are drawn, it begins with MiniLM's words alone.

Predictions, written before the run (after a look at the rates: 960 sentences bring
the cosine to MiniLM's vectors to about 0.55):

1. From MiniLM's layers a student reaches at least 0.01 more NDCG@10 on cold films
   and 0.01 more macro-F1 than from random ones.
2. Training adds at least 0.01 to each of the three measures of the two layers.
3. The student still loses more than 0.01 of NDCG@10 and of macro-F1 against MiniLM,
   and finds less than TF-IDF does.
4. Reading the films' facts too adds at least 0.01 of NDCG@10 on cold films.
"""

from dataclasses import replace

import numpy as np
from plmrec_lite.applications.compress.quality import (
    ColdFilms,
    Opinions,
    ShopSearch,
)
from plmrec_lite.applications.compress.students import (
    DISTILLATION,
    agreement,
    distil,
)
from plmrec_lite.book.packing import packed
from plmrec_lite.text import TextEncoder

SEEDS = (0, 1, 2)
# The rates: by the cases "rate", on texts held out.
RATES = {"teacher": 1e-3, "random": 2e-3}
CASES = {
    "teacher's layers": {"start": "teacher"},
    "random layers": {"start": "random"},
    "teacher's layers, films too": {"start": "teacher", "films_too": True},
    **{
        f"rate {factor * rate:.2g}, {start}": {
            "start": start,
            "rate": factor * rate,
            "only_rate": True,
        }
        for start, rate in RATES.items()
        for factor in (1 / 3, 1, 3)
    },
}
SEEDS_OF = {case: (0,) for case in CASES if case.startswith("rate")}
CHECK = {"start": "teacher", "small": True}
N_SENTENCES, N_REVIEWS, N_HELD_OUT = 2500, 300, 100
EXAMPLES = {False: (N_SENTENCES, N_REVIEWS, N_HELD_OUT), True: (100, 10, 10)}


def run(seed, start, rate=None, films_too=False, only_rate=False, small=False):
    """Train a student, and return what the cases of `smaller-networks` return."""
    films = ColdFilms(3, n_users=100) if small else ColdFilms()
    opinions = Opinions(90, 30, 200) if small else Opinions()
    shop = ShopSearch(10, 2) if small else ShopSearch()
    n_sentences, n_reviews, n_held_out = EXAMPLES[small]
    sentences = drawn(opinions.unused, n_sentences + n_held_out)
    reviews = drawn(shop.unused, n_reviews + n_held_out)
    texts = sentences[n_held_out:] + reviews[n_held_out:]
    held_out = sentences[:n_held_out] + reviews[:n_held_out]
    minilm = TextEncoder("minilm", cache=True)
    settings = replace(DISTILLATION, learning_rate=rate or RATES[start], seed=seed)
    if only_rate:
        settings = replace(settings, n_epochs=0.5)
    student, history = distil(
        minilm,
        texts + films.texts if films_too else texts,
        2,
        start,
        settings,
        held_out=held_out,
    )
    values = {"held out": history["cosine"].dropna().iloc[-1]}
    if only_rate:
        return values
    ndcg = films.ndcg(student)
    return values | {
        "cosine": agreement(student, minilm, opinions.test.texts[:200]).mean(),
        "cosine, films": agreement(student, minilm, films.texts).mean(),
        "ndcg": ndcg.mean() if small else ndcg.tolist(),
        "predictions": packed(opinions.predictions(student)),
        "places": packed(shop.ranks(student)),
    }


def drawn(texts, n):
    """Some of the texts, the same for every seed."""
    rows = np.random.default_rng(0).permutation(len(texts))[:n]
    return [texts[row] for row in rows]
