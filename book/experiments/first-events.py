"""From which event of a new user on do events say more than words or a group do?"""

from functools import cache
from itertools import product

import numpy as np
import pandas as pd
from plmrec_lite.data import item_text, load_movielens, rolling_splits
from plmrec_lite.data.features import item_features
from plmrec_lite.data.sparsity import keep_per_user
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import (
    EASE,
    Blend,
    ColdStartPolicy,
    ContentBased,
    Demographics,
    ItemKNN,
    Popularity,
)
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import unit_scale
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = (0, 1, 2)
CASES = {"in time order": {"numbers": (0, 1, 2, 5, 10, 20)}}
SEEDS_OF = {"in time order": (0,)}  # no model draws anything
CHECK = {"numbers": (1,), "windows": 2, "readers": ("TF-IDF",)}

N_FIRST = 20  # events of a new user that are never tested
N_ASKED = 10  # of these, from which what they say is made
TEXT = ("title", "year", "genres", "director")
PENALTIES = (10, 30, 100, 300, 1000, 3000)
EVENTS = {
    "popularity": [Popularity()],
    "item-kNN": [
        ItemKNN(n, shrinkage=s) for n in (400, 1682) for s in (0, 10, 100)
    ],
    "EASE": [
        EASE(r, decay) for r in (3e4, 3e5, 3e6) for decay in (0.4, 0.6, 0.8, 1.0)
    ],
}
CONTENT = [ContentBased(decay) for decay in (1.0, 0.95, 0.9, 0.8, 0.7)]
SHARES = (0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6)  # of content beside events
PATIENCE = (1, 2, 5, 15, 50)
WORD_WEIGHTS = (0.1, 0.2, 0.4, 0.8, 1.6)


def run(seed, numbers, windows=None, readers=("MiniLM", "TF-IDF")):
    """NDCG@10 of each new user for each number of events that a model sees.

    The first window chooses the settings, one for all numbers of events, and the
    others test them.
    """
    movielens = load_movielens()
    first, *later = rolling_splits(movielens.interactions, given=N_FIRST)[:windows]
    models, values = tuned(Window(first, movielens, numbers, readers))
    found = {}
    for split in later:
        window = Window(split, movielens, numbers, readers)
        found.setdefault("person", []).append(np.unique(split.test.users))
        found.setdefault("tested", []).append([len(found["person"][-1])])
        for name, (make, reader) in models.items():
            model = make(window)
            for n in numbers:
                ndcg = window.ndcg(model, n, reader)
                found.setdefault(f"{name}, {n} events", []).append(ndcg)
    return values | {key: np.concatenate(parts) for key, parts in found.items()}


class Window:
    """What is known of the new users of a window, by the number of their events."""

    def __init__(self, split, movielens, numbers, readers):
        self.split, self.numbers, self.readers = split, numbers, readers
        self.people = groups(movielens.users)
        new = np.unique(split.test.users)
        known = split.known("test")
        self.known = {n: keep_per_user(known, n, new) for n in numbers}
        texts = tuple(item_text(movielens.items, TEXT))
        sentences = favourite_genres(known, movielens.items)
        self.vectors, self.said, self.kept = {None: None}, {}, {}
        for reader in readers:
            read = read_once(reader, texts)
            self.vectors[reader] = read
            rows = encoder(reader, texts)([sentences[u] for u in new])
            self.said[reader] = np.zeros((len(sentences), np.shape(rows)[1]))
            self.said[reader][new] = rows - np.mean(rows, axis=0)

    def once(self, model, reader=None):
        """The model, fitted once for each number of events."""
        return self.kept.setdefault((repr(model), reader), Once(model))

    def fit(self, model, n, reader):
        """Fit a model on what is known with n events of each new user."""
        return model.fit(self.known[n], self.vectors[reader])

    def ndcg(self, model, n, reader):
        """NDCG@10 of each new user."""
        report = evaluate(self.fit(model, n, reader), self.split)
        return report.per_user["ndcg"].round(4).to_numpy()

    def best(self, models, reader):
        """The place of the best model, and its value."""
        found = [
            np.mean(
                [
                    self.ndcg(self.once(m, reader), n, reader).mean()
                    for n in self.numbers
                ]
            )
            for m in models
        ]
        return int(np.argmax(found)), max(found)

    def best_settings(self, model, reader, numbers, **grid):
        """The best of the settings that can change after a fit."""
        settings = [
            dict(zip(grid, one, strict=True)) for one in product(*grid.values())
        ]
        found = np.zeros(len(settings))
        for n in numbers:
            self.fit(model, n, reader)
            for place, setting in enumerate(settings):
                model.set_params(**setting)
                found[place] += evaluate(model, self.split).mean()["ndcg"]
        return settings[int(found.argmax())]


