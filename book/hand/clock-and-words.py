"""Words beside the clock under the hand: who joins which thread, at several weights of words."""

import numpy as np
from plmrec_lite.applications.conversations import thread_joins
from plmrec_lite.data import load_mailing_lists
from plmrec_lite.evaluation.intervals import mean_over_people
from sklearn.feature_extraction.text import TfidfVectorizer
from threadpoolctl import threadpool_limits

WEIGHTS = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]  # of the words; the clock's is 1
FEW = 5  # candidates that a join needs to be shown
K = 10


def prepared():
    """The joins that are for learning only: the first 40 %."""
    messages = load_mailing_lists().messages
    counter = TfidfVectorizer(sublinear_tf=True, min_df=2)
    words = counter.fit_transform(messages["text"]).toarray()
    with threadpool_limits(1, "blas"):  # many short products: threads would only wait
        joins = thread_joins(messages, {"words": words}, at_least=3)
    return joins.part(0, len(joins) * 4 // 10)


def value(joins, weight):
    """NDCG@10 at one weight: mean, and the ends of its interval over people."""
    gains = joins.gains(joins.features["recency"] + weight * joins.features["words"], k=K)
    return [round(float(v), 4) for v in mean_over_people(gains, joins.about["person"].to_numpy())]


def shown(joins):
    """A join that the clock finds and words do not, one the other way round, and one neither."""
    clock, words = (joins.gains(joins.features[name]) == 1 for name in ("recency", "words"))
    kinds = (clock & ~words, ~clock & words, ~clock & ~words)
    fits = np.where(joins.counts < FEW, joins.counts.max() + 1, joins.counts)
    return [int(np.where(kind, fits, fits.max()).argmin()) for kind in kinds]  # of few candidates


def make():
    """The value at each weight, and three joins: the features of their candidates."""
    joins = prepared()
    examples = []
    for row in shown(joins):
        inside = slice(joins.starts[row], joins.starts[row] + joins.counts[row])
        examples.append(
            {
                "recency": joins.features["recency"][inside].round(4).tolist(),
                "words": joins.features["words"][inside].round(4).tolist(),
                "joined": int(joins.chosen[row]),
            }
        )
    return {
        "weights": WEIGHTS,
        "ndcg": [value(joins, weight) for weight in WEIGHTS],
        "joins": examples,
        "tested": len(joins),
    }


def words(data):
    """The value with the clock alone, the largest one, and that of the largest weight."""
    mean = [row[0] for row in data["ndcg"]]
    best = int(np.argmax(mean))
    return {
        "tested": str(data["tested"]),
        "without": f"{mean[0]:.3f}",
        "best": str(WEIGHTS[best]),
        "value": f"{mean[best]:.3f}",
        "most": str(WEIGHTS[-1]),
        "last": f"{mean[-1]:.3f}",
    }


def part(data):
    """The value at two weights, and the words of the joins shown."""
    joins = prepared()
    steps = [0, WEIGHTS.index(4)]
    held = {"ndcg": [data["ndcg"][step] for step in steps]}
    anew = {"ndcg": [value(joins, WEIGHTS[step]) for step in steps]}
    for example, row in zip(data["joins"], shown(joins), strict=True):
        inside = slice(joins.starts[row], joins.starts[row] + joins.counts[row])
        held[f"join {row}"] = example["words"]
        anew[f"join {row}"] = joins.features["words"][inside]
    return held, anew
