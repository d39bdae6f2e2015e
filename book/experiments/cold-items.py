"""Does a language model trained on behaviour rank films that nobody has met?

Each seed draws other cold films, and other batches of the training.
"""

import numpy as np
from plmrec_lite.data import cold_item_split, item_text, load_movielens
from plmrec_lite.data.features import item_features
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import ItemRidge, TextTower
from plmrec_lite.text import TextEncoder
from plmrec_lite.training import Training

SEEDS = (0, 1, 2, 3, 4)
GENRES = ("title", "year", "genres")
CASES = {
    "no training": {"trained": False},
    "tower": {"with_facts": True},
    "tower, no director": {"fields": GENRES},
    "who": {"loss": "who"},
    "match": {"loss": "match"},
    "LoRA": {"lora_rank": 8, "learning_rate": 5e-3},
    "two layers": {"n_layers": 2},
}
SEEDS_OF = dict.fromkeys(list(CASES)[3:], (0, 1, 2))
CHECK = {"n_steps": 4, "batch_size": 32, "n_users": 100}

RIDGES = (3, 10, 30)
SHARES = (0.2, 0.35, 0.5)  # of the text, where facts stand beside it


def run(
    seed,
    fields=(*GENRES, "director"),
    trained=True,
    with_facts=False,
    n_users=None,
    n_steps=60,
    batch_size=128,
    learning_rate=5e-4,
    **settings,
):
    """NDCG@10 of each test user, for one choice of cold films."""
    movielens = load_movielens()
    log = movielens.interactions
    if n_users is not None:
        log = log.select(log.users < n_users)
    split = cold_item_split(log, seed=seed)
    encoder = TextEncoder()
    if not trained:
        return without_training(movielens.items, split, encoder)
    train = liked(split.train)
    warm, cold = train.popularity() > 0, split.candidates["test"]
    vectors = {}
    tower = TextTower(
        item_text(movielens.items, fields),
        encoder,
        training=Training(
            n_steps=n_steps,
            batch_size=batch_size,
            learning_rate=learning_rate,
            seed=seed,
        ),
        watch=lambda step, tower: vectors.update({step: tower.item_vectors_}),
        **settings,
    ).fit(train)
    frozen, tuned = vectors[0], tower.item_vectors_
    cosines = cosine(frozen, tuned)
    values = {
        "loss": tower.history_.loss.to_numpy().round(3),
        "drift warm": float(1 - cosines[warm].mean()),
        "drift cold": float(1 - cosines[cold].mean()),
    }
    if with_facts:
        facts = item_features(movielens.items)[0]
        values |= judged("tower + facts", split, mixed(warm, tuned, facts))
    return values | judged("tower", split, [tuned])


def without_training(items, split, encoder):
    """What needs no training: facts, frozen vectors, and both."""
    warm = liked(split.train).popularity() > 0
    facts = item_features(items)[0]
    plain, director = (
        encoder.encode(item_text(items, fields), normalize=False)
        for fields in (GENRES, (*GENRES, "director"))
    )
    values = {"users": np.unique(split.test.users)}
    values |= judged(
        "genres + year", split, [item_features(items, ("year", "genres"))[0]]
    )
    values |= judged("facts", split, [facts])
    values |= judged("frozen, no director", split, [plain])
    values |= judged("frozen", split, [director])
    return values | judged("frozen + facts", split, mixed(warm, director, facts))


def liked(log):
    """Keep the events that a cold film must predict: ratings of 4 and 5."""
    return log.select(log.ratings >= 4)


def scaled(vectors, warm):
    """Centre vectors, and scale them to a mean squared length of 1 (warm films)."""
    centred = vectors - vectors[warm].mean(0)
    return centred / np.sqrt((centred[warm] ** 2).sum(1).mean())


def mixed(warm, text, facts):
    """Vectors whose products add those of text and facts, in several shares."""
    text, facts = scaled(text, warm), scaled(facts, warm)
    return [np.hstack([s**0.5 * text, (1 - s) ** 0.5 * facts]) for s in SHARES]


def cosine(one, other):
    """Cosine of the rows of two tables."""
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return (one * other).sum(1) / lengths


def judged(name, split, candidates):
    """Choose vectors and ridge on validation; NDCG@10 there and on the test."""
    train, known = liked(split.train), liked(split.known("test"))
    best = (-1.0, None, None)
    for vectors in candidates:
        V = scaled(vectors, train.popularity() > 0)
        for regularization in RIDGES:
            model = ItemRidge(regularization).fit(train, V)
            value = evaluate(model, split, part="validation").mean()["ndcg"]
            best = max(best, (value, regularization, V), key=lambda found: found[0])
    value, regularization, V = best
    report = evaluate(ItemRidge(regularization).fit(known, V), split)
    return {
        f"{name} validation": value,
        name: report.per_user["ndcg"].round(3).to_numpy(),
    }
