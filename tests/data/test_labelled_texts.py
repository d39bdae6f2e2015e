"""Labelled texts: what goes together stays together, and the two tasks are what they say."""

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.data import load_opinions
from plmrec_lite.data.labelled_texts import LabelledTexts, check_labels
from plmrec_lite.data.sources.opinions import load_interests, load_sentiments


@pytest.fixture
def few():
    return LabelledTexts(list("abcd"), [0, 1, 1, 0], ("bad", "good"), [7, 7, 8, 9])


def test_rows_are_taken_with_all_that_belongs_to_them(few):
    taken = few.take([3, 1])
    assert taken.texts == ["d", "b"]
    assert taken.labels.tolist() == [0, 1]
    assert taken.groups.tolist() == [9, 7]
    assert taken.named.tolist() == ["bad", "good"]


def test_samples_are_nested_and_without_replacement(few):
    assert few.sample(2, seed=3).texts == few.sample(4, seed=3).texts[:2]
    assert sorted(few.sample(4).texts) == list("abcd")
    assert len({tuple(few.sample(4, seed).texts) for seed in range(9)}) > 1


@pytest.mark.parametrize("n", [-1, 5])
def test_a_sample_that_cannot_be(few, n):
    with pytest.raises(ValueError, match=f"n={n}: draw from 0 to 4"):
        few.sample(n)


@pytest.mark.parametrize(
    ("labels", "groups", "message"),
    [
        ([0], [1, 1], "one of each"),
        ([0, 1], [1], "one of each"),
        ([0, 2], [1, 1], r"labels: 1 of 2 are none of the 2 classes.*row 1 \(2\)"),
        ([0.9, 1.2], [1, 1], r"labels: 2 of 2 are no whole numbers.*row 0 \(0.9\)"),
        ([-1, 1], [1, 1], r"labels: 1 of 2 are none.*\(-1\)"),
        (["bad", "good"], [1, 1], "labels is <U4"),
    ],
)
def test_what_does_not_fit(labels, groups, message):
    with pytest.raises(ValueError, match=message):
        LabelledTexts(["a", "b"], labels, ("bad", "good"), groups)


def test_sentiments():
    found = load_sentiments()
    opinions = load_opinions()
    opinions = opinions[opinions.source.isin(["product", "film"])]
    assert len(found) == len(opinions) == 14_313
    mean = opinions.sentiment.to_numpy()
    assert (found.named[mean > 0.5] == "positive").all()
    assert (found.named[mean < -0.5] == "negative").all()
    assert (found.named[np.abs(mean) <= 0.5] == "neutral").all()
    assert found.groups[:2].tolist() == opinions.group.tolist()[:2]


def test_a_wider_neutral_and_another_source():
    narrow, wide = (load_sentiments(["tweet"], neutral) for neutral in (0.3, 1))
    assert len(narrow) == len(wide) == 4200
    assert (wide.named == "neutral").sum() > 2 * (narrow.named == "neutral").sum()


def test_interests_are_the_sources():
    found = load_interests()
    assert found.named.tolist() == load_opinions().source.tolist()


@pytest.mark.parametrize("neutral", [0, -1, float("nan")])
def test_bad_neutral(neutral):
    with pytest.raises(ValueError, match="neutral="):
        load_sentiments(neutral=neutral)


def test_bad_source():
    with pytest.raises(ValueError, match=r"unknown sources \['books'\]"):
        load_sentiments(["film", "books"])


TABLE = pd.DataFrame(
    {"text": ["fine", "poor", "good"], "stars": [5, 1, 5], "author": ["ann", "bob", "ann"]},
    index=[7, 8, 9],
)


def test_a_table_names_its_classes():
    found = LabelledTexts.from_frame(TABLE, text="text", label="stars", group="author")
    assert found.texts == ["fine", "poor", "good"]
    assert found.classes == ("1", "5")
    assert found.named.tolist() == ["5", "1", "5"]
    assert found.groups.tolist() == ["ann", "bob", "ann"]
    floats = LabelledTexts.from_frame(TABLE.astype({"stars": float}), "text", "stars")
    assert floats.classes == ("1", "5")
    assert floats.groups.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (TABLE.rename(columns={"text": "body"}), "text='text': .* it has body, stars, author"),
        (TABLE.assign(stars=[5, None, 5]), r"1 of 3 rows have no label, the first is row 1: drop"),
        (TABLE.assign(author=["a", None, "a"]), "no group, the first is row 1"),
        (TABLE.assign(text=["fine", " ", "good"]), "text 1 of texts is empty"),
        (TABLE.assign(stars=[5, 1.5, 5]), "label of row 1 is 1.5"),
        (TABLE.iloc[:0], "no rows"),
    ],
)
def test_a_bad_table_is_named(table, words):
    with pytest.raises(ValueError, match=words):
        LabelledTexts.from_frame(table, "text", "stars", "author")


def test_texts_are_strings():
    with pytest.raises(TypeError, match="text 1 of texts is 3"):
        LabelledTexts(["a", 3], [0, 1], ("bad", "good"), [1, 1])
    with pytest.raises(TypeError, match=r"is a dict: give a pandas.DataFrame"):
        LabelledTexts.from_frame({"text": ["a"]}, "text", "stars")


def test_labels():
    assert check_labels([1, 0], ("bad", "good")).tolist() == [1, 0]
    assert check_labels([], ("bad",)).tolist() == []
    with pytest.raises(ValueError, match=r"row 0 \(0.9\)"):
        check_labels([0.9, 1.2], ("bad", "good"))
    for wrong in (-1, 2):
        with pytest.raises(ValueError, match=r"none of the 2 classes .*labels run from 0 to 1"):
            check_labels([0, wrong], ("bad", "good"))
