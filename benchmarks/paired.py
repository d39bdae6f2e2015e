"""Two ways of doing one thing, timed in turn in one process."""

from __future__ import annotations

import statistics
import threading
import time
from typing import NamedTuple

import psutil


class Row(NamedTuple):
    """One line of the table: medians of the runs, and the median of the ratios pair by pair."""

    what: str
    ours_s: float
    peer: str
    peer_s: float
    ratio: float
    ours_mb: float
    peer_mb: float


def print_row(row):
    """Print a line of the table as soon as it is there."""
    print(
        f"{row.what:<52}{row.ours_s:>9.3f}{row.peer_s:>9.3f}{row.ratio:>7.2f}"
        f"{row.ours_mb:>9.0f}{row.peer_mb:>9.0f}  {row.peer}",
        flush=True,
    )


def paired(what, ours, peer, run_peer, repeats=5):
    """Time ``ours()`` and ``run_peer()`` in turn, once to warm up and then ``repeats`` times."""
    run_peer()
    ours()
    pairs = [(measured(ours), measured(run_peer)) for _ in range(repeats)]
    return Row(
        what=what,
        ours_s=statistics.median(mine.seconds for mine, _ in pairs),
        peer=peer,
        peer_s=statistics.median(theirs.seconds for _, theirs in pairs),
        ratio=statistics.median(mine.seconds / theirs.seconds for mine, theirs in pairs),
        ours_mb=max(mine.extra_mb for mine, _ in pairs),
        peer_mb=max(theirs.extra_mb for _, theirs in pairs),
    )


class Run(NamedTuple):
    """Seconds of one run, the memory it took beyond what was there before, and with that."""

    seconds: float
    extra_mb: float
    total_mb: float


def measured(run):
    """Run once, watching the process's resident memory from a thread."""
    process, done = psutil.Process(), threading.Event()
    before = highest = process.memory_info().rss

    def watch():
        nonlocal highest
        while not done.wait(0.002):
            highest = max(highest, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    try:
        run()
    finally:
        seconds = time.perf_counter() - start
        done.set()
        watcher.join()
    return Run(seconds, (highest - before) / 1e6, highest / 1e6)
