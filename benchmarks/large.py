"""Over a million made events of 100,000 users and 20,000 items, beside implicit.

Every step runs in a process of its own, ours and the peer's in turn, so that its memory is its own.
`python -m benchmarks.large` prints these lines alone.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, load_npz, save_npz

from benchmarks.paired import Row, measured, print_row

N_USERS, N_ITEMS, N_DRAWS = 100_000, 20_000, 1_400_000
N_GROUPS = 20  # users like one of as many kinds of items more than the others
FACTORS, EPOCHS, NEIGHBOURS = 32, 7, 100
MOST_MB = 3000


def made_events(seed=0):
    """Return users, items and times: few users and few items have most of the events."""
    rng = np.random.default_rng(seed)
    activity = rng.lognormal(0, 1, N_USERS)
    users = rng.choice(N_USERS, N_DRAWS, p=activity / activity.sum())
    popularity = 1 / np.arange(1, N_ITEMS + 1)  # Zipf
    items = rng.choice(N_ITEMS, N_DRAWS, p=popularity / popularity.sum())
    liked = rng.random(N_DRAWS) < 0.5
    items[liked] += users[liked] % N_GROUPS - items[liked] % N_GROUPS
    pairs = np.unique(users * N_ITEMS + items)
    times = rng.permutation(len(pairs))
    return pairs // N_ITEMS, pairs % N_ITEMS, times


class Ours:
    """The steps with plmrec_lite: each returns what is timed, which returns NDCG@10 or None."""

    def __init__(self, folder):
        from plmrec_lite.data import Interactions, leave_one_out

        columns = np.load(folder / "events.npz")
        ones = np.ones(len(columns["users"]))
        self.folder, self.leave_one_out = folder, leave_one_out
        self.log = Interactions(
            columns["users"], columns["items"], ones, columns["times"], N_USERS, N_ITEMS
        )

    def split(self):
        """Hold out each user's last two events."""
        return lambda: self.leave_one_out(self.log) and None

    def popularity(self):
        """Count, and judge everybody's list."""
        from plmrec_lite.recommenders import Popularity

        return self._fit_and_judge(Popularity())

    def neighbours(self):
        """Find the nearest items, and judge everybody's list."""
        from plmrec_lite.recommenders import ItemKNN

        return self._fit_and_judge(ItemKNN(NEIGHBOURS))

    def factors(self):
        """Fit ALS and save it for the next step."""
        split, model = self.leave_one_out(self.log), self._als()
        model.fit(split.known("test")).save(self.folder / "als")
        return lambda: model.fit(split.known("test")) and None

    def ranking(self):
        """Rank all items for all users, and judge the lists."""
        from plmrec_lite.evaluation import evaluate
        from plmrec_lite.recommenders import MatrixFactorization

        split, model = self.leave_one_out(self.log), MatrixFactorization.load(self.folder / "als")
        return lambda: evaluate(model, split).mean()["ndcg"]

    def together(self):
        """Split, fit ALS and judge it."""
        from plmrec_lite.evaluation import evaluate

        def run():
            split = self.leave_one_out(self.log)
            return evaluate(self._als().fit(split.known("test")), split).mean()["ndcg"]

        return run

    def _als(self):
        from plmrec_lite.recommenders import MatrixFactorization

        return MatrixFactorization(FACTORS, n_epochs=EPOCHS)

    def _fit_and_judge(self, model):
        from plmrec_lite.evaluation import evaluate

        split = self.leave_one_out(self.log)
        known = split.known("test")
        return lambda: evaluate(model.fit(known), split).mean()["ndcg"]


