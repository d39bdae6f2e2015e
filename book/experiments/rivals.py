"""Which kind of model ranks cold films best, among cold films and among all?

A seed is a choice of a fifth of the films; in five seeds each film is cold once.
"""

import numpy as np
from plmrec_lite.book.packing import packed
from plmrec_lite.data import (
    among_all,
    cold_item_split,
    item_text,
    load_movielens,
)
from plmrec_lite.data.features import item_features
from plmrec_lite.evaluation.contributions import report_places
from plmrec_lite.evaluation.tuning import tune_each
from plmrec_lite.recommenders import (
    DropoutNet,
    ItemRidge,
    LinearTower,
    MARec,
    TextTower,
)
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.upper_layers import lower_states
from plmrec_lite.training import Training
from plmrec_lite.vectors import join, unit_scale
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = tuple(range(20))
N_FOLDS = 5
TEXT = ("title", "year", "genres", "director")
CASES = {
    "ridge": {"models": ("genres + year", "facts", "frozen", "frozen + facts")},
    "counted words": {"models": ("TF-IDF", "TF-IDF, all facts in words")},
    "MARec": {"models": ("MARec",)},
    "DropoutNet": {"models": ("DropoutNet, frozen", "DropoutNet, facts")},
    "linear": {"models": ("linear map, frozen",)},
    "tower": {"models": ("tower", "tower + facts")},
    "linear, facts": {"models": ("linear map, facts",)},
    "no director": {"models": ("frozen", "tower"), "fields": TEXT[:3]},
    "other objectives": {"models": ("who", "match", "LoRA")},
    "two layers": {"models": ("two layers",)},
}
SEEDS_OF = {
    "linear, facts": SEEDS[:5],
    "no director": SEEDS[:10],
    "other objectives": SEEDS[:5],
    "two layers": SEEDS[:5],
}
CHECK = {
    "models": ("frozen", "tower"),
    "n_steps": 4,
    "n_users": 60,
}

RIDGES = (0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)
SHARES = (0.2, 0.35, 0.5, 0.65, 0.8)  # of facts beside words
N_STEPS = 120
RATES = {
    "frozen": (3e-4, 1e-3, 3e-3, 1e-2),
    "facts": (1e-3, 3e-3, 1e-2),
}  # of learning
EDGES = {
    "smallest": -1,
    None: 0,
    "largest": 1,
}  # of a grid
TOWERS = {
    "tower": {"learning_rate": 5e-4},
    "who": {"loss": "who", "learning_rate": 5e-4},
    "match": {"loss": "match", "learning_rate": 5e-4},
    "LoRA": {"lora_rank": 8, "learning_rate": 5e-3},
    "two layers": {"n_layers": 2, "learning_rate": 5e-4},
}


def run(seed, models, fields=TEXT, n_users=None, n_steps=N_STEPS):
    """NDCG@10 of each model on one choice, and the place of every liked pair."""
    repeat, fold = divmod(seed, N_FOLDS)
    movielens = load_movielens()
    log = movielens.interactions
    if n_users is not None:
        log = log.select(log.users < n_users)
    choice = Choice(
        movielens.items,
        cold_item_split(log, seed=repeat, fold=fold),
        item_text(movielens.items, fields),
        {"n_steps": n_steps, "batch_size": 128, "seed": seed},
    )
    values = {}
    for name in models:
        values |= found(name, choice.split, choice.candidates(name))
    return values | choice.losses


def found(name, split, candidates):
    """Tune on the choice's own validation, and test among cold films and all."""
    values, splits = {}, {"": split, ", among all": among_all(split)}
    tuned = tune_each(candidates, list(splits.values()), learn_from=liked)
    for among, one in zip(splits, tuned, strict=True):
        key = f"{name}{among}"
        values[key] = one.report.mean()["ndcg"]
        values[f"{key}, validation"] = one.validation[one.choice]
        values[f"{key}, places"] = packed(report_places(one.report, split))
        choice = one.choice if isinstance(one.choice, tuple) else (one.choice,)
        for place, setting in enumerate(choice):
            values[f"{key}, setting {place}"] = setting
            edge = one.at_edge.get(place)
            values[f"{key}, edge {place}"] = EDGES[edge]
    return values


def liked(log):
    """Keep the events that a cold film must predict: ratings of 4 and 5."""
    return log.select(log.ratings >= 4)


