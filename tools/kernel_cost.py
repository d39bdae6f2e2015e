"""What running a notebook costs its kernel: processor time, wall time, memory."""

import contextlib
import os
import threading
import time

import psutil

EVERY_S = 0.05


class KernelCost:
    """Watch the kernel of a notebook client, and every process it starts, while cells run.

    ``cpu_s`` counts user and system time of all of them, ``wall_s`` the time from the first cell
    to the end of the last, ``peak_bytes`` the most memory that they held at one moment, and
    ``cores`` the processors that this process may use.
    """

    def __init__(self, client):
        self.cpu_s, self.wall_s, self.peak_bytes = 0.0, 0.0, 0
        allowed = getattr(os, "sched_getaffinity", None)
        self.cores = len(allowed(0)) if allowed else os.cpu_count()
        self._client = client
        self._stop = threading.Event()
        client.on_notebook_start = self._begin
        client.on_notebook_complete = self._end

    def _begin(self, notebook):
        """Start the watch when the kernel is ready."""
        kernel = psutil.Process(self._client.km.provisioner.pid)
        self._started = time.perf_counter()
        self._thread = threading.Thread(target=self._watch, args=(kernel,), daemon=True)
        self._thread.start()

    def _end(self, notebook):
        """Stop the watch after the last cell, while the kernel still lives."""
        self.wall_s = time.perf_counter() - self._started
        self._stop.set()
        self._thread.join()

    def _watch(self, kernel):
        """Sample until told to stop or the kernel is gone; the last sample has all the time."""
        with contextlib.suppress(psutil.NoSuchProcess):
            while not self._stop.wait(EVERY_S):
                self._sample(kernel)
            self._sample(kernel)

    def _sample(self, kernel):
        """Add up the kernel and its living children; ended ones are in their parent's count."""
        held = kernel.memory_info().rss
        seconds = sum(kernel.cpu_times()[:4])
        for child in kernel.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                held += child.memory_info().rss
                seconds += sum(child.cpu_times()[:4])
        self.cpu_s = max(self.cpu_s, seconds)
        self.peak_bytes = max(self.peak_bytes, held)
