"""Data: where it comes from, what it holds, how it is split."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "interactions": ["Interactions"],
        "item_texts": ["item_text"],
        "items": ["Items"],
        "labelled_texts": ["LabelledTexts"],
        "own_ids": ["recommend_for", "rows_of"],
        "parts": ["Split"],
        "readers": ["read_behaviors", "read_table"],
        "rolling": ["rolling_splits"],
        "sources.clothing_reviews": ["clothing_items", "clothing_texts", "load_clothing_reviews"],
        "sources.emoji": ["draw_emoji", "load_emoji"],
        "sources.fetch": ["CacheError", "FetchError", "cache_home", "fetch", "find_cached"],
        "sources.film_facts": ["join_film_facts", "load_film_facts"],
        "sources.mailing_lists": ["MailingLists", "load_mailing_lists"],
        "sources.movielens": ["MovieLens", "load_movielens"],
        "sources.movielens_1m": ["load_movielens_1m"],
        "sources.opinions": ["load_opinions"],
        "sources.registry": ["DATASETS", "dataset"],
        "sources.spam": ["load_spam"],
        "sources.synopses": ["join_synopses", "load_synopses"],
        "sources.titles": ["match_films"],
        "splits": [
            "among_all",
            "cold_item_split",
            "leave_one_out",
            "random_split",
            "temporal_split",
        ],
    },
)
