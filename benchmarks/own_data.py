"""A million events through the door: reading and splitting, beside `pandas.read_csv` alone."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.paired import paired
from plmrec_lite.data import Interactions, leave_one_out, read_table, temporal_split

N_EVENTS, N_USERS, N_ITEMS = 1_000_000, 100_000, 20_000


def write_events(path, seed=0):
    """Write made events: few items are met by many, as in any shop; no pair occurs twice."""
    rng = np.random.default_rng(seed)
    users = rng.integers(0, N_USERS, 2 * N_EVENTS)
    items = np.minimum((N_ITEMS * rng.random(2 * N_EVENTS) ** 3).astype(np.int64), N_ITEMS - 1)
    pairs = rng.permutation(np.unique(users * N_ITEMS + items))[:N_EVENTS]
    table = pd.DataFrame(
        {
            "user_id": pairs // N_ITEMS,
            "item_id": pairs % N_ITEMS,
            "rating": rng.integers(1, 6, N_EVENTS),
            "timestamp": rng.integers(1_500_000_000, 1_600_000_000, N_EVENTS),
        }
    )
    table.to_csv(path, index=False)


def rows():
    """The lines of reading and of reading and splitting; the peer only parses the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.csv"
        write_events(path)

        def read():
            return Interactions.from_frame(read_table(path), tell=lambda line: None)

        def read_and_split():
            log = read()
            return temporal_split(log), leave_one_out(log)

        def peer():
            return pd.read_csv(path)

        log = read()
        assert (len(log), log.n_items) == (len(peer()), N_ITEMS)
        what = f"{N_EVENTS:,} events from CSV to Interactions"
        yield paired(what, read, "pandas.read_csv alone", peer, repeats=3)
        yield paired("  and split in time, and leave-one-out", read_and_split, "likewise", peer, 3)
