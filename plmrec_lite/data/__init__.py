"""Data: where it comes from, what it holds, how it is split.

Page: start/setup.
"""

from plmrec_lite.data.fetch import CacheError, FetchError, cache_home, fetch, find_cached
from plmrec_lite.data.film_facts import join_film_facts, load_film_facts
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.movielens import MovieLens, item_text, load_movielens
from plmrec_lite.data.opinions import load_opinions
from plmrec_lite.data.registry import DATASETS, dataset
from plmrec_lite.data.splits import (
    Split,
    cold_item_split,
    leave_one_out,
    random_split,
    temporal_split,
)
from plmrec_lite.data.synopses import join_synopses, load_synopses
from plmrec_lite.data.titles import match_films

__all__ = [
    "DATASETS",
    "CacheError",
    "FetchError",
    "Interactions",
    "MovieLens",
    "Split",
    "cache_home",
    "cold_item_split",
    "dataset",
    "fetch",
    "find_cached",
    "item_text",
    "join_film_facts",
    "join_synopses",
    "leave_one_out",
    "load_film_facts",
    "load_movielens",
    "load_opinions",
    "load_synopses",
    "match_films",
    "random_split",
    "temporal_split",
]
