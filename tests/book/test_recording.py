"""What a recording holds: packed rows of places, and how they are read."""

import json

import numpy as np
import pytest

from plmrec_lite.book.packing import LONG, pack_lists, packed, unpack_lists, unpacked
from plmrec_lite.book.recording import Recorded, read_recording

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


def test_long_lists_are_packed_and_read_again_to_the_last_digit():
    rng = np.random.default_rng(0)
    values = {
        "ndcg": 0.1 + 0.2,
        "places": packed(PLACES),
        "short": [0.5] * (LONG - 1),
        "digits": [*rng.random(LONG - 2).tolist(), 5e-324, 0.1 + 0.2],
        "mixed": [1, 1.0, -0.0, None, True] * LONG,
        "rows": [[3, 0.25]] * LONG,
    }
    written = pack_lists(values)
    assert {key for key, value in written.items() if isinstance(value, dict)} == {
        "digits",
        "mixed",
        "rows",
    }
    assert json.dumps(unpack_lists(written)) == json.dumps(values)  # == takes 1, 1.0, True for one
    hits = np.where(rng.random(900) < 0.4, rng.integers(1, 10, 900) / 10, 0.0).tolist()
    assert len(json.dumps(pack_lists({"h": hits}))) < 0.25 * len(json.dumps(hits))
    with pytest.raises(ValueError, match="no packed list"):
        unpack_lists({"hits": {"packed": written["rows"]["packed"][:-8]}})


def test_a_file_with_packed_lists_is_read_as_one_without(tmp_path):
    run = {"case": "a", "seed": 0, "values": {"hits": [0.25, 0.0] * LONG}}
    plain = {"name": "mine", "results": [run], "check": [run]}
    small = run | {"values": pack_lists(run["values"])}
    for results in ([run], [small]):
        path = tmp_path / "mine.json"
        path.write_text(json.dumps(plain | {"results": results, "check": results}))
        assert read_recording(path) == plain


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
