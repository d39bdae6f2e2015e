import numpy as np
import torch

from plmrec_lite.recommenders.sequential.windows import (
    MASK,
    PADDING,
    masked,
    padded,
    random_windows,
    shifted,
)

HISTORIES = [np.arange(10), np.array([12, 11]), np.array([], dtype=int)]


def test_padding_stands_on_the_right():
    expected = [[12, 11, 13], [14, PADDING, PADDING], [PADDING] * 3]
    rows = padded([[12, 11, 13], [14], []])
    assert rows.dtype == torch.int64
    assert rows.tolist() == expected


def test_nothing_to_pad_still_has_a_place():
    assert padded([[]]).tolist() == [[PADDING]]
    assert padded([]).shape == (0, 1)


def test_windows_are_stretches_from_every_place():
    rng = np.random.default_rng(0)
    firsts = set()
    for _ in range(200):
        long, short, empty = random_windows(HISTORIES, 4, rng)
        assert long.tolist() == list(range(long[0], long[0] + 4))
        assert short.tolist() == [12, 11]
        assert not len(empty)
        firsts.add(int(long[0]))
    assert firsts == set(range(7))


def test_each_target_is_the_next_input():
    windows = padded([[5, 7, 6, 9], [8, 3]])
    inputs, targets = shifted(windows)
    assert inputs.tolist() == [[5, 7, 6], [8, 3, PADDING]]
    assert targets.tolist() == [[7, 6, 9], [3, PADDING, PADDING]]


def test_masked_events_and_no_others_are_targets():
    windows = padded([list(range(40)), list(range(20))])
    inputs, targets = masked(windows, 0.3, np.random.default_rng(0))
    hidden = inputs == MASK
    assert (targets[hidden] == windows[hidden]).all()
    assert (targets[~hidden] == PADDING).all()
    assert (inputs[~hidden] == windows[~hidden]).all()
    assert 0.15 < hidden[windows != PADDING].float().mean() < 0.45
    assert hidden[0, 39]
    assert hidden[1, 19]
    assert not hidden[1, 20:].any()


def test_the_last_event_is_hidden_even_if_no_other_is():
    inputs, targets = masked(padded([[4, 2, 3], [1]]), 0.0, np.random.default_rng(0))
    assert inputs.tolist() == [[4, 2, MASK], [MASK, PADDING, PADDING]]
    assert targets.tolist() == [[PADDING, PADDING, 3], [1, PADDING, PADDING]]