class Choice:
    """One choice of cold films, and what is read or trained but once for it."""

    def __init__(self, items, split, texts, settings):
        self.items, self.split, self.texts = items, split, texts
        self.settings = settings
        self.train = liked(split.train)
        self.losses, self._kept = {}, {}

    def _once(self, key, make):
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def vectors(self, kind):
        """Vectors of all films: words or facts, counted or read."""
        make = {
            "frozen": lambda: self.encoder.encode(self.texts, normalize=False),
            "facts": lambda: turned(item_features(self.items)[0]),
            "genres + year": lambda: item_features(self.items, TEXT[1:3])[0],
            "TF-IDF": lambda: counted(self.texts),
            "TF-IDF, all facts in words": lambda: counted(item_text(self.items)),
        }[kind]
        return self._once(kind, lambda: unit_scale(make()))

    @property
    def encoder(self):
        """The language model, loaded once."""
        return self._once("encoder", lambda: TextEncoder(cache=True))

    def candidates(self, name):
        """What is tuned: models by their settings, with the vectors they read."""
        if name == "MARec":
            return self.marec()
        kind, _, read = name.partition(", ")
        if kind == "DropoutNet":
            return dropout_nets(self.vectors(read), self.settings["seed"])
        if kind == "linear map":
            return ridges(self.linear(read))
        if name == "frozen + facts":
            return beside({"": self.vectors("frozen")}, self.vectors("facts"))
        if name == "tower + facts":
            trained = list(self.tower("tower").values())[-1]
            return beside({"": trained}, self.vectors("facts"))
        if name in TOWERS:
            return ridges(self.tower(name))
        return ridges({"": self.vectors(name)})

    def marec(self):
        """MARec on facts, each field a kind."""
        facts, names = item_features(self.items)
        kinds = np.unique([n.split(":")[0] for n in names], return_inverse=True)[1]
        return {
            (alignment, penalty): (MARec(alignment, penalty, kinds=kinds), facts)
            for alignment in (1, 10, 100)
            for penalty in (30, 100, 300, 1000, 3000)
        }

    def linear(self, read):
        """A linear map's vectors at several steps, by learning rate and step."""
        seen = {}
        for rate in RATES[read]:
            training = Training(learning_rate=rate, **self.settings)

            def keep(step, model, rate=rate):
                seen[rate, step] = model.item_vectors_

            model = LinearTower(training=training, watch=keep)
            model.fit(self.train, self.vectors(read))
        return {key: seen[key] for key in seen if self.is_kept(key[1])}

    def is_kept(self, step):
        """Whether none, a sixth, a third, two thirds or all of it is done."""
        n_steps = self.settings["n_steps"]
        return step in {n_steps * part // 6 for part in (0, 1, 2, 4, 6)}

    def tower(self, name):
        """A tower's vectors at several steps of its training, by step."""
        return self._once(name, lambda: self._trained(name, **TOWERS[name]))

    def _trained(self, name, learning_rate, n_layers=1, **settings):
        seen = {}
        tower = TextTower(
            self.texts,
            self.encoder,
            n_layers=n_layers,
            training=Training(learning_rate=learning_rate, **self.settings),
            lower=self._once(
                n_layers, lambda: lower_states(self.encoder, self.texts, n_layers)
            ),
            watch=lambda step, tower: seen.update({step: tower.item_vectors_}),
            **settings,
        ).fit(self.train)
        losses = tower.history_.loss.dropna()
        self.losses[f"{name}, loss"] = losses.iloc[-20:].mean()
        return {step: seen[step] for step in seen if self.is_kept(step)}


def ridges(vectors):
    """Every penalty on every kind of vectors, by the kind's key and the penalty."""
    return {
        (*as_tuple(key), penalty): (ItemRidge(penalty), unit_scale(rows))
        for key, rows in vectors.items()
        for penalty in RIDGES
    }


def beside(vectors, facts):
    """Every penalty on vectors beside facts, in several shares."""
    joined = {
        (*as_tuple(key), share): join(rows, facts, share)
        for key, rows in vectors.items()
        for share in SHARES
    }
    return ridges(joined)


def as_tuple(key):
    """A key as a tuple; an empty one for vectors of which there is one kind."""
    if key == "":
        return ()
    return key if isinstance(key, tuple) else (key,)


def dropout_nets(vectors, seed):
    """DropoutNet by the share that is dropped and the epochs."""
    return {
        (dropout, n_epochs): (
            DropoutNet(
                dropout,
                training=Training(
                    n_epochs=n_epochs, batch_size=128, learning_rate=3e-3, seed=seed
                ),
            ),
            vectors,
        )
        for dropout in (0.5, 0.8, 0.95)
        for n_epochs in (5, 10, 20, 40)
    }


def counted(texts):
    """TF-IDF of words and pairs of words."""
    counts = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    return turned(counts.fit_transform(texts).toarray())


def turned(vectors):
    """Return vectors of the same inner products, no longer than there are items."""
    if vectors.shape[1] <= len(vectors):
        return vectors
    squares, directions = np.linalg.eigh(vectors @ vectors.T)
    return directions * np.sqrt(np.maximum(squares, 0))
