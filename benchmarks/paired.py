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


def paired(what, ours, peer, run_peer, repeats=5):
    """Time ``ours()`` and ``run_peer()`` in turn, once to warm up and then ``repeats`` times."""
    run_peer()
    ours()
    pairs = [(_measured(ours), _measured(run_peer)) for _ in range(repeats)]
    return Row(
        what=what,
        ours_s=statistics.median(mine.seconds for mine, _ in pairs),
        peer=peer,
        peer_s=statistics.median(theirs.seconds for _, theirs in pairs),
        ratio=statistics.median(mine.seconds / theirs.seconds for mine, theirs in pairs),
        ours_mb=max(mine.extra_mb for mine, _ in pairs),
        peer_mb=max(theirs.extra_mb for _, theirs in pairs),
    )


class _Run(NamedTuple):
    """Seconds of one run, and the memory it took beyond what was there before."""

    seconds: float
    extra_mb: float


def _measured(run):
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
    return _Run(seconds, (highest - before) / 1e6)
