"""`EASE.fit` against a plain NumPy inverse, and full-ranking evaluation against ir_measures."""

import ir_measures
import numpy as np

from benchmarks.paired import paired
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import EASE

NAMES = ("P", "R", "Success", "nDCG", "RR", "AP")
PEER_METRICS = [getattr(ir_measures, name) @ 10 for name in NAMES]


def rows():
    """The lines of EASE and of the evaluation; each peer computes the same figures."""
    split = leave_one_out(load_movielens().interactions)
    known = split.known("test")
    model = EASE()

    def plain():
        X = known.matrix().toarray().astype(np.float64)
        P = np.linalg.inv(X.T @ X + model.regularization * np.eye(known.n_items))
        B = -P / np.diag(P)
        np.fill_diagonal(B, 0)
        return B

    np.testing.assert_allclose(model.fit(known).B_, plain(), atol=1e-8)
    yield paired(
        f"EASE.fit, {known.n_users} x {known.n_items}", lambda: model.fit(known), "numpy", plain
    )

    report = evaluate(model, split)
    lists = {
        str(user): {str(item): float(-rank) for rank, item in enumerate(row)}
        for user, row in zip(report.per_user.index, report.recommended, strict=True)
    }
    relevant = {
        str(user): {str(item): 1}
        for user, item in zip(split.test.users, split.test.items, strict=True)
    }

    def peer():
        return ir_measures.calc_aggregate(PEER_METRICS, relevant, lists)

    np.testing.assert_allclose(peer()[ir_measures.nDCG @ 10], report.mean()["ndcg"], atol=1e-9)
    yield paired(
        f"rank all items and 7 metrics, {len(lists)} users",
        lambda: evaluate(model, split),
        "ir_measures, 6 metrics of ready lists",
        peer,
    )
