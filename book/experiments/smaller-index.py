"""How few bytes a vector may take before search and recommendation notice.

MiniLM's vectors are cut to fewer numbers (the first ones, or the main directions of
2,700 sentences that nothing else uses), and each number to a byte or a bit. They
serve a search for the ten nearest of these sentences, a search among 100 clothes,
and a ranking of cold films (20 choices). Nothing is drawn, so there is one seed.

Predictions, written before the run:

1. With a byte a number, at least 97 % of the nearest ten are found, and NDCG@10 on
   cold films changes by less than 0.01.
2. With a bit a number, fewer than 80 % are found, and with rescoring at least 90 %.
   NDCG@10 on cold films loses less than 0.01.
3. The first 96 numbers of 384 lose more than 0.01 of NDCG@10, and the main 96
   directions less than they do.
"""

import numpy as np
from plmrec_lite.applications.compress.quality import (
    ColdFilms,
    Opinions,
    ShopSearch,
)
from plmrec_lite.applications.nearest.compressed import (
    CompressedIndex,
    main_directions,
    shortened,
)
from plmrec_lite.applications.nearest.trial import shares_found
from plmrec_lite.applications.search.dense import mean_by_item
from plmrec_lite.book.packing import packed
from plmrec_lite.text import TextEncoder

SEEDS = (0, 1, 2)
SIZES = (384, 192, 96, 48)
CASES = {
    "384 numbers": {"size": 384},
    **{
        f"{size} {what}": {"size": size, "what": what}
        for size in SIZES[1:]
        for what in ("numbers", "directions")
    },
}
SEEDS_OF = dict.fromkeys(CASES, (0,))
CHECK = {"size": 96, "small": True}
RESCORE, K = 4, 10
KEPT = {
    "float32": {"kind": "float32"},
    "int8": {"kind": "int8"},
    "binary": {"kind": "binary"},
    "binary, rescored": {"kind": "binary", "rescore": RESCORE},
}


def run(seed, size, what="numbers", small=False):
    """Return what each kind of number finds, and the bytes of a vector."""
    films = ColdFilms(3, n_users=100) if small else ColdFilms()
    opinions = Opinions(90, 30, 200) if small else Opinions()
    shop = ShopSearch(10, 2) if small else ShopSearch()
    encode = TextEncoder("minilm", cache=True).encode
    there = encode(opinions.unused[:300] if small else opinions.unused)
    asked = encode(opinions.test.texts)
    of_films = encode(films.texts)
    items = mean_by_item(encode(shop.documents), shop.about, shop.n_items)
    queries = encode(shop.queries)
    nearest = CompressedIndex(there, "float32").search(asked, K)
    directions = main_directions(there, size) if what == "directions" else None

    def short(vectors):
        return shortened(vectors, size, directions)

    values = {}
    for name, how in KEPT.items():
        index = CompressedIndex(short(there), **how)
        found = shares_found(index.search(short(asked), K), nearest)
        lists = CompressedIndex(short(items), **how).search(short(queries), K)
        values |= {
            f"{name}, bytes": index.n_bytes / len(index),
            f"{name}, bytes beside": index.n_bytes_beside / len(index),
            f"{name}, found": packed(np.rint(K * found).astype(np.int64)),
            f"{name}, places": packed(places(lists, shop.wanted)),
        }
        if "rescore" not in how:
            kept = CompressedIndex(short(of_films), **how).decoded()
            values[f"{name}, ndcg"] = films.ndcg_of(kept).tolist()
    return values


def places(lists, wanted):
    """At which place of each list the wanted item stands; 0 for none."""
    hits = lists == wanted[:, None]
    return np.where(hits.any(axis=1), hits.argmax(axis=1) + 1, 0)
