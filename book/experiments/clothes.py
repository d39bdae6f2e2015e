"""Which piece of clothing is meant: by the shop's menu, or by what buyers wrote?

A review stands for a shopper who asks; every item is a candidate, described by
other reviews. Weights are learned from one review of each item and tested on
another; a seed decides which.
"""

import numpy as np
import pandas as pd
from plmrec_lite.applications.choices import Choices, tuned_logit
from plmrec_lite.data import load_clothing_reviews
from plmrec_lite.text import encoder_named
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = (0, 1, 2)
AT_LEAST = (
    8  # reviews of an item: one to learn from, one to test, six to describe it
)
CASES = {
    "1 review": {"n_reviews": 1},
    "2 reviews": {"n_reviews": 2},
    "6 reviews": {"n_reviews": 6},
    "titles, 6 reviews": {"n_reviews": 6, "ask": "title"},
}
CHECK = {"n_reviews": 1, "reader": None}
MENU = ("popular", "department", "kind", "age")
MODELS = {
    "menu": MENU,
    "TF-IDF": ("counted",),
    "MiniLM": ("read",),
    "both": ("counted", "read"),
    "menu and TF-IDF": (*MENU, "counted"),
    "menu and MiniLM": (*MENU, "read"),
    "menu and both": (*MENU, "counted", "read"),
}


def run(seed, n_reviews, ask="text", reader="minilm"):
    """Return what each model gains for the review that asks, item by item."""
    reviews = load_clothing_reviews()
    table = eight_of_each(reviews)  # (n_items, 8) rows
    told = reviews.loc[table.ravel()]
    texts, asked = told["text"].tolist(), told[ask].tolist()
    shape = (*table.shape, -1)
    tested, learnt = seed, len(SEEDS) + seed
    rest = [c for c in range(AT_LEAST) if c not in (tested, learnt)][:n_reviews]
    kinds = {"counted": counted(texts, asked, shape, rest)}
    if reader is not None:
        kinds["read"] = read(texts, asked, shape, reader)
    known = reviews.drop(table[:, [tested, learnt]].ravel())
    choices = {
        part: asked_with(reviews, table, column, rest, known, kinds)
        for part, column in (("learn", learnt), ("test", tested))
    }
    order = np.random.default_rng(seed).permutation(len(table))
    learn, test = shuffled(choices["learn"], order), choices["test"]
    values = {"items": test.about["item"].tolist()}
    for name, columns in MODELS.items():
        if set(columns) <= set(test.features):
            scores = test.table(columns) @ tuned_logit(learn, columns)
            values[name] = test.gains(scores).tolist()
    return values


def eight_of_each(reviews):
    """Rows of eight titled reviews, at random, of each item that has so many."""
    titled = reviews[reviews["title"] != ""]
    mixed = titled.sample(frac=1, random_state=0)
    counts = mixed.groupby("item").size()
    items = counts.index[counts >= AT_LEAST]
    rows = mixed.reset_index().groupby("item")["index"]
    return np.array([rows.get_group(item)[:AT_LEAST] for item in items])


def counted(texts, asked, shape, rest):
    """TF-IDF of what describes, which weighs the words, and of what is asked."""
    reader = TfidfVectorizer(sublinear_tf=True)
    describing = np.array(texts, dtype=object).reshape(shape[:2])[:, rest]
    reader.fit(describing.ravel())
    return [reader.transform(t).toarray().reshape(shape) for t in (texts, asked)]


def read(texts, asked, shape, reader):
    """Vectors by a language model, of what describes, and of what is asked."""
    encoder = encoder_named(reader, cache=True)
    vectors = encoder.encode(texts, truncate=True)
    centre = vectors.mean(axis=0)
    queries = vectors if asked == texts else encoder.encode(asked, truncate=True)
    return [(v - centre).reshape(shape) for v in (vectors, queries)]


def asked_with(reviews, table, column, rest, known, kinds):
    """The choice of one item by each review of a column, among all items."""
    n = len(table)
    asks, item = reviews.loc[table[:, column]], reviews.loc[table[:, 0]]
    groups = known.groupby("item")
    ages = groups["age"].mean().loc[item["item"]]
    features = {
        "popular": np.tile(np.log(groups.size().loc[item["item"]]), (n, 1)),
        "age": -np.abs(np.subtract.outer(asks["age"].values, ages.values)),
    }
    for name in ("department", "kind"):
        features[name] = np.equal.outer(asks[name].values, item[name].values) * 1.0
    for name, (vectors, queries) in kinds.items():
        items = unit(vectors[:, rest].mean(axis=1))
        features[name] = unit(queries[:, column]) @ items.T
    features = {name: np.ravel(column) for name, column in features.items()}
    about = pd.DataFrame({"item": item["item"].values})
    return Choices(np.arange(n), np.full(n, n), features, about)


def shuffled(choices, order):
    """The choices in another order."""
    n = len(choices)
    features = {
        k: v.reshape(n, n)[order].ravel() for k, v in choices.features.items()
    }
    return Choices(
        choices.chosen[order], choices.counts, features, choices.about.iloc[order]
    )


def unit(vectors):
    """Rows of length 1; zeros stay."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
