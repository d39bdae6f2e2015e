"""Does a language model help on these data? One protocol, tuned baselines, a verdict."""

from __future__ import annotations

import inspect
import sys
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from plmrec_lite.applications.judge_report import as_markdown, as_text
from plmrec_lite.checks import check_texts
from plmrec_lite.data.frames import tell
from plmrec_lite.data.splits import (
    Split,
    cold_item_split,
    leave_one_out,
    random_split,
    temporal_split,
)
from plmrec_lite.evaluation.estimate import Estimate
from plmrec_lite.evaluation.protocol import evaluate
from plmrec_lite.evaluation.report import Report
from plmrec_lite.recommenders.blend import Blend
from plmrec_lite.recommenders.content import ContentBased
from plmrec_lite.recommenders.ease import EASE
from plmrec_lite.recommenders.matrix_factorization import MatrixFactorization
from plmrec_lite.recommenders.neighbours import ItemKNN
from plmrec_lite.recommenders.popularity import Popularity
from plmrec_lite.recommenders.ridge import ItemRidge
from plmrec_lite.vectors import centre, unit_scale

FEW_USERS = 50  # with fewer an interval over users says next to nothing
WORTH = 0.05  # the smallest gain worth having, as a share of the best without
EASE_ITEMS = 5000  # above this a grid of matrices of items by items takes a laptop too long
RIDGE_CELLS = 50_000_000  # above this a dense table of items by users is
TFIDF_CELLS = 20_000_000
WEIGHTS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
QUESTIONS = {
    "temporal": "what would the model have recommended on that day, from the past alone?",
    "leave-one-out": "which item comes next for a user already known?",
    "random": "which of the items that a user met were hidden? (not a forecast: no times)",
}
SPLITS = {
    "temporal": temporal_split,
    "leave-one-out": leave_one_out,
    "random": partial(random_split, validation=0.2, test=0.2),  # users with five items have both
}


@dataclass(frozen=True, eq=False)
class Candidate:
    """One model, tuned on validation and tested once.

    Attributes
    ----------
    name : str
        What tables call it.
    uses : {"behaviour", "words", "language model"}
        What it knows of items beside who met them, if anything.
    setting : dict
        What validation chose.
    validation : float
        NDCG on validation with that setting.
    report : Report
        On the test, fitted anew on all that is known before it.
    seconds : float
        Tuning, fitting and testing together.
    """

    name: str
    uses: str
    setting: dict
    validation: float
    report: Report
    seconds: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """The best of one kind against the best of another, both chosen on validation.

    Attributes
    ----------
    claim : str
        What is examined.
    mine, theirs : str
        The two models.
    difference : Estimate
        In NDCG, paired over users, with its 95 % interval.
    n_users : int
        How many users were tested.
    verdict : {"holds", "does not hold", "not shown"}
        What the interval says.
    reason : str
        Why, in words.
    """

    claim: str
    mine: str
    theirs: str
    difference: Estimate
    n_users: int
    verdict: str
    reason: str


@dataclass(frozen=True, eq=False, repr=False)
class Judgement:
    """What ``judge`` found.

    Attributes
    ----------
    findings : dict of str
        What the data are, in words.
    notes : list of str
        What was guessed, converted, dropped or left out on the way.
    split, asks : str
        How the log was cut, and the question that this answers.
    k : int
        The length of the lists.
    candidates, cold : list of Candidate
        All models; and those that ranked items nobody had met, where there were enough.
    comparisons : list of Comparison
        The first says whether a language model helps.
    cost : dict of float
        Seconds of encoding and in all, and the most memory in MB (NaN where unknown).
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

    Parameters
    ----------
    interactions : Interactions
        The log.
    items : Items or sequence of str
        The text of each item of the log, in its order.
    encoder : object with ``encode(texts)``, or None
        Returns one vector a text, such as a ``TextEncoder`` or a model of sentence-transformers;
        None takes ``TextEncoder()``.
    split : {"auto", "temporal", "leave-one-out", "random"}
        How to hold out; "auto" takes the first of these that the log allows and that leaves at
        least 50 known users to test.
    max_users : int
        At most so many users are validated and tested on, drawn at random.
    k : int, default 10
        The length of the lists.
    seed : int
        The seed of the draws.
    notes : sequence of str
        What was said when the data were read; kept for the report.
    tell : callable
        Takes a line on what is being done; prints on stderr.

    Returns
    -------
    Judgement

    Raises
    ------
    TypeError, ValueError
        If there is not one text an item, the encoder returns something else than one vector a
        text, an option is unknown, or there is too little to hold out.

    Source: Dacrema, Cremonesi & Jannach 2019 (tuned baselines first).
    """
    began = time.perf_counter()
    texts = check_texts(getattr(items, "texts", items), "items")
    if len(texts) != interactions.n_items:
        raise ValueError(
            f"{len(texts)} texts for {interactions.n_items} items: give one each, in the order of "
            "item_ids, as Items.from_frame(..., interactions=log) does"
        )
    if split != "auto" and split not in SPLITS:
        raise ValueError(f"split={split!r}: use 'auto', {', '.join(map(repr, SPLITS))}")
    if max_users < 1:
        raise ValueError(f"max_users={max_users}: test at least one user")
    notes = list(notes)

    def note(line):
        notes.append(line)
        tell(line)

    k = min(k, interactions.n_items)
    kind, cut = _cut(interactions, split, note)
    cut = _fewer_users(cut, max_users, seed, note)
    tell(f"encoding {len(texts)} texts")
    started = time.perf_counter()
    vectors = {"language model": centre(_encode(encoder, texts, note)), "words": _tfidf(texts)}
    encoding = time.perf_counter() - started
    candidates = _compare(cut, vectors, k, interactions.timestamps is not None, tell)
    cold = _compare_cold(interactions, vectors, k, max_users, seed, tell)
    return Judgement(
        findings=_describe(interactions, texts),
        split=kind,
        asks=QUESTIONS[kind],
        k=k,
        candidates=candidates,
        cold=cold,
        comparisons=_verdicts(candidates, cold),
        cost={
            "seconds encoding": encoding,
            "seconds in all": time.perf_counter() - began,
            "peak MB": _peak_memory(),
        },
        notes=notes,
    )


