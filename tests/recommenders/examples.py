"""Of each recommender: examples for the contract, and each setting with another value.

A new model joins by one entry in EXAMPLES and one in CHANGED.
"""

import numpy as np
from tiny_tower import tiny_bert, tiny_tower

from plmrec_lite import recommenders
from plmrec_lite.recommenders import (
    EASE,
    Blend,
    CodeWriter,
    ColdStartPolicy,
    ContentBased,
    Demographics,
    DropoutNet,
    FadedItemKNN,
    HybridEASE,
    ItemKNN,
    ItemRidge,
    LightGCN,
    LinearTower,
    MARec,
    MatrixFactorization,
    NetworkSettings,
    Popularity,
    RankFusion,
    RecentPopularity,
    Recommender,
    SequentialTransformer,
    TextTower,
    UserKNN,
)
from plmrec_lite.training import Training

PUBLIC = {
    kind
    for kind in (getattr(recommenders, name) for name in recommenders.__all__)
    if isinstance(kind, type) and issubclass(kind, Recommender) and kind is not Recommender
}

TINY = {
    "network": NetworkSettings(d_model=4, length=8),
    "training": Training(n_steps=3, batch_size=8),
}
LEARNED = {"network": NetworkSettings(d_model=4, length=8, positions="learned")}


def people(n_users):
    """What is known of each user: three numbers."""
    return np.random.default_rng(4).normal(size=(n_users, 3))


def said(n_users):
    """What each user said, as a vector of the items' kind."""
    return np.random.default_rng(5).normal(size=(n_users, 6))


def coded(n_items, base=4):
    """A code of two digits for each item."""
    return np.column_stack(np.divmod(np.arange(n_items), base))


# From the numbers of users and items to a model not yet fitted.
EXAMPLES = {
    Popularity: [lambda users, items: Popularity()],
    ItemKNN: [lambda users, items: ItemKNN(n_neighbours=5)],
    RecentPopularity: [lambda users, items: RecentPopularity(share=0.5)],
    FadedItemKNN: [lambda users, items: FadedItemKNN(n_neighbours=5)],
    UserKNN: [lambda users, items: UserKNN(n_neighbours=5)],
    EASE: [lambda users, items: EASE(), lambda users, items: EASE(decay=0.5)],
    MatrixFactorization: [lambda users, items: MatrixFactorization(n_factors=4, n_epochs=2)],
    ItemRidge: [lambda users, items: ItemRidge()],
    HybridEASE: [lambda users, items: HybridEASE()],
    ContentBased: [lambda users, items: ContentBased(), lambda users, items: ContentBased(0.5)],
    Blend: [lambda users, items: Blend(EASE(), ContentBased(), weight=0.3)],
    RankFusion: [lambda users, items: RankFusion(EASE(), ContentBased(), weight=0.3)],
    Demographics: [lambda users, items: Demographics(people(users))],
    ColdStartPolicy: [
        lambda users, items: ColdStartPolicy(Demographics(people(users)), EASE(), patience=3.0),
        lambda users, items: ColdStartPolicy(
            Demographics(people(users)), Blend(EASE(), ContentBased()), said(users), 0.4
        ),
    ],
    SequentialTransformer: [
        lambda users, items: SequentialTransformer(items="both", **TINY),
        lambda users, items: SequentialTransformer("masked", **TINY | LEARNED),
    ],
    CodeWriter: [lambda users, items: CodeWriter(coded(items), 12, **TINY)],
    TextTower: [lambda users, items: tiny_tower(items)],
    LinearTower: [lambda users, items: LinearTower(training=TINY["training"])],
    LightGCN: [
        lambda users, items: LightGCN(4, training=TINY["training"]),
        lambda users, items: LightGCN(4, loss="softmax", training=TINY["training"]),
    ],
    DropoutNet: [lambda users, items: DropoutNet(n_factors=3, training=TINY["training"])],
    MARec: [
        lambda users, items: MARec(smoothing=1.0),
        lambda users, items: MARec(alignment=0.5, kinds=[0, 0, 0, 1, 1, 2]),
    ],
}