def tuned(window):
    """By name: how to make a model for a window, what it reads; all settings."""
    chosen, settings, value = {}, {}, {}

    def choose(name, models, reader=None):
        place, value[name] = window.best(models, reader)
        one = models[place]
        for setting in ("regularization", "decay", "n_neighbours", "shrinkage"):
            if setting in one.get_params(deep=False):
                settings[f"{name}: {setting}"] = getattr(one, setting)
        chosen[name] = (
            (lambda window, one=one, reader=reader: window.once(one, reader)),
            reader,
        )

    def choose_settings(name, make, reader=None, numbers=window.numbers, **grid):
        setting = window.best_settings(make(window), reader, numbers, **grid)
        settings.update({f"{name}: {key}": one for key, one in setting.items()})
        chosen[name] = (
            (
                lambda window, make=make, setting=setting: make(window).set_params(
                    **setting
                )
            ),
            reader,
        )

    for name, models in EVENTS.items():
        choose(name, models)
    choose("demographics", [Demographics(window.people, p) for p in PENALTIES])
    events = max(("item-kNN", "EASE"), key=value.get)
    settings["events go to EASE"] = float(events == "EASE")
    for reader in window.readers:
        choose(reader, CONTENT, reader)
        for name in ("popularity", "EASE"):
            choose_settings(
                f"{name} + {reader}",
                lambda w, n=name, r=reader: Blend(chosen[n][0](w), chosen[r][0](w)),
                reader,
                weight=SHARES,
            )
        choose_settings(
            f"first list: words, {reader}",
            lambda w, r=reader: ColdStartPolicy(
                Popularity(), Popularity(), w.said[r]
            ),
            reader,
            numbers=window.numbers[:1],
            word_weight=WORD_WEIGHTS,
        )
    for before in ("popularity", "demographics"):
        for reader in (None, *window.readers):

            def policy(w, before=before, reader=reader):
                parts = (chosen[name][0](w) for name in (before, events))
                return ColdStartPolicy(*parts, w.said.get(reader))

            name = " + ".join(filter(None, (before, reader and f"words, {reader}")))
            shared = settings.get(
                "policy: popularity: patience"
            )  # of the first one
            choose_settings(
                f"policy: {name}",
                policy,
                reader,
                patience=PATIENCE if shared is None else (shared,),
                word_weight=WORD_WEIGHTS if reader else (0,),
            )
    return chosen, settings


class Once(Recommender):
    """A model that is fitted once for each log."""

    knows_newcomers = True

    def __init__(self, model):
        self.model = model

    @property
    def needs_item_vectors(self):
        """Whether the model needs them."""
        return self.model.needs_item_vectors

    def _fit(self, train, item_vectors):
        kept = vars(self).setdefault("kept_", {})
        if id(train) not in kept:  # the logs of a window live as long as this
            kept[id(train)] = clone(self.model).fit(train, item_vectors)
        self.model_ = kept[id(train)]

    def _score(self, users):
        return self.model_.score(users)


@cache
def read_once(reader, texts):
    """Vectors of the films."""
    return unit_scale(encoder(reader, texts)(list(texts)))


@cache
def encoder(reader, texts):
    """A function from texts to vectors."""
    if reader == "MiniLM":
        return TextEncoder().encode
    tfidf = TfidfVectorizer(sublinear_tf=True).fit(texts)
    return lambda texts: tfidf.transform(texts).toarray()


def favourite_genres(known, items):
    """What each person might say: genres more frequent than usual in their films.

    Nobody in MovieLens wrote a sentence. This one is made from the first ten films,
    which are never tested.
    """
    matrix, names = item_features(items, ("genres",), min_count=1)
    genres = [name.removeprefix("genres: ") for name in names]
    counts = keep_per_user(known, N_ASKED).matrix() @ matrix  # (n_users, n_genres)
    order = np.argsort(counts.mean(0) - counts, axis=1, kind="stable")
    return [f"I like {', '.join(genres[g] for g in row[:3])}." for row in order]


def groups(people):
    """Ones and zeros for each person's age group, sex and occupation."""
    age = pd.cut(people.age, [0, 17, 24, 34, 44, 54, 100]).astype(str)
    return pd.get_dummies(
        pd.DataFrame({"age": age, "sex": people.sex, "job": people.occupation})
    ).astype(float)
