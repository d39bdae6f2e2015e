"""Times of any form become seconds; different ones stay different, and bad ones are named."""

import re

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.data.times import (
    CLOCKS,
    DAYS,
    check_times,
    likely_format,
    read_times,
    ticks_to_seconds,
)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns", "m", "D"])
def test_dates_of_any_resolution_become_seconds(unit):
    dates = np.array(["1970-01-01", "1998-04-01"], dtype=f"datetime64[{unit}]")
    found = check_times(dates)
    assert (found.dtype, found.tolist()) == (np.int64, [0, 891388800])


def test_different_times_stay_different():
    start = np.datetime64("2024-05-31T12:00:00.000000", "us")
    found = check_times(start + np.arange(1000))  # a microsecond apart
    assert len(np.unique(found)) == 1000
    assert found[0] == 1717156800
    with pytest.raises(ValueError, match=r'rank\(method="dense"\)'):
        check_times(start.astype("datetime64[ns]") + np.arange(10))  # a nanosecond apart
    close = pd.DataFrame({"time": start.astype("datetime64[ns]") + np.arange(10)})
    ranks = close["time"].rank(method="dense")  # as the message says
    assert check_times(ranks).tolist() == list(range(1, 11))


def test_floats_become_whole_where_all_of_them_are():
    for times, dtype in (([1.0, 2.0], np.int64), ([1.0, 2.5], np.float64)):
        found = check_times(np.array(times))
        assert (found.dtype, found.tolist()) == (dtype, times)


def test_times_before_1970_are_counted_backwards():
    assert ticks_to_seconds(np.array([-1500, -1000]), 1000).tolist() == [-1.5, -1.0]


def test_equal_times_stay_equal():
    assert ticks_to_seconds(np.array([1500, 1500, 1501]), 1000).tolist() == [1.5, 1.5, 1.501]


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ([0.5, np.nan], r"timestamps: 1 of 2.*row 1 \(nan\)"),
        ([0.5, 1e17], "timestamps: 1 of 2 are no times.*row 1"),
        (np.array(["2020", "NaT"], dtype="datetime64[s]"), r"1 of 2 are missing.*row 1 \(NaT\)"),
        (["2020", "2021"], "timestamps is <U4.*as datetime64"),
        ([True, False], "timestamps is bool"),
    ],
)
def test_bad_times(times, words):
    with pytest.raises(ValueError, match=words):
        check_times(times)


def test_a_column_of_times_is_read_and_its_unit_told():
    told = []
    column = pd.Series([1.5e12, None, 1_600_000_000_500], name="when")
    seconds, wrong = read_times(column, "time", told.append)
    assert seconds.tolist() == [1.5e9, 0, 1_600_000_000.5]
    assert wrong.tolist() == [False, True, False]
    assert told == ["times of 'when' are taken as milliseconds since 1970, by their size"]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("clock", CLOCKS)
def test_the_cure_for_dates_of_another_form_cures(day, clock):
    dates = pd.Series(pd.date_range("2023-01-28 21:05", periods=20, freq="9h"), name="when")
    written = dates.dt.strftime(f"{day}{clock}")
    if day == "%Y/%m/%d" and "%I" not in clock:
        return  # pandas reads these as ISO dates
    with pytest.raises(ValueError, match="convert the column") as caught:
        read_times(written, "time", print)
    suggested = re.search('format="(.*)"', str(caught.value))[1]
    assert suggested == f"{day}{clock}" == likely_format(written)
    read, wrong = read_times(pd.to_datetime(written, format=suggested), "time", print)
    assert not wrong.any()
    if "%M" in clock:
        assert (read == dates.astype("datetime64[s]").astype("int64")).all()


def test_dates_of_no_form_still_get_an_example():
    assert likely_format(pd.Series(["soon", None])) == "%d.%m.%Y"
    assert likely_format(pd.Series(["01/02/2024", "03/04/2024"])) == "%d/%m/%Y"
    assert likely_format(pd.Series(["01/02/2024", None, "03/31/2024"])) == "%m/%d/%Y"


def test_whole_numbers_stay_whole_and_the_others_keep_their_part():
    start, silent = 1_717_156_800_000_000_000, lambda line: None
    for missing in ([], [None]):  # a double cannot tell two nanoseconds of today apart
        column = pd.Series([start + 1, start + 2, *missing], dtype="Int64", name="when")
        with pytest.raises(ValueError, match=r'rank\(method="dense"\)'):
            read_times(column, "time", silent)
    seconds, _ = read_times(pd.Series([2, 3], name="when"), "time", silent)
    assert (seconds.dtype, seconds.tolist()) == (np.int64, [2, 3])
    seconds, wrong = read_times(pd.Series([0.25, 1.5, np.inf], name="when"), "time", silent)
    assert (seconds.tolist(), wrong.tolist()) == ([0.25, 1.5, 0], [False, False, True])


def test_zero_is_a_time_in_every_unit():
    column = pd.Series([1_600_000_000_000, 0, 1_600_000_001_000], name="when")
    seconds, wrong = read_times(column, "time", lambda line: None)
    assert (seconds.tolist(), wrong.any()) == ([1_600_000_000, 0, 1_600_000_001], False)


@pytest.mark.parametrize("odd", [1_600_000_000_000, 1_600_000_000_000_000_000])
def test_a_number_of_another_unit_than_most_is_no_time(odd):
    column = pd.Series([1_600_000_000, odd, 1_600_000_001], name="when")
    seconds, wrong = read_times(column, "time", lambda line: None)
    assert wrong.tolist() == [False, True, False]
    assert seconds[[0, 2]].tolist() == [1_600_000_000, 1_600_000_001]
