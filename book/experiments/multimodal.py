"""What do words and pictures of the same things add to each other?

Each emoji is tested once, in five folds that no family of variants crosses.
Retrieval: names find drawings, and drawings names, among the emoji of a fold.
Shelves: the subgroup of an emoji from its name, its drawing or both, also where
words are misspelt or one kind is missing. All choices are made on the fold after
the tested one.
"""

import numpy as np
from plmrec_lite.applications.multimodal.folds import family_folds, scaled_by
from plmrec_lite.applications.multimodal.pictures import (
    picture_vectors,
    pixel_vectors,
)
from plmrec_lite.applications.multimodal.shelves import (
    late_fusion,
    right,
    shelf_codes,
    tune_shelves,
)
from plmrec_lite.applications.multimodal.twin_heads import found_at, tune_heads
from plmrec_lite.applications.search.spelling import misspell
from plmrec_lite.book.packing import packed
from plmrec_lite.data import draw_emoji, load_emoji
from plmrec_lite.text import TextEncoder
from plmrec_lite.training import Training
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

SEEDS = (0, 1, 2)
CASES = {"retrieval": {"what": "retrieval"}, "shelves": {"what": "shelves"}}
CHECK = {"what": "shelves", "n": 240}
HEADS = {
    "n_epochs": 20,
    "batch_size": 256,
    "learning_rate": 5e-3,
    "weight_decay": 1.0,
}
SHELVES = {
    "n_epochs": 30,
    "batch_size": 128,
    "learning_rate": 1e-2,
    "weight_decay": 0.1,
}
PENALTIES = (0.1, 0.3, 1, 3, 10)
WEIGHTS = np.linspace(0, 1, 11)
MISSING = 0.2  # the share of training rows that lose their words, and their picture
NETS = {  # words, pictures, fusion, missing
    "words": ("MiniLM", "Lite0", "words", 0.0),
    "words, TF-IDF": ("TF-IDF", "Lite0", "words", 0.0),
    "words, with tags": ("tags", "Lite0", "words", 0.0),
    "picture": ("MiniLM", "Lite0", "pictures", 0.0),
    "picture, pixels": ("MiniLM", "pixels", "pictures", 0.0),
    "early": ("MiniLM", "Lite0", "early", 0.0),
    "early, trained to miss": ("MiniLM", "Lite0", "early", MISSING),
    "early, TF-IDF": ("TF-IDF", "Lite0", "early", MISSING),
    "early, with tags": ("tags", "Lite0", "early", MISSING),
    "gated": ("MiniLM", "Lite0", "gated", MISSING),
}


def run(seed, what, n=None):
    """Return each emoji's place or answer by each method, in the data's order."""
    emoji = load_emoji()[:n]
    pictures = draw_emoji(emoji["emoji"])
    seen = {
        "Lite0": picture_vectors(pictures),
        "pixels": pixel_vectors(pictures),
    }
    names = emoji["name"].tolist()
    typos = [misspell(name, share=1, seed=row) for row, name in enumerate(names)]
    texts = {
        "whole": {"MiniLM": names, "TF-IDF": names},
        "noisy": {"MiniLM": typos, "TF-IDF": typos},
    }
    for kind, some in (("whole", names), ("noisy", typos)):
        tagged = zip(some, emoji["tags"], strict=True)
        texts[kind]["tags"] = [f"{name}: {tags}" for name, tags in tagged]
    encode = TextEncoder("minilm", cache=True).encode
    read = {
        kind: {
            name: encode(some)
            for name, some in told.items()
            if name in ("MiniLM", "tags")
        }
        for kind, told in texts.items()
    }
    folds = family_folds(emoji["family"])
    if what == "retrieval":
        return retrieval(seed, folds, names, read["whole"]["MiniLM"], seen)
    codes = shelf_codes(emoji["subgroup"], emoji["family"])
    return shelves(seed, folds, codes, texts, read, seen)


def counted(train, *told):
    """TF-IDF of letters of the words, learned from the texts of some rows alone."""
    counter = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), max_features=1000, sublinear_tf=True
    ).fit([told[0][row] for row in train])
    return [counter.transform(texts).toarray() for texts in told]


