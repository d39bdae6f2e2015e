"""MovieLens-1M under three protocols: ``python -m benchmarks.movielens_1m``.

The archive comes from GroupLens under its own terms. Whoever wrote this could not fetch it: the
ranges are predictions, made from published numbers of SASRec and BERT4Rec.
"""

from dataclasses import replace

from plmrec_lite.data import leave_one_out, load_movielens_1m
from plmrec_lite.evaluation.standing import expected_gains, gains, standing
from plmrec_lite.recommenders import EASE, NetworkSettings, Popularity, SequentialTransformer

EXPECTED = {  # NDCG@10 of the sequence model, written down before any run
    "all films": (0.12, 0.20),
    "100 uniform": (0.50, 0.62),
    "100 popular": (0.40, 0.52),
}


def protocols(found, popularity):
    """Mean NDCG@10 under each protocol.

    Parameters
    ----------
    found : Standing
    popularity : int array (n_items,); events of each film that the model knew

    Returns
    -------
    dict of str to float
    """
    counts = found.counts()
    return {
        "all films": gains(counts)[1].mean(),
        "100 uniform": expected_gains(counts, found.n_others(), 100)[1].mean(),
        "100 popular": gains(found.popularity_counts(popularity))[1].mean(),
    }


def main(n_epochs=100):
    """Fit three models, and print each number, for the sequence model with the range expected."""
    split = leave_one_out(load_movielens_1m().interactions)
    known = split.known("test")
    sequence = SequentialTransformer(network=NetworkSettings(length=200))
    sequence.training = replace(sequence.training, n_epochs=n_epochs)
    for model in (Popularity(), EASE(400.0, 0.9), sequence):
        values = protocols(standing(model.fit(known), split), known.popularity())
        for name, value in values.items():
            low, high = EXPECTED[name]
            expected = f"  expected {low:.2f} to {high:.2f}" if model is sequence else ""
            print(f"{model.name:<12}{name:<14}NDCG@10 {value:.4f}{expected}", flush=True)


if __name__ == "__main__":
    main()