def _cut(log, split, note):
    """Hold out in time where that leaves enough users, else each user's last, else at random."""
    if split != "auto":
        kinds = [split]
    else:
        kinds = ["random"] if log.timestamps is None else ["temporal", "leave-one-out"]
    for kind in kinds:
        try:
            cut = SPLITS[kind](log)
        except ValueError as error:
            if kind == kinds[-1]:
                raise
            note(f"no {kind} split: {error}")
            continue
        n_test, n_validation = (_known_users(cut, part) for part in ("test", "validation"))
        if min(n_test, n_validation) >= FEW_USERS or kind == kinds[-1]:
            break
        note(
            f"no {kind} split: only {n_test} users have a past and something in the test, "
            f"{n_validation} in validation"
        )
    for part in ("validation", "test"):
        if not len(cut.held_out(part)):
            raise ValueError(
                f"the {part} part is empty: the {kind} split needs users with at least "
                f"{5 if kind == 'random' else 3} different items, and these data have too few"
            )
    return kind, cut


def _known_users(split, part):
    """Return how many users have something in a part, and a past before it."""
    return len(np.intersect1d(split.held_out(part).users, split.known(part).users))


class _Cut(NamedTuple):
    """One split twice: a held-out part is thinned where it is evaluated, whole where learned."""

    validating: Split
    testing: Split


def _fewer_users(split, max_users, seed, note):
    """Evaluate at most so many users of each part; what the others did stays to be learned."""
    rng, parts = np.random.default_rng(seed), {}
    for part in ("validation", "test"):
        held_out = split.held_out(part)
        users = np.unique(held_out.users)
        if len(users) > max_users:
            chosen = rng.choice(users, max_users, replace=False)
            held_out = held_out.select(np.isin(held_out.users, chosen))
            note(f"{part}: {max_users} of {len(users)} users, drawn at random")
        parts[part] = replace(split, **{part: held_out})
    return _Cut(parts["validation"], parts["test"])


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


def _compare(cut, vectors, k, timed, tell):
    """Tune and test every model."""
    decays = (1.0, 0.9, 0.7, 0.5) if timed else (1.0,)
    found = [_tune("popularity", "behaviour", Popularity, [{}], cut, None, k, tell)]
    grid = [{"n_neighbours": n, "shrinkage": s} for n in (50, 200, 800) for s in (0.0, 50.0)]
    found.append(_tune("item-kNN", "behaviour", ItemKNN, grid, cut, None, k, tell))
    if cut.testing.train.n_items <= EASE_ITEMS:
        learner, name = EASE, "EASE"
        grid = [{"regularization": value} for value in (10.0, 30.0, 100.0, 300.0, 1000.0)]
        if timed:
            chosen, _ = _choose(EASE, grid, cut, None, k)
            grid = [{**chosen, "decay": decay} for decay in (1.0, 0.95, 0.9, 0.8)]
    else:
        learner, name = MatrixFactorization, "iALS"
        grid = [{"n_factors": d, "alpha": a} for d in (32, 64) for a in (0.1, 1.0)]
    learned = _tune(name, "behaviour", learner, grid, cut, None, k, tell)
    found.append(learned)
    for uses, title in (("words", "TF-IDF"), ("language model", "language model")):
        grid = [{"decay": decay} for decay in decays]
        read = _tune(title, uses, ContentBased, grid, cut, vectors[uses], k, tell)
        blend = partial(Blend, learner(**learned.setting), ContentBased(**read.setting))
        grid = [{"weight": weight} for weight in WEIGHTS]
        both = _tune(f"{name} + {title}", uses, blend, grid, cut, vectors[uses], k, tell)
        found += [read, both]
    return found