def example(kind, number=0, n_users=30, n_items=25):
    """Return an example that is not yet fitted."""
    return EXAMPLES[kind][number](n_users, n_items)


# Each setting with a value that must change the scores of the first example; or, as text, why
# it cannot.
LOOKS_ON = "it only looks on"
WHERE = "it says where a checkpoint is; the model's own tests have it"
CHANGED = {
    Popularity: {},
    ItemKNN: {"n_neighbours": 2, "shrinkage": 7.0},
    RecentPopularity: {"share": 0.1},
    FadedItemKNN: {"n_neighbours": 2, "shrinkage": 7.0, "decay": 0.5},
    UserKNN: {"n_neighbours": 2, "shrinkage": 7.0},
    EASE: {"regularization": 3.0, "decay": 0.7},
    MatrixFactorization: {
        "n_factors": 3,
        "alpha": 0.1,
        "regularization": 0.1,
        "n_epochs": 1,
        "seed": 1,
    },
    ItemRidge: {"regularization": 3.0},
    HybridEASE: {"text_weight": 3.0, "regularization": 3.0, "decay": 0.7},
    ContentBased: {"decay": 0.7},
    Blend: {"first": Popularity(), "second": EASE(3.0), "weight": 0.7},
    RankFusion: {"first": Popularity(), "second": EASE(3.0), "weight": 0.7, "constant": 5},
    Demographics: {"user_features": people(30)[::-1], "regularization": 1.0},
    ColdStartPolicy: {
        "before": Popularity(),
        "after": EASE(3.0),
        "said": "without a weight, words are not heard; test_cold_start has both",
        "word_weight": "without words, their weight is nothing; test_cold_start has both",
        "patience": 9.0,
    },
    CodeWriter: {
        "codes": coded(25, 5),
        "n_beams": 3,
        "network": NetworkSettings(d_model=8, length=8),
        "training": Training(n_steps=4, batch_size=8),
        "watch": LOOKS_ON,
        "folder": WHERE,
        "resume": WHERE,
    },
    SequentialTransformer: {
        "objective": "masked",
        "items": "id",
        "loss": "bce",
        "popularity": 0.0,
        "network": NetworkSettings(d_model=8, length=8),
        "training": Training(n_steps=4, batch_size=8),
        "n_negatives": "the softmax draws none; sequential/test_sequential has them",
        "watch": LOOKS_ON,
        "folder": WHERE,
        "resume": WHERE,
    },
    LinearTower: {
        "loss": "match",
        "regularization": 9.0,
        "training": Training(n_steps=4, batch_size=8),
        "watch": LOOKS_ON,
        "folder": WHERE,
        "resume": WHERE,
    },
    LightGCN: {
        "n_factors": 3,
        "n_layers": 1,
        "loss": "softmax",
        "regularization": 0.1,
        "training": Training(n_steps=4, batch_size=8),
        "watch": LOOKS_ON,
        "folder": WHERE,
        "resume": WHERE,
    },
    DropoutNet: {
        "dropout": 0.0,
        "n_factors": 4,
        "d_hidden": 8,
        "d_model": 3,
        "training": Training(n_steps=4, batch_size=8),
        "watch": LOOKS_ON,
        "folder": WHERE,
        "resume": WHERE,
    },
    MARec: {
        "alignment": "where all items have events, nothing is aligned; test_marec has it",
        "regularization": 3.0,
        "smoothing": "as for alignment",
        "kinds": "as for alignment",
    },
    TextTower: {
        "texts": ["a b c"] * 25,
        "encoder": tiny_bert(seed=1),
        "n_layers": 2,
        "loss": "match",
        "regularization": 9.0,
        "lora_rank": 2,
        "max_length": 3,
        "training": Training(n_steps=4, batch_size=8),
        "watch": LOOKS_ON,
        "folder": WHERE,
        "resume": WHERE,
        "lower": "it saves time and changes nothing; test_text_tower has it",
    },
}
