"""Data: where it comes from, what it holds, how it is split."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "interactions": ["Interactions"],
        "items": ["Items", "item_text"],
        "labelled_texts": ["LabelledTexts"],
        "own_ids": ["recommend_for", "rows_of"],
        "readers": ["read_behaviors", "read_table"],
        "sources.fetch": ["CacheError", "FetchError", "cache_home", "fetch", "find_cached"],
        "sources.film_facts": ["join_film_facts", "load_film_facts"],
        "sources.movielens": ["MovieLens", "load_movielens"],
        "sources.opinions": ["load_opinions"],
        "sources.registry": ["DATASETS", "dataset"],
        "sources.synopses": ["join_synopses", "load_synopses"],
        "sources.titles": ["match_films"],
        "splits": [
            "Split",
            "among_all",
            "cold_item_split",
            "leave_one_out",
            "random_split",
            "temporal_split",
        ],
    },
)
