"""A small shop: forty people, twenty-four films of three kinds."""

import numpy as np
import pandas as pd

from plmrec_lite.applications.serving.served_folder import save_service
from plmrec_lite.data import Interactions
from plmrec_lite.recommenders import EASE

N_USERS, N_ITEMS = 40, 24
KINDS = ("war", "love", "space")


def shop_log(seed=0):
    """People p0 to p39, who like one kind of the items 100 to 123 each."""
    rng, rows = np.random.default_rng(seed), []
    for user in range(N_USERS):
        liked = 100 + np.arange(user % 3, N_ITEMS, 3)
        rows += [(f"p{user}", item) for item in rng.choice(liked, 5, replace=False)]
        rows.append((f"p{user}", 100 + rng.integers(N_ITEMS)))
    table = pd.DataFrame(rows, columns=["person", "item"]).drop_duplicates()
    table = pd.concat([table, pd.DataFrame({"person": ["p0"], "item": [100 + N_ITEMS - 1]})])
    table["time"] = rng.permutation(len(table))
    return Interactions.from_frame(table, "person", "item", time="time", tell=lambda line: None)


def texts():
    return [f"Film {i} of {KINDS[i % 3]}, 电影, the best" for i in range(N_ITEMS)]


def make_folder(folder, model=None):
    log = shop_log()
    save_service(folder, (model or EASE(20)).fit(log), log, texts())
    return folder
