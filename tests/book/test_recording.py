"""What a recording holds: packed rows of places, and how they are read."""

import numpy as np
import pytest

from plmrec_lite.book.packing import packed, unpacked
from plmrec_lite.book.recording import Recorded

PLACES = np.where(np.random.default_rng(0).random(10_900) < 0.2, 7, 0)


def test_what_is_packed_is_read_again():
    for places in (PLACES, [], [0, 255, 3]):
        assert unpacked(packed(places)).tolist() == list(places)
    assert len(packed(PLACES)) < 0.25 * len(PLACES)


@pytest.mark.parametrize(
    ("places", "words"),
    [([0, 256], "place 256"), ([-1], "place -1"), ([0.5], "float64"), ([[1]], r"shape \(1, 1\)")],
)
def test_what_is_no_place_is_refused(places, words):
    with pytest.raises(ValueError, match=words):
        packed(places)


@pytest.mark.parametrize("text", ["no base", packed(PLACES)[:-8], "AAAA"])
def test_a_damaged_row_is_named(text):
    with pytest.raises(ValueError, match=text[:7]):
        unpacked(text)


def test_a_recording_gives_places_by_seed():
    runs = [
        {
            "case": "tower",
            "seed": seed,
            "seconds": 1.0,
            "peak_gb": 1.0,
            "values": {"ndcg": 0.5, "places": packed([seed, 0])},
        }
        for seed in (3, 4)
    ]
    record = {"name": "mine", "question": "?", "cases": {"tower": {}}, "results": runs}
    found = Recorded(record)
    assert {seed: row.tolist() for seed, row in found.places("tower", "places").items()} == {
        3: [3, 0],
        4: [4, 0],
    }
    assert found.frame.columns.tolist() == ["case", "seed", "seconds", "peak_gb", "ndcg"]
    with pytest.raises(KeyError, match="no result 'hits'"):
        found.places("tower", "hits")


def test_a_recording_gives_its_results_by_case_and_seed():
    cases = {"one": {3: [1.0, 3.0], 4: [5.0], 5: [6.0]}, "other": {3: [0.5]}}
    runs = [
        {
            "case": case,
            "seed": seed,
            "seconds": 10.0 * seed,
            "peak_gb": 1.0,
            "values": {"ndcg": sum(row), "row": row},
        }
        for case, seeds in cases.items()
        for seed, row in seeds.items()
    ]
    found = Recorded({"name": "mine", "question": "?", "cases": cases, "results": runs})
    assert found.values("one", "ndcg").tolist() == [4, 5, 6]
    assert found.values("one", "seconds").tolist() == [30, 40, 50]
    assert found.means("one", "row").tolist() == [2, 5, 6]
    assert found.means("one", "row", seeds=(3, 5)).tolist() == [2, 6]
    assert found.joined("one", "row").tolist() == [1, 3, 5, 6]
    assert found.joined("one", "row", seeds=[4]).tolist() == [5]
    table = found.table("ndcg", digits=2)
    assert table["ndcg"].to_dict() == {"one": "5.00 ± 1.00", "other": "0.50"}
    assert found.table("seconds", digits=0, cases=["one"]).index.tolist() == ["one"]
    with pytest.raises(KeyError, match="no case 'third' in mine: it has one, other"):
        found.values("third", "ndcg")
