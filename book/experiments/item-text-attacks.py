"""How far does a text lift a film that nobody has met, and which defence helps?

A seed chooses the films that are new, and 12 of them that cheat. Their text gets an
addition, in front or at the end; the other new films stay honest. Each film's place
among them is taken over all people.

Predicted on 2026-11-26, before the first run. Copies of the texts of the three most
popular films lift the most in each model. Key words lift TF-IDF more than MiniLM.
Instructions lift no further than neutral sentences: these models obey nobody.
Praise does not lift beyond them either. A cap on the length does not help against
what stands in front. Dropping words that stand in other texts takes more than half
of what copies gain, at a price below 0.005 of NDCG@10; dropping sentences far from
the rest costs more than that.
"""

from functools import partial

import numpy as np
from plmrec_lite.applications.attacks.item_text import (
    ATTACKS,
    PLACES,
    attacked_text,
    capped,
    cosines_to_rest,
    popular_words,
    runs_of_words,
    without_copied_words,
    without_far_sentences,
)
from plmrec_lite.data import cold_item_split, item_text, load_movielens
from plmrec_lite.evaluation import evaluate
from plmrec_lite.evaluation.tuning import tune
from plmrec_lite.recommenders import ContentBased, ItemRidge, TextTower
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.text import TextEncoder
from plmrec_lite.training import Training
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

SEEDS = (0, 1, 2)
CASES = {
    "MiniLM": {"reader": "MiniLM"},
    "TF-IDF": {"reader": "TF-IDF"},
    "text tower": {"reader": "text tower"},
}
CHECK = {
    "reader": "TF-IDF",
    "n": 8,
    "penalties": (30,),
    "used": ("cap", "copied words"),
}
TEXT = ("title", "year", "genres", "director", "cast")
PENALTIES = (10, 30, 100)
RUN = 8  # words in a row that count as copied
LOST = 0.05  # of honest texts or sentences that a defence may touch
DEFENCES = ("cap", "far sentences", "copied words")


def run(seed, reader, n=12, penalties=PENALTIES, used=DEFENCES):
    """Place of each film, from 0 (top) to 1, and its share of lists of ten."""
    movielens = load_movielens()
    split = cold_item_split(movielens.interactions, seed=seed)
    texts = item_text(movielens.items, TEXT)
    events = split.train.popularity()
    new = np.flatnonzero(split.candidates["test"])
    cheats = np.random.default_rng(seed).choice(new, n, replace=False)
    popular = [texts[film] for film in np.argsort(-events, kind="stable")[:3]]
    known = [text for text, count in zip(texts, events, strict=True) if count]
    words = popular_words(known, events[events > 0])
    added = {"words": words, "texts": popular}
    versions = {"honest": [texts[film] for film in cheats]}
    for attack in ATTACKS:
        for place in PLACES if attack in ("copies", "neutral") else ("front",):
            versions[f"{attack}, {place}"] = [
                attacked_text(texts[film], attack, place, **added)
                for film in cheats
            ]
    honest = [texts[film] for film in new]
    defend = {
        name: made(honest, known) for name, made in LIMITED.items() if name in used
    }
    for attack in ATTACKS[:-1]:
        for defence in used:
            versions[f"{attack}, front: {defence}"] = defend[defence](
                versions[f"{attack}, front"]
            )
    values = {"n new films": len(new)}
    for model, score in scorers(reader, split, texts, seed, penalties).items():
        honest_scores = score(honest)  # (n_people, n_new)
        column = np.searchsorted(new, cheats)
        for name, told in versions.items():
            places, lists = standing(honest_scores, score(told), column)
            values[f"{model}, {name}: place"] = places
            values[f"{model}, {name}: lists"] = lists
        values[f"{model}, ndcg"] = ndcg(honest_scores, split, new)
        for defence in used:
            left = defend[defence](honest)
            touched = [i for i, t in enumerate(left) if t != honest[i]]
            share = len(touched) / len(new)
            values[f"{defence}: honest texts changed"] = share
            scores = honest_scores.copy()
            if touched:
                scores[:, touched] = score([left[i] for i in touched])
            values[f"{model}, ndcg, {defence}"] = ndcg(scores, split, new)
    return values