def retrieval(seed, folds, names, read, seen):
    """Places at which words find their picture, and pictures their words."""
    pairs = [("MiniLM", "Lite0"), ("TF-IDF", "Lite0"), ("MiniLM", "pixels")]
    places = {}
    for fold in folds:
        words = {"MiniLM": read, "TF-IDF": counted(fold.train, names)[0]}
        words = {name: scaled_by(some, fold.train) for name, some in words.items()}
        drawn = {name: scaled_by(some, fold.train) for name, some in seen.items()}
        for one, other in pairs:
            w, p = words[one], drawn[other]
            held_out = (w[fold.validation], p[fold.validation])
            heads, _ = tune_heads(
                w[fold.train],
                p[fold.train],
                held_out,
                Training(seed=seed, **HEADS),
                device="cpu",
            )
            both = (
                heads.vectors(w[fold.test], "words"),
                heads.vectors(p[fold.test], "pictures"),
            )
            note(places, f"{one}, {other}", len(read), fold.test, *both)
        mapped = linear_map(words["MiniLM"], drawn["Lite0"], fold)
        note(places, "linear map", len(read), fold.test, *mapped)
    return {name: packed(np.minimum(some, 255)) for name, some in places.items()}


def note(places, name, n, rows, words, pictures):
    """Enter the places of a fold, both ways."""
    for way, queries, keys in (
        ("words", words, pictures),
        ("pictures", pictures, words),
    ):
        whole = places.setdefault(f"{name}, by {way}", np.zeros(n, dtype=np.int64))
        whole[rows] = found_at(queries, keys)


def linear_map(words, pictures, fold):
    """Words of a fold, and what a ridge regression makes of its pictures."""

    def unit(vectors):
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    tried = {}
    for penalty in PENALTIES:
        model = Ridge(alpha=penalty).fit(pictures[fold.train], words[fold.train])
        both = [
            (unit(words[rows]), unit(model.predict(pictures[rows])))
            for rows in (fold.validation, fold.test)
        ]
        held_out, tested = both
        mrr = np.mean([1 / found_at(*held_out), 1 / found_at(*held_out[::-1])])
        tried[penalty] = mrr, tested
    return max(tried.values(), key=lambda found: found[0])[1]


def shelves(seed, folds, codes, texts, read, seen):
    """Whether each method finds the shelf in each condition; what was chosen."""
    answers, gate, weights = {}, {}, []
    rows = np.flatnonzero(codes >= 0)
    for fold in folds:
        train, held_out, test = (part[codes[part] >= 0] for part in fold)
        spelt, misspelt = counted(train, *(texts[k]["TF-IDF"] for k in texts))
        words = {"whole": {**read["whole"], "TF-IDF": spelt}}
        words["noisy"] = {**read["noisy"], "TF-IDF": misspelt}
        drawn = {name: scaled_by(some, train) for name, some in seen.items()}
        said = {}
        for name, (one, other, fusion, missing) in NETS.items():
            w, p = scaled_by(words["whole"][one], train), drawn[other]
            noisy = scaled_like(words["noisy"][one], words["whole"][one], train)
            net, _ = tune_shelves(
                w[train],
                p[train],
                codes[train],
                (w[held_out], p[held_out], codes[held_out]),
                fusion,
                Training(seed=seed, **SHELVES),
                missing=missing,
                device="cpu",
            )
            given = conditions(w[test], noisy[test], p[test])
            said[name] = {
                kind: net.log_shares(*some) for kind, some in given.items()
            }
            said[name]["validation"] = net.log_shares(w[held_out], p[held_out])
            if fusion == "gated":
                for kind, some in given.items():
                    share = net.words_share(*some).mean()
                    gate.setdefault(kind, []).append(float(share))
        weight, said["late"] = late(said, codes[held_out])
        weights.append(weight)
        for name, by_kind in said.items():
            for kind in ("whole", "noisy", "no words", "no picture"):
                whole = answers.setdefault(
                    f"{name}, {kind}", np.zeros(len(codes), dtype=np.int64)
                )
                whole[test] = right(by_kind[kind], codes[test])
    return (
        {name: packed(some[rows]) for name, some in answers.items()}
        | {f"gate, {kind}": float(np.mean(some)) for kind, some in gate.items()}
        | {"late, weights": weights}
    )


def scaled_like(vectors, known, train):
    """Scale vectors by the mean and the length of others."""
    both = scaled_by(np.concatenate([known, vectors]), train)
    return both[len(known) :]


def conditions(words, noisy, pictures):
    """What the networks are given in each condition; zeros are the mean of all."""
    return {
        "whole": (words, pictures),
        "noisy": (noisy, pictures),
        "no words": (np.zeros_like(words), pictures),
        "no picture": (words, np.zeros_like(pictures)),
    }


def late(said, codes):
    """Average both single networks; it knows which kind is missing."""
    one, other = said["words"], said["picture"]
    at_best = {
        weight: right(
            late_fusion(one["validation"], other["validation"], weight), codes
        ).mean()
        for weight in WEIGHTS
    }
    weight = float(max(at_best, key=at_best.get))
    fused = {
        kind: late_fusion(one[kind], other[kind], weight)
        for kind in ("whole", "noisy")
    }
    fused |= {"no words": other["whole"], "no picture": one["whole"]}
    return weight, fused