def _choose(make, grid, cut, vectors, k):
    """Return the setting that is best on validation, and its NDCG there."""
    best, best_ndcg, model = None, -1.0, None
    for setting in grid:
        if isinstance(model, Blend):  # fitted already: only the weight is another
            model.weight = setting["weight"]
        else:
            model = make(**setting).fit(cut.validating.train, vectors)
        ndcg = float(evaluate(model, cut.validating, k, "validation").mean()["ndcg"])
        if ndcg > best_ndcg:
            best, best_ndcg = setting, ndcg
    return best, best_ndcg


def _tune(name, uses, make, grid, cut, vectors, k, tell):
    """Choose a setting on validation; fit it on all that precedes the test, and test it."""
    started = time.perf_counter()
    setting, validation = _choose(make, grid, cut, vectors, k)
    model = make(**setting).fit(cut.testing.known("test"), vectors)
    model.name = name
    report = evaluate(model, cut.testing, k)
    seconds = time.perf_counter() - started
    tell(f"{name}: NDCG@{k} {validation:.4f} on validation, {seconds:.1f} s")
    return Candidate(name, uses, setting, validation, report, seconds)


def _compare_cold(log, vectors, k, max_users, seed, tell):
    """Rank items that nobody has met, where there are enough of them."""
    try:
        split = cold_item_split(log, seed=seed, min_rating=None)
    except ValueError:
        return []
    n_cold = min(int(mask.sum()) for mask in split.candidates.values())
    users = min(_known_users(split, part) for part in ("validation", "test"))
    if n_cold < 2 * k or users < FEW_USERS:
        return []
    cut = _fewer_users(split, max_users, seed, tell)
    ridge = log.n_users * log.n_items <= RIDGE_CELLS
    make = ItemRidge if ridge else ContentBased
    grid = [{"regularization": v} for v in (1.0, 3.0, 10.0, 30.0, 100.0)] if ridge else [{}]
    return [
        _tune(f"{title}, cold items", uses, make, grid, cut, unit_scale(vectors[uses]), k, tell)
        for uses, title in (("words", "TF-IDF"), ("language model", "language model"))
    ]


def _verdicts(candidates, cold):
    """Compare the best of each kind, chosen on validation."""

    def best(*uses, among=candidates):
        return max((c for c in among if c.uses in uses), key=lambda c: c.validation)

    found = [
        _verdict("A language model helps", best("language model"), best("behaviour", "words")),
        _verdict("Text helps at all", best("language model", "words"), best("behaviour")),
    ]
    if cold:
        words, model = (best(uses, among=cold) for uses in ("words", "language model"))
        claim = "A language model ranks these cold items better than TF-IDF"
        found.append(_verdict(claim, model, words))
    return found


def _verdict(claim, mine, theirs):
    """Say what the paired interval over users says."""
    difference = mine.report.compare(theirs.report)
    n_users, base = len(mine.report.per_user), float(theirs.report.mean()["ndcg"])
    if n_users < FEW_USERS:
        verdict = "not shown"
        reason = f"{n_users} users in the test, fewer than {FEW_USERS}: the interval cannot tell"
    elif mine.setting.get("weight") == 0:
        verdict, reason = "does not hold", "validation gave the text no weight at all"
    elif difference.low > 0:
        verdict, reason = "holds", "the interval lies above 0"
    elif difference.high < WORTH * base:
        verdict = "does not hold"
        reason = f"any gain is smaller than {WORTH:.0%} of {base:.3f}"
    else:
        verdict = "not shown"
        reason = f"the interval holds both 0 and a gain of {WORTH:.0%}: more users would tell"
    return Comparison(claim, mine.name, theirs.name, difference, n_users, verdict, reason)


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
    }
    if log.timestamps is None:
        found["times"] = "none"
    elif len(log):
        alike = np.unique(np.stack([log.users, log.timestamps]), axis=1, return_counts=True)[1]
        ties = alike[alike > 1].sum() / len(log)
        found["times"] = f"{ties:.1%} of the events share their user's time with another"
        if log.timestamps.min() > 1e8:
            first, last = (
                str(np.datetime64(int(t), "s"))[:10]
                for t in (log.timestamps.min(), log.timestamps.max())
            )
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
