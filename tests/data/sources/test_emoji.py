import dataclasses

import numpy as np
import pytest

from plmrec_lite.data.sources.emoji import draw_emoji, families, load_emoji
from plmrec_lite.data.sources.registry import DATASETS


@pytest.fixture(scope="module")
def emoji():
    return load_emoji()


def test_what_is_loaded(emoji):
    assert len(emoji) == 1391
    assert emoji.columns.tolist() == [
        "emoji",
        "name",
        "tags",
        "chinese",
        "group",
        "subgroup",
        "family",
        "occurrences",
        "sentiment",
    ]
    assert emoji["emoji"].is_unique and emoji["name"].is_unique
    assert (emoji["emoji"].str.len() == 1).all()
    assert (emoji["name"] != "").all()
    assert (emoji["chinese"] == "").sum() == 3
    assert emoji["group"].nunique() == 9  # of ten: the parts are left out
    assert emoji["subgroup"].nunique() == 96


def test_one_of_them_whole(emoji):
    fox = emoji[emoji["name"] == "fox"].iloc[0]
    assert (fox["emoji"], fox["tags"]) == ("\N{FOX FACE}", "animal, face")
    assert (fox["group"], fox["subgroup"]) == ("animals-nature", "animal-mammal")
    joy = emoji[emoji["name"] == "face with tears of joy"].iloc[0]
    assert joy["occurrences"] == 14_622  # the most frequent one
    assert joy["sentiment"] == pytest.approx((6845 - 3614) / 14_622)


def test_use_is_known_of_some(emoji):
    known = emoji["occurrences"].notna()
    assert known.sum() == 736
    assert (emoji["sentiment"].notna() == known).all()
    assert emoji["sentiment"].dropna().between(-1, 1).all()
    assert emoji.loc[known, "occurrences"].min() == 1


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["red heart", "blue heart", "heart with arrow"], [0, 0, 1]),
        (["one o'clock", "four-thirty", "alarm clock"], [0, 0, 1]),
        (["dog face", "dog", "guide dog"], [0, 0, 1]),
        (["pregnant man", "pregnant woman", "man dancing"], [0, 0, 1]),
        (["face with tongue", "tongue", "winking face with tongue"], [0, 0, 1]),
    ],
)
def test_variants_are_one_family(names, expected):
    assert families(names).tolist() == expected


def test_families_of_all(emoji):
    sizes = emoji["family"].value_counts()
    assert len(sizes) == 1228
    clocks = emoji[emoji["name"].str.contains("o'clock|-thirty")]
    assert clocks["family"].nunique() == 1 and len(clocks) == sizes.max() == 24


def test_drawings_are_in_colours_in_the_middle_and_all_different(emoji):
    drawn = draw_emoji(emoji["emoji"], size=64)
    assert drawn.shape == (1391, 64, 64, 3) and drawn.dtype == np.uint8
    assert len({one.tobytes() for one in drawn}) == 1391
    heart = drawn[emoji["name"].tolist().index("red heart")]
    assert (heart[0] == 255).all() and (heart[-1] == 255).all()  # white at the edge
    red, green, blue = heart[32, 32].astype(int)
    assert red > 180 and green < 120 and blue < 120
    rows, columns = np.nonzero((heart != 255).any(axis=2))
    for places in (rows, columns):  # as far from one edge as from the other
        assert abs(places.min() + places.max() - 63) <= 6


def test_a_larger_drawing_shows_the_same():
    small, large = (draw_emoji(["\N{FOX FACE}"], size=size)[0] for size in (32, 128))
    shrunk = large.reshape(32, 4, 32, 4, 3).mean(axis=(1, 3))
    other = draw_emoji(["\N{TEAPOT}"], size=32)[0]
    assert np.abs(shrunk - small).mean() < 20 < np.abs(shrunk - other).mean()


@pytest.mark.parametrize("wrong", ["a", "", "ab", "\N{CJK UNIFIED IDEOGRAPH-4E2D}"])
def test_what_has_no_drawing_is_named(wrong):
    with pytest.raises(ValueError, match=f"row 1, {wrong!r}, has no drawing: use characters of"):
        draw_emoji(["\N{FOX FACE}", wrong])


def test_a_drawing_needs_pixels():
    with pytest.raises(ValueError, match="size=4: give an integer, 8 or larger"):
        draw_emoji(["\N{FOX FACE}"], size=4)


@pytest.mark.parametrize(
    ("name", "counts", "said"),
    [
        ("emoji", {"single characters": 1400}, "expected 1,400 single characters, read 1,391"),
        ("emoji-sentiment", {"symbols": 970}, "expected 970 symbols, read 969"),
    ],
)
def test_another_edition_is_refused(name, counts, said, monkeypatch):
    record = dataclasses.replace(DATASETS[name], counts=DATASETS[name].counts | counts)
    monkeypatch.setitem(DATASETS, name, record)
    with pytest.raises(ValueError, match=said):
        load_emoji()