class Peer:
    """The same steps with implicit, which takes a matrix and draws who is held out."""

    def __init__(self, folder):
        columns = np.load(folder / "events.npz")
        ones = np.ones(len(columns["users"]), dtype=np.float32)
        self.folder = folder
        self.X = csr_matrix((ones, (columns["users"], columns["items"])), (N_USERS, N_ITEMS))

    def split(self):
        """Hold out one event of each user."""
        from implicit.evaluation import leave_k_out_split

        return lambda: leave_k_out_split(self.X, K=1, random_state=0) and None

    def neighbours(self):
        """Find the nearest items, and judge everybody's list."""
        from implicit.nearest_neighbours import CosineRecommender

        train, test = self._parts()
        model = CosineRecommender(K=NEIGHBOURS)

        def run():
            model.fit(train, show_progress=False)
            return self._judge(model, train, test)

        return run

    def factors(self):
        """Fit ALS and save it for the next step."""
        (train, test), model = self._parts(), self._als()
        for name, part in (("train", train), ("test", test)):
            save_npz(self.folder / name, part)  # drawn anew, the test would hold what was learned
        model.fit(train, show_progress=False)
        model.save(str(self.folder / "als-peer.npz"))
        return lambda: model.fit(train, show_progress=False)

    def ranking(self):
        """Rank all items for all users, and judge the lists."""
        from implicit.cpu.als import AlternatingLeastSquares

        train, test = (load_npz(self.folder / f"{name}.npz") for name in ("train", "test"))
        model = AlternatingLeastSquares.load(str(self.folder / "als-peer.npz"))
        return lambda: self._judge(model, train, test)

    def together(self):
        """Split, fit ALS and judge it."""

        def run():
            train, test = self._parts()
            model = self._als()
            model.fit(train, show_progress=False)
            return self._judge(model, train, test)

        return run

    def _parts(self):
        from implicit.evaluation import leave_k_out_split

        return leave_k_out_split(self.X, K=1, random_state=0)

    def _als(self):
        from implicit.cpu.als import AlternatingLeastSquares

        return AlternatingLeastSquares(factors=FACTORS, iterations=EPOCHS, random_state=0)

    def _judge(self, model, train, test):
        from implicit.evaluation import ranking_metrics_at_k

        threads = os.cpu_count() if hasattr(model, "factors") else 1  # as its documentation advises
        found = ranking_metrics_at_k(model, train, test, show_progress=False, num_threads=threads)
        return found["ndcg"]


STEPS = {
    "split": "leave-one-out",
    "popularity": "popularity, NDCG@10 of all",
    "neighbours": f"item-kNN, {NEIGHBOURS} neighbours, NDCG@10 of all",
    "factors": f"ALS, {FACTORS} factors, {EPOCHS} epochs",
    "ranking": "NDCG@10 of all by ALS",
    "together": "split, ALS and NDCG@10 of all",
}


def rows(steps=STEPS):
    """The lines of the large log; a process that takes more than 3 GB in all is an error."""
    with tempfile.TemporaryDirectory() as folder:
        users, items, times = made_events()
        np.savez(Path(folder) / "events.npz", users=users, items=items, times=times)
        for step in steps:
            ours = _in_a_process("Ours", step, folder)
            peer = _in_a_process("Peer", step, folder) if hasattr(Peer, step) else None
            what = STEPS[step]
            if ours["ndcg"] is not None:
                what += f": {ours['ndcg']:.3f}" + (f" / {peer['ndcg']:.3f}" if peer else "")
            yield Row(
                what=f"{len(users) / 1e6:.1f} M events, {what}",
                ours_s=ours["seconds"],
                peer="implicit" if peer else "-",
                peer_s=peer["seconds"] if peer else math.nan,
                ratio=ours["seconds"] / peer["seconds"] if peer else math.nan,
                ours_mb=ours["total_mb"],
                peer_mb=peer["total_mb"] if peer else math.nan,
            )


def _in_a_process(side, step, folder):
    """Run a step of one side, and return what it reports."""
    environment = dict(os.environ)
    if side == "Peer":
        environment["OPENBLAS_NUM_THREADS"] = "1"  # implicit asks for it: it has its own threads
    command = [sys.executable, "-m", "benchmarks.large", side, step, folder]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{side} {step} failed:\n{done.stderr}")
    report = json.loads(done.stdout.splitlines()[-1])
    if report["total_mb"] > MOST_MB and side == "Ours":
        raise RuntimeError(f"{step} took {report['total_mb']:,.0f} MB, more than {MOST_MB}")
    return report


def _step(side, step, folder):
    """Measure a step in this process, and print what was found."""
    run = getattr({"Ours": Ours, "Peer": Peer}[side](Path(folder)), step)()
    ndcg = None

    def keep():
        nonlocal ndcg
        ndcg = run()

    found = measured(keep)
    print(json.dumps({**found._asdict(), "ndcg": None if ndcg is None else float(ndcg)}))


if __name__ == "__main__":
    if len(sys.argv) == 4:
        _step(*sys.argv[1:])
    else:
        for row in rows():
            print_row(row)
