"""Histories as tensors: windows, shifted targets, masked events."""

from __future__ import annotations

import numpy as np
import torch

PADDING = -1  # stands where a sequence has ended; also a target that does not count
MASK = -2  # stands where an event is hidden


def padded(sequences):
    """Lay sequences under one another, filled up on the right.

    Parameters
    ----------
    sequences : list of B int arrays; item ids, the oldest first

    Returns
    -------
    int64 tensor (B, T); T is the length of the longest, at least 1; ``PADDING`` (-1) after the end
        of a sequence
    """
    T = max([1, *map(len, sequences)])
    rows = np.full((len(sequences), T), PADDING, dtype=np.int64)
    for row, sequence in zip(rows, sequences, strict=True):
        row[: len(sequence)] = sequence
    return torch.from_numpy(rows)


def random_windows(histories, length, rng):
    """Cut one stretch of at most ``length`` events out of each history, at a random place.

    Parameters
    ----------
    histories : list of n int arrays; item ids, the oldest first
    length : int; the most events of a window
    rng : numpy.random.Generator; draws the places

    Returns
    -------
    list of n int arrays; a history that is no longer than ``length`` comes back whole

    Source: Kang & McAuley 2018 train on the last events only.
    """
    starts = rng.integers(0, [max(len(history) - length, 0) + 1 for history in histories])
    return [h[start : start + length] for h, start in zip(histories, starts, strict=True)]


def shifted(windows):
    """Turn windows into the left-to-right task: at each event, what comes next?

    Parameters
    ----------
    windows : int tensor (B, T + 1); item ids, padded

    Returns
    -------
    inputs, targets : int tensor (B, T); ``targets[:, t]`` is what follows ``inputs[:, t]``;
        ``PADDING`` where nothing does

    Source: Radford et al. 2018, section 3.1, with items as tokens.
    """
    return windows[:, :-1], windows[:, 1:]


def masked(windows, share, rng):
    """Turn windows into the masked task: which events are hidden?

    Parameters
    ----------
    windows : int tensor (B, T); item ids, padded
    share : float; how likely each event is to be hidden. The last one always is: at its place the
        model is asked when it recommends.
    rng : numpy.random.Generator; draws the events

    Returns
    -------
    inputs, targets : int tensor (B, T); ``MASK`` (-2) in ``inputs`` where an event is hidden;
        ``targets`` holds those events, and ``PADDING`` everywhere else

    Source: Sun et al. 2019, section 3.6, who hide the last event in a part of the windows.
    """
    there = windows != PADDING
    hidden = there & torch.from_numpy(rng.random(windows.shape) < share)
    hidden |= there & (there.cumsum(1) == there.sum(1, keepdim=True))  # the last event
    return windows.masked_fill(hidden, MASK), windows.masked_fill(~hidden, PADDING)
