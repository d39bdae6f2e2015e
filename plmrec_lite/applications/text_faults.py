"""What the texts and columns of items can have that spoils a comparison: also what leaks."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from plmrec_lite.applications.remark import Remark, remark_from

SOME, MUCH = 0.05, 0.2  # shares from which on a fault is worth a remark
SHORT, SENTENCE = 3, 8  # words: fewer say little; from so many on, English has a function word
TOKENS_A_WORD = 1.3  # of English prose; more where words are rare
GOES_WITH = 0.5  # a rank correlation with the number of events that is no coincidence
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|[a-z]{2,6});|https?://")
_FUNCTION_WORDS = ENGLISH_STOP_WORDS - {"system", "bill", "computer", "de", "con", "fire", "mine"}


def look_at_texts(texts, events, max_tokens=512):
    """Return the faults of the texts of items.

    Parameters
    ----------
    texts : list of str, n_items long
    events : int array (n_items,); how many events each item has
    max_tokens : int; what the language model reads of a text

    Returns
    -------
    list of Remark
    """
    words = [text.split() for text in texts]
    lengths = np.array([len(some) for some in words])
    found = [
        remark_from(
            MUCH,
            lengths < SHORT,
            "short texts",
            "texts",
            f"Fewer than {SHORT} words leave a language model little to read.",
            "add columns that say what the thing is: genre, category, maker, description.",
        ),
        remark_from(
            SOME,
            lengths * TOKENS_A_WORD > max_tokens,
            "long texts",
            "texts",
            f"The model reads about {max_tokens / TOKENS_A_WORD:.0f} words, the rest is cut off.",
            "put the title first, then a summary.",
        ),
        remark_from(
            SOME,
            np.array([bool(_MARKUP.search(text)) for text in texts]),
            "markup",
            "texts",
            "They hold tags, entities or addresses, which are read as words.",
            "turn them into plain text (html.unescape, and a parser for tags).",
        ),
        _alike(texts),
        *_language(texts, words),
        _grow(lengths, events),
    ]
    return [remark for remark in found if remark is not None]


def look_at_columns(table, events):
    """Return the columns of an items' table that know how often an item will be met.

    Parameters
    ----------
    table : pandas.DataFrame, n_items rows; in the order of the log's items
    events : int array (n_items,); how many events each item has

    Returns
    -------
    list of Remark; one a column whose ranks go with those of the events

    Raises
    ------
    ValueError: there is not one row an item
    """
    if len(table) != len(events):
        raise ValueError(
            f"{len(table)} rows for {len(events)} items: give one row each, in the order of the "
            "log's items, table.set_index(column).loc[log.item_ids]"
        )
    found = []
    for column in table.select_dtypes("number"):
        values = pd.to_numeric(table[column]).to_numpy(np.float64, na_value=np.nan)
        goes = _rank_correlation(values, events)
        if abs(goes) < GOES_WITH:
            continue
        known = int(np.isfinite(values).sum())
        says = (
            f"It goes with the number of events (rank correlation {goes:+.2f}), those of the test "
            "among them."
        )
        cure = "use it only as it stood on the day of the split; else leave it out."
        name = f"telling column {column!r}"
        found.append(Remark(name, known, len(values), "items", says, cure))
    return found


def _alike(texts):
    """Texts that several items share."""
    counts = pd.Series(texts).map(pd.Series(texts).value_counts()).to_numpy()
    return remark_from(
        0.01,
        counts > 1,
        "shared texts",
        "texts",
        "The same text stands for several items: no model of text can distinguish them.",
        "join variants of one thing under one id, or add what differs.",
    )


def _language(texts, words):
    """Texts in another script than the Latin one, or without a function word of English."""
    foreign = np.array([_foreign_letters(text) > 0.5 for text in texts])
    read = "minilm and mpnet read English; name an encoder of these languages: --encoder."
    yield remark_from(
        SOME,
        foreign,
        "another script",
        "texts",
        "Most of their letters are not Latin.",
        read,
    )
    long = np.array([len(some) >= SENTENCE for some in words]) & ~foreign
    if long.sum() < 20:
        return
    plain = [
        {re.sub(r"\W", "", word).lower() for word in some}
        for some, counts in zip(words, long, strict=True)
        if counts
    ]
    strange = np.array([not (some & _FUNCTION_WORDS) for some in plain])
    says = "None of 'the', 'of', 'is' and their like: lists of names, or another language."
    yield remark_from(MUCH, strange, "hardly English", "longer texts", says, read)


def _foreign_letters(text):
    """Return the share of letters that are not Latin."""
    letters = [sign for sign in text[:500] if sign.isalpha()]
    latin = sum(sign.isascii() or "LATIN" in unicodedata.name(sign, "") for sign in letters)
    return 1 - latin / len(letters) if letters else 0.0


def _grow(lengths, events):
    """Texts that grow with the events: written by those who are tested."""
    goes = _rank_correlation(lengths.astype(np.float64), events)
    if goes < GOES_WITH:
        return None
    says = (
        f"They grow with the number of events (rank correlation {goes:+.2f}): users may have "
        "written them, and the test is in the text."
    )
    cure = "keep only what was written before the split, or by others than the users."
    return Remark("growing texts", len(lengths), len(lengths), "texts", says, cure)


def _rank_correlation(values, events):
    """Spearman's correlation over items where the value is known; 0 where nothing varies."""
    known = np.isfinite(values)
    values, events = values[known], np.asarray(events)[known]
    if len(values) < 20 or len(np.unique(values)) < 2 or len(np.unique(events)) < 2:
        return 0.0
    return float(spearmanr(values, events).statistic)
