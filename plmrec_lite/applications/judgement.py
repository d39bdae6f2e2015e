"""Does a language model help on these data? One protocol, tuned baselines, a verdict."""

from __future__ import annotations

import inspect
import sys
import time
from dataclasses import dataclass, field

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from plmrec_lite.applications.comparisons import compare_best
from plmrec_lite.applications.contest import (
    SPLITS,
    compare_cold,
    compare_models,
    fewer_users,
    hold_out,
)
from plmrec_lite.applications.judge_report import as_markdown, as_text
from plmrec_lite.checks import check_choice, check_number, check_texts
from plmrec_lite.data.frames import tell
from plmrec_lite.runtime import check_seed
from plmrec_lite.vectors import centre

TFIDF_CELLS = 20_000_000
QUESTIONS = {
    "temporal": "what would the model have recommended on that day, from the past alone?",
    "leave-one-out": "which item comes next for a user already known?",
    "random": "which of the items that a user met were hidden? (not a forecast: no times)",
}


@dataclass(frozen=True, eq=False, repr=False)
class Judgement:
    """What ``judge`` found.

    Attributes
    ----------
    findings : dict of str; what the data are, in words
    split, asks : str; how the log was cut, and the question that this answers
    k : int; the length of the lists
    candidates, cold : list of Candidate; all models; and those that ranked cold items
    comparisons : list of Comparison; the first says whether a language model helps
    cost : dict of float; seconds of encoding and in all, and the most memory in MB (or NaN)
    notes : list of str; what was guessed, converted, dropped or left out on the way
    """

    findings: dict
    split: str
    asks: str
    k: int
    candidates: list
    cold: list
    comparisons: list
    cost: dict
    notes: list = field(default_factory=list)

    def __repr__(self):
        return as_text(self)

    def _repr_markdown_(self):
        return as_markdown(self)


def judge(
    interactions,
    items,
    encoder=None,
    *,
    split="auto",
    max_users=5000,
    k=10,
    seed=0,
    notes=(),
    tell=tell,
):
    """Measure whether a language model's reading of the items' texts helps to recommend them.

    Popularity, item-kNN, EASE (or a factorisation, for more than 5,000 items), TF-IDF, the
    language model, and behaviour with either, each tuned on validation by NDCG and tested once.
    Where there are times, the latest events also count more: recent popularity, and a decay in
    item-kNN, EASE and both texts.

    Parameters
    ----------
    interactions : Interactions
    items : Items or sequence of str; the text of each item of the log, in its order
    encoder : object with ``encode(texts)``, or None; a ``TextEncoder`` (None), a model of
        sentence-transformers, or anything else that returns one vector a text
    split : {"auto", "temporal", "leave-one-out", "random"}; how to hold out; "auto" takes the
        first that the log allows and that leaves at least 50 known users to test
    max_users : int; at most so many are validated and tested on, drawn at random
    k : int; the length of the lists
    seed : int
    notes : sequence of str; what was said when the data were read; kept for the report
    tell : callable; takes a line on what is being done; prints on stderr

    Returns
    -------
    Judgement

    Raises
    ------
    TypeError, ValueError: there is not one text an item, the encoder returns something else than
        one vector a text, an option is unknown, or there is too little to hold out

    Source: Dacrema, Cremonesi & Jannach 2019 (tuned baselines first).
    """
    check_seed(seed)
    began = time.perf_counter()
    texts = check_texts(getattr(items, "texts", items), "items")
    if len(texts) != interactions.n_items:
        raise ValueError(
            f"{len(texts)} texts for {interactions.n_items} items: give one each, in the order of "
            "item_ids, as Items.from_frame(..., interactions=log) does"
        )
    check_choice("split", split, ("auto", *SPLITS))
    check_number("max_users", max_users, least=1, whole=True)
    notes = list(notes)

    def note(line):
        notes.append(line)
        tell(line)

    k = min(k, interactions.n_items)
    kind, cut = hold_out(interactions, split, note)
    cut = fewer_users(cut, max_users, seed, note)
    tell(f"encoding {len(texts)} texts")
    started = time.perf_counter()
    vectors = {"language model": centre(_encode(encoder, texts, note)), "words": _tfidf(texts)}
    encoding = time.perf_counter() - started
    candidates = compare_models(cut, vectors, k, interactions.timestamps is not None, tell)
    cold, held_out = compare_cold(interactions, vectors, k, max_users, seed, tell)
    past = np.unique(cut.testing.known("test").users)
    comparisons = compare_best(candidates, cold, held_out, past)
    cost = {
        "seconds encoding": encoding,
        "seconds in all": time.perf_counter() - began,
        "peak MB": _peak_memory(),
    }
    findings = _describe(interactions, texts)
    return Judgement(findings, kind, QUESTIONS[kind], k, candidates, cold, comparisons, cost, notes)


def _encode(encoder, texts, note):
    """Return one vector a text, from any encoder."""
    options = {}
    if encoder is None:
        from plmrec_lite.text.encoder import TextEncoder

        encoder = TextEncoder()
    if "truncate" in inspect.signature(encoder.encode).parameters:  # a TextEncoder cuts if told to
        options["truncate"] = True
        if any(len(text.split()) > encoder.max_length for text in texts):
            note(f"long texts are cut: the model reads {encoder.max_length} tokens")
    vectors = np.asarray(encoder.encode(texts, **options), dtype=np.float64)
    if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
        raise ValueError(
            f"the encoder returned an array of shape {vectors.shape} for {len(texts)} texts: it "
            "must return one vector of finite numbers for each"
        )
    return vectors


def _tfidf(texts):
    """Return TF-IDF vectors of the most frequent words, as many as a laptop's memory takes."""
    n_words = int(np.clip(TFIDF_CELLS // len(texts), 100, 20_000))
    counter = TfidfVectorizer(sublinear_tf=True, max_features=n_words, token_pattern=r"(?u)\b\w+\b")
    try:
        return counter.fit_transform(texts).toarray()
    except ValueError as error:
        raise ValueError("no text holds a letter or a digit: name other columns") from error


def _describe(log, texts):
    """Say what the data are."""
    events = np.bincount(log.users, minlength=log.n_users)
    words = np.array([len(text.split()) for text in texts])
    pairs = max(log.n_users * log.n_items, 1)
    found = {
        "events": f"{len(log):,}",
        "users": f"{log.n_users:,}, half of them with at most {int(np.median(events))} events",
        "items": f"{log.n_items:,}, {int((log.popularity() < 5).sum()):,} with fewer than 5 events",
        "sparsity": f"{len(log) / pairs:.2%} of all (user, item) pairs",
        "texts": f"{int(np.median(words))} words in the middle, {words.max()} at most; "
        f"{len(set(texts)):,} of {len(texts):,} are different",
        "times": "none",
    }
    if log.timestamps is not None and len(log):
        alike = np.unique(np.stack([log.users, log.timestamps]), axis=1, return_counts=True)[1]
        ties = alike[alike > 1].sum() / len(log)
        found["times"] = f"{ties:.1%} of the events share their user's time with another"
        ends = log.timestamps.min(), log.timestamps.max()
        if ends[0] > 1e8:
            first, last = (str(np.datetime64(int(end), "s"))[:10] for end in ends)
            found["times"] = f"{first} to {last}; {found['times']}"
    return found


def _peak_memory():
    """Return the most memory that this process has had, in MB."""
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    unit = 1e6 if sys.platform == "darwin" else 1e3  # bytes there, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
