"""The scaling model finds what made the times, and says what it cannot know."""

import numpy as np
import pytest

from plmrec_lite.applications.corpus.scaling import fit_scaling

N = np.array([100, 400, 1600, 100, 400, 1600])
WORKERS = np.array([1, 1, 1, 2, 2, 2])


def test_it_finds_the_parts_that_made_the_times():
    seconds = 5 + N * (0.001 + 0.02 / WORKERS)
    model = fit_scaling(N, WORKERS, seconds)
    assert (model.start, model.serial, model.parallel) == pytest.approx((5, 0.001, 0.02))
    assert model.error == pytest.approx(0, abs=1e-9)
    assert model.seconds(10**8, 100) == pytest.approx(5 + 1e8 * (0.001 + 0.0002))


def test_the_error_is_the_largest_on_the_measured_runs():
    seconds = 5 + N * 0.02 / WORKERS
    seconds[0] *= 1.2
    model = fit_scaling(N, WORKERS, seconds)
    found = [model.seconds(int(n), int(w)) for n, w in zip(N, WORKERS, strict=True)]
    assert model.error == pytest.approx(np.abs(found / seconds - 1).max())
    assert 0.02 < model.error < 0.2


def test_no_part_is_negative_where_two_workers_are_more_than_twice_as_fast():
    seconds = N * np.where(WORKERS == 1, 0.02, 0.007)
    model = fit_scaling(N, WORKERS, seconds)
    assert min(model[:3]) >= 0
    assert model.serial == 0


def test_it_says_what_is_a_forecast():
    model = fit_scaling(N, WORKERS, 5 + N * 0.02 / WORKERS)
    assert not model.is_forecast(1600, 2)
    assert model.is_forecast(1601, 2) and model.is_forecast(1600, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [1, 2], [1.0]), r"seconds \(1,\): give one of each"),
        (([5, 5], [1, 2], [1.0, 2.0]), r"runs of \[5.0\] texts"),
        (([5, 6], [2, 2], [1.0, 2.0]), r"on \[2.0\] workers"),
        (([5, 6], [1, 2], [0.0, 2.0]), r"seconds=\[0.0, 2.0\]"),
        (([5, 6], [1, 2], [np.nan, 2.0]), r"seconds=\[nan"),
    ],
)
def test_runs_that_say_nothing_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        fit_scaling(*arguments)


def test_a_forecast_of_nothing_is_refused():
    model = fit_scaling(N, WORKERS, 5 + N * 0.02 / WORKERS)
    for wrong in ((0, 1), (1, 0), (1.5, 1)):
        with pytest.raises(ValueError, match="give an integer, 1 or larger"):
            model.seconds(*wrong)
