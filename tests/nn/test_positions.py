"""Positions: the formula of the paper, and what it promises about distances."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from plmrec_lite.nn.positions import sinusoidal_positions
from plmrec_lite.runtime import device

thorough = settings(derandomize=True, deadline=None, max_examples=60)


@thorough
@given(length=st.integers(1, 600), half=st.integers(1, 200), data=st.data())
def test_each_number_follows_the_paper(length, half, data):
    place = data.draw(st.integers(0, length - 1))
    i = data.draw(st.integers(0, half - 1))
    row = sinusoidal_positions(length, 2 * half)[place]
    angle = place / 10000 ** (2 * i / (2 * half))
    assert row.shape == (2 * half,)
    assert row[2 * i].item() == pytest.approx(math.sin(angle), abs=1e-6)
    assert row[2 * i + 1].item() == pytest.approx(math.cos(angle), abs=1e-6)


@thorough
@given(
    half=st.integers(1, 32), step=st.integers(0, 40), places=st.tuples(*[st.integers(0, 400)] * 2)
)
def test_the_product_of_two_rows_depends_on_their_distance_alone(half, step, places):
    P = sinusoidal_positions(441, 2 * half)
    here, there = ((P[t] @ P[t + step]).item() for t in places)
    assert here == pytest.approx(there, abs=1e-4)
    assert (P[places[0]] @ P[places[0]]).item() == pytest.approx(half, rel=1e-5)


def test_a_longer_text_keeps_the_positions_of_a_shorter_one():
    torch.testing.assert_close(sinusoidal_positions(9, 6)[:4], sinusoidal_positions(4, 6))


@pytest.mark.parametrize("on", sorted({"cpu", device().type}))
def test_positions_live_where_they_are_wanted(on):
    P = sinusoidal_positions(3, 4, on)
    assert P.device.type == on and P.dtype == torch.get_default_dtype()


@pytest.mark.parametrize(
    ("length", "d_model", "message"),
    [(0, 4, "length=0"), (3, 5, "d_model=5.*use 2, 4"), (3, 0, "d_model=0")],
)
def test_sizes_that_make_no_sense_are_refused(length, d_model, message):
    with pytest.raises(ValueError, match=message):
        sinusoidal_positions(length, d_model)