def cap(honest, known):
    """A cap at the length of the longest honest texts."""
    longest = int(np.quantile([len(t.split()) for t in honest], 1 - LOST))
    return lambda texts: [capped(text, longest) for text in texts]


def far_sentences(honest, known):
    """Sentences go that are further from the rest than most of known texts."""
    encoder, kept = TextEncoder(), {}

    def encode(sentences):
        if new := [s for s in sentences if s not in kept]:
            kept.update(zip(new, encoder.encode(new), strict=True))
        return np.array([kept[sentence] for sentence in sentences])

    least = float(np.quantile(cosines_to_rest(known[:100], encode), LOST))
    return lambda texts: without_far_sentences(texts, encode, least)


def copied_words(honest, known):
    """Words go that stand in a row in known texts."""
    runs = runs_of_words(known, RUN)
    return lambda texts: [without_copied_words(text, runs) for text in texts]


LIMITED = dict(zip(DEFENCES, (cap, far_sentences, copied_words), strict=True))


def scorers(reader, split, texts, seed, penalties):
    """By model: a function from n texts to scores (n_people, n)."""
    if reader == "text tower":
        training = Training(
            n_steps=60, batch_size=128, learning_rate=5e-4, seed=seed
        )
        tower = TextTower(texts, training=training)
        tower.fit(split.train.select(split.train.ratings >= 4))
        return {reader: lambda told: tower.user_vectors_ @ tower.encode(told).T}
    if reader == "MiniLM":
        encoder = TextEncoder(cache=True)
        read = partial(encoder.encode, truncate=True)  # the first 512 tokens
    else:
        counted = TfidfVectorizer(sublinear_tf=True, min_df=2).fit(texts)

        def read(told):
            return counted.transform(told).toarray()

    raw = np.asarray(read(texts), dtype=np.float64)
    mean = raw.mean(axis=0)
    length = np.sqrt(((raw - mean) ** 2).sum(axis=1).mean())

    def vectors_of(told):
        return (np.asarray(read(told), dtype=np.float64) - mean) / length

    vectors = (raw - mean) / length
    tuned = tune({p: (ItemRidge(p), vectors) for p in penalties}, split)
    ridge = ItemRidge(tuned.choice).fit(split.known("test"), vectors)
    cosine = ContentBased().fit(split.known("test"), vectors)
    known = split.known("test").popularity() > 0
    centre = vectors[known].mean(axis=0)
    return {
        f"{reader}, ridge": lambda told: ((vectors_of(told) - centre) @ ridge.W_).T,
        f"{reader}, cosine": lambda told: (
            cosine.profiles_ @ normalize(vectors_of(told)).T
        ),
    }


def standing(honest_scores, told_scores, column):
    """Mean place of each film among the honest ones, and its share of lists."""
    places, lists = [], []
    for mine, own in zip(told_scores.T, column, strict=True):
        others = np.delete(honest_scores, own, axis=1)
        ahead = (others > mine[:, None]).sum(axis=1)  # (n_people,)
        places.append(float(ahead.mean() / others.shape[1]))
        lists.append(float((ahead < 10).mean()))
    return places, lists


def ndcg(scores, split, new):
    """NDCG@10 of each person on the new films."""
    table = np.zeros((split.train.n_users, split.train.n_items))
    table[:, new] = scores
    model = Scored(table).fit(split.known("test"))
    report = evaluate(model, split)
    return report.per_user["ndcg"].round(4).to_numpy()


class Scored(Recommender):
    """A model of which only the scores are known."""

    knows_newcomers = True

    def __init__(self, scores):
        self.scores = scores

    def _fit(self, train, item_vectors):
        pass

    def _score(self, users):
        return self.scores[users]
