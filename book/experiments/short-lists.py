"""How does a sequence model order the films that a GPT orders on the same lists?

EASE with decay names 50 films; a sequence model that was trained on the log orders
them, for the same people and in the same form as `prompting`.
"""

from dataclasses import replace

import numpy as np
from plmrec_lite.book.packing import packed
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.recommenders import EASE, SequentialTransformer
from plmrec_lite.recommenders.generative.shortlists import (
    liked_in_order,
    place_among,
)

SEEDS = (0, 1, 2)
N_EPOCHS = 48  # chosen on validation in `objectives`
CASES = {"sequence model": {"n_epochs": N_EPOCHS}}
CHECK = {"n_epochs": 1}

N_CANDIDATES = 50
FADED = {"regularization": 400.0, "decay": 0.9}  # chosen on validation
NOT_THERE = 255  # the place of a next film that is no candidate


def run(seed, n_epochs):
    """Places of the next films of all people in the order of `prompting`."""
    split = leave_one_out(load_movielens().interactions)
    known, last = split.known("test"), split.held_out("test")
    chosen = np.random.default_rng(0).permutation(len(last))
    users, wanted = last.users[chosen], last.items[chosen]
    lists = EASE(**FADED).fit(known).recommend(users, N_CANDIDATES)
    liked = liked_in_order(known)
    settings = replace(
        SequentialTransformer().training, n_epochs=n_epochs, seed=seed
    )
    model = SequentialTransformer("next", training=settings).fit(known)
    scores, places = model.score(users), np.full(len(users), NOT_THERE)
    for row, user in enumerate(users.tolist()):
        if user in liked and wanted[row] in lists[row]:
            places[row] = place_among(
                lists[row], scores[row, lists[row]], wanted[row]
            )
    gains = np.where(places < 10, 1 / np.log2(places + 2), 0)
    return {"sequence, places": packed(places), "sequence, ndcg": gains.mean()}
