"""Do a person's words tell which conversation comes next, beside time and graph?

In the order of time: a person who has written three messages joins a thread that
others began. The candidates are the threads of that person's lists that were alive
in the last week. A seed is a window of time: models learn from the joins before it,
and are tested on those in it.
"""

from collections import Counter, defaultdict

import numpy as np
from plmrec_lite.data import load_mailing_lists
from plmrec_lite.text import encoder_named
from scipy.optimize import minimize
from scipy.special import log_softmax
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = (0, 1, 2)  # windows: from 40, 60 and 80 % of the joins, a fifth each
CASES = {
    "without words": {},
    "TF-IDF": {"words": "counted"},
    "GloVe": {"words": "glove-50d"},
    "MiniLM": {"words": "minilm"},
}
CHECK = {"words": "counted"}
WEEK, HOUR, AT_LEAST = 7 * 86_400, 3600, 3
TIME = ("recency", "size", "age", "list")
GRAPH = ("replies", "together")
MODELS = {"time": TIME, "time and graph": (*TIME, *GRAPH)}
PENALTIES = (0.3, 1, 3, 10, 30, 100)


def run(seed, words=None):
    """Return gain and log-likelihood of each join in a window, and who joined."""
    messages = load_mailing_lists().messages
    vectors = (
        None if words is None else vectors_of(messages["text"].tolist(), words)
    )
    joins = all_joins(messages, vectors)
    start, end = (
        len(joins) * share // 10 for share in (4 + 2 * seed, 6 + 2 * seed)
    )
    known, test = joins[:start], joins[start:end]
    text = () if words is None else ("words",)
    alone = ("recency", "size", *GRAPH) if words is None else text
    models = {name: (name,) for name in alone}
    models |= {f"learned: {name}": (*c, *text) for name, c in MODELS.items()}
    values = {"persons": [join["person"] for join in test]}
    if words is None:
        counts = [join["features"].shape[0] for join in test]
        values["by chance"] = [np.mean(gains_at(np.arange(n))) for n in counts]
    for name, columns in models.items():
        weights = learned(known, columns) if len(columns) > 1 else np.ones(1)
        scores = [scores_of(join, columns, weights) for join in test]
        values[name] = [
            gain(s, join["chosen"]) for s, join in zip(scores, test, strict=True)
        ]
        if len(columns) > 1:
            values[f"{name}, log-likelihood"] = [
                float(log_softmax(s)[join["chosen"]])
                for s, join in zip(scores, test, strict=True)
            ]
    return values


def vectors_of(texts, words):
    """Centred vectors of unit length, by counted words or by an encoder."""
    if words == "counted":
        counted = TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform(texts)
        return counted.toarray()
    encoder = encoder_named(words, cache=True)
    vectors = (
        encoder.encode(texts, unknown="zero")
        if words == "glove-50d"
        else encoder.encode(texts, truncate=True)
    )
    return unit(vectors - vectors.mean(axis=0))


def unit(vectors):
    """Rows of length 1; zeros stay."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def all_joins(messages, vectors):
    """Every join with its candidates' features, from nothing later than itself."""
    rows = messages[["person", "thread", "list", "time", "reply_to"]]
    rows = list(rows.itertuples(index=False))
    said, threads = (
        defaultdict(list),
        defaultdict(list),
    )  # rows of a person, a thread
    met = {name: Counter() for name in GRAPH}
    joins = []
    for i, row in enumerate(rows):
        mine, there = said[row.person], threads[row.thread]
        others = {rows[j].person for j in there} - {row.person}
        if (
            len(mine) >= AT_LEAST
            and there
            and all(rows[j].person != row.person for j in there)
        ):
            alive = candidates(rows, row, mine, threads)
            if row.thread in alive and len(alive) > 1:
                features = [
                    described(rows, row, mine, threads[thread], met, vectors)
                    for thread in alive
                ]
                joins.append(
                    {
                        "person": row.person,
                        "chosen": alive.index(row.thread),
                        "features": np.array(features),
                    }
                )
        if row.reply_to >= 0:
            pair = frozenset((row.person, rows[row.reply_to].person))
            met["replies"][pair] += 1
        met["together"].update(frozenset((row.person, other)) for other in others)
        said[row.person].append(i)
        threads[row.thread].append(i)
    return joins


def candidates(rows, row, mine, threads):
    """Threads that are alive on the person's lists, and not yet joined."""
    own = {rows[j].thread for j in mine}
    lists = {rows[j].list for j in mine}
    return [
        thread
        for thread, there in threads.items()
        if there
        and thread not in own
        and rows[there[0]].list in lists
        and row.time - rows[there[-1]].time <= WEEK
    ]


def described(rows, row, mine, there, met, vectors):
    """The features of one candidate: TIME, GRAPH, and the cosine of the words."""
    where = rows[there[0]].list
    people = {rows[j].person for j in there}
    features = [
        -np.log1p((row.time - rows[there[-1]].time) / HOUR),
        np.log(len(there)),
        -np.log1p((row.time - rows[there[0]].time) / HOUR),
        np.log(np.mean([rows[j].list == where for j in mine])),
    ]
    for name in GRAPH:
        pairs = (frozenset((row.person, other)) for other in people)
        features.append(np.log1p(sum(met[name][pair] for pair in pairs)))
    if vectors is not None:
        features.append(unit(vectors[mine].mean(0)) @ unit(vectors[there].mean(0)))
    return features


def scores_of(join, columns, weights):
    """The score of each candidate."""
    names = (*TIME, *GRAPH, "words")
    return join["features"][:, [names.index(name) for name in columns]] @ weights


def gain(scores, chosen):
    """NDCG@10 of the chosen one; among equal scores the middle place."""
    better = np.sum(scores > scores[chosen])
    return float(gains_at(better + (np.sum(scores == scores[chosen]) - 1) / 2))


def gains_at(places):
    """What places from 0 are worth."""
    return np.where(np.asarray(places) < 10, 1 / np.log2(np.asarray(places) + 2), 0)


def learned(joins, columns):
    """Weights of a conditional logit; its penalty is chosen on the last quarter."""
    first, last = joins[: len(joins) * 3 // 4], joins[len(joins) * 3 // 4 :]

    def worth(penalty):
        weights = conditional_logit(first, columns, penalty)
        scores = (scores_of(join, columns, weights) for join in last)
        return np.mean(
            [log_softmax(s)[j["chosen"]] for s, j in zip(scores, last, strict=True)]
        )

    return conditional_logit(joins, columns, max(PENALTIES, key=worth))


def conditional_logit(joins, columns, penalty):
    """Weights w that maximise the likelihood of the choices less penalty |w|^2.

    Source: McFadden 1974.
    """
    eye = np.eye(len(columns))
    tables = [scores_of(join, columns, eye) for join in joins]  # (n, d) each
    scale = np.concatenate(tables).std(axis=0) + 1e-12
    tables = [table / scale for table in tables]

    def loss(weights):
        value, slope = penalty * weights @ weights, 2 * penalty * weights
        for table, join in zip(tables, joins, strict=True):
            logs = log_softmax(table @ weights)
            value -= logs[join["chosen"]]
            slope = slope + np.exp(logs) @ table - table[join["chosen"]]
        return value, slope

    found = minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B")
    return found.x / scale
