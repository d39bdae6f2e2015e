"""What finds a conversation, and what finds a person: time, graph, words?

In the order of time, on mailing lists. Threads: a person joins a thread that
others began; the candidates are the threads of the person's lists that were alive
in the last week. Answers: a person answers another for the first time; the
candidates are the people of the person's lists who were not answered yet. Weights
are learned on what came before each window that is tested.
"""

from itertools import pairwise

import numpy as np
from plmrec_lite.applications.choices import tuned_logit
from plmrec_lite.applications.conversations import thread_joins
from plmrec_lite.applications.social.answers import first_answers, joined
from plmrec_lite.applications.social.pairs import pair_scores
from plmrec_lite.applications.social.threads import with_habits
from plmrec_lite.data import load_mailing_lists
from plmrec_lite.text import encoder_named
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = (0, 1, 2)  # of walks and LightGCN
CASES = {"threads": {"task": "threads"}, "answers": {"task": "answers"}}
SEEDS_OF = {"threads": (0,)}
CHECK = {"task": "threads", "readers": ("TF-IDF",)}
READERS = ("TF-IDF", "GloVe", "MiniLM")
NAMES = {"GloVe": "glove-50d", "MiniLM": "minilm"}
THREADS = {
    "recency": ("recency",),
    "activity": ("size", "age", "day", "unanswered"),
    "habits": ("list", "session", "same list"),
    "people": ("replies", "together", "speaker", "speaker answers"),
    "words": ("TF-IDF",),
}
ANSWERS = {
    "activity": ("recency", "messages", "answered"),
    "circles": ("same lists", "together"),
    "graph": ("answers back", "Adamic-Adar", "walks", "LightGCN"),
    "words": ("TF-IDF",),
}
ALONE = (
    "recency",
    "messages",
    "common neighbours",
    "Adamic-Adar",
    "walks",
    "LightGCN",
)


def run(seed, task, readers=READERS):
    """NDCG@10 of each tested choice, and whose it is."""
    messages = load_mailing_lists().messages
    vectors = {name: vectors_of(messages["text"], name) for name in readers}
    if task == "threads":
        return threads(messages, vectors)
    return answers(messages, vectors, seed)


def vectors_of(texts, reader):
    """Vectors of messages: counted, or centred and of unit length."""
    if reader == "TF-IDF":
        counter = TfidfVectorizer(sublinear_tf=True, min_df=2)
        return counter.fit_transform(texts).toarray()
    encoder = encoder_named(NAMES[reader], cache=True)
    how = {"unknown": "zero"} if reader == "GloVe" else {"truncate": True}
    vectors = encoder.encode(texts.tolist(), **how)
    vectors = vectors - vectors.mean(axis=0)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def threads(messages, vectors):
    """Who joins which thread; three windows of a fifth of the joins."""
    joins = with_habits(thread_joins(messages, vectors), messages)
    cuts = [len(joins) * tenths // 10 for tenths in (4, 6, 8, 10)]
    windows = [
        (joins.part(0, start), joins.part(start, end))
        for start, end in pairwise(cuts)
    ]
    alone = ("recency", "size", "replies", "together", *vectors)
    return judged(windows, alone, models(THREADS, vectors, "recency"))


def answers(messages, vectors, seed):
    """Who answers whom; five windows of a tenth of the messages."""
    cuts = [len(messages) * tenths // 10 for tenths in range(2, 11)]
    parts = []
    for start, end in pairwise(cuts):
        scores = pair_scores(messages, start, vectors, seed)
        parts.append(first_answers(messages, start, end, scores))
    windows = [(joined(parts[:i]), parts[i]) for i in range(3, len(parts))]
    alone = (*ALONE, *vectors)
    return judged(windows, alone, models(ANSWERS, vectors, "activity"))


def models(groups, readers, first):
    """All groups, all but one, and the first alone and with each other one."""
    chosen = {"all": list(groups)}
    for name in groups:
        chosen[f"all but {name}"] = [group for group in groups if group != name]
        if name not in (first, "words"):
            chosen[f"{first} and {name}"] = [first, name]
    if len(groups[first]) > 1:
        chosen[first] = [first]
    columns = {
        name: [column for group in kept for column in groups[group]]
        for name, kept in chosen.items()
    }
    for reader in readers:
        columns[f"all, {reader}"] = [*columns["all but words"], reader]
        columns[f"{first} and {reader}"] = [*groups[first], reader]
    del columns["all"]
    return columns


def judged(windows, alone, learned):
    """The gain of each tested choice, for features alone and learned weights."""
    tests = [test for _, test in windows]
    values = {
        "persons": np.concatenate([test.about["person"] for test in tests]),
        "candidates": np.concatenate([test.counts for test in tests]),
        "by chance": np.concatenate([test.gains_by_chance() for test in tests]),
    }
    for name in alone:
        found = [test.gains(test.features[name]) for test in tests]
        values[name] = np.concatenate(found)
    for name, columns in learned.items():
        found = [
            test.gains(test.table(columns) @ tuned_logit(known, columns))
            for known, test in windows
        ]
        values[f"learned: {name}"] = np.concatenate(found)
    return {key: np.round(value, 4) for key, value in values.items()}
