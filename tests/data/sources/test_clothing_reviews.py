import dataclasses

import numpy as np
import pytest

from plmrec_lite.data.sources.clothing_reviews import (
    CLASSES,
    clothing_items,
    clothing_texts,
    load_clothing_reviews,
)
from plmrec_lite.data.sources.registry import DATASETS


@pytest.fixture(scope="module")
def reviews():
    return load_clothing_reviews()


def test_the_numbers_are_those_that_the_registry_states(reviews):
    assert DATASETS["clothing-reviews"].counts == {
        "reviews": 23_486,
        "texts": 22_641,
        "items": 1206,
    }
    assert (len(reviews), reviews["item"].nunique()) == (22_634, 1177)
    assert (reviews.groupby("item").size() >= 5).sum() == 365
    assert reviews["text"].str.split().str.len().median() == 59


def test_the_columns_are_named_and_nothing_is_missing(reviews):
    assert reviews.columns.tolist() == (
        [
            "item",
            "age",
            "title",
            "text",
            "rating",
            "recommended",
            "helpful",
            "division",
            "department",
            "kind",
        ]
    )
    assert not reviews.isna().any(axis=None)
    assert reviews["recommended"].dtype == bool


def test_texts_are_there_once_and_clean(reviews):
    assert not reviews["text"].duplicated().any()
    for column in ("title", "text"):
        assert reviews[column].map(lambda text: text == " ".join(text.split())).all()
    assert (reviews["text"] != "").all()
    assert (reviews["title"] == "").sum() == 2965
    assert reviews["text"].iloc[0].startswith("Absolutely wonderful - silky and sexy")


def test_ratings_are_mostly_five(reviews):
    shares = reviews["rating"].value_counts(normalize=True).round(3).to_dict()
    assert shares == {5: 0.554, 4: 0.217, 3: 0.125, 2: 0.068, 1: 0.036}
    assert round(reviews["recommended"].mean(), 3) == 0.819


def test_a_misspelt_division_is_spelt_like_its_department(reviews):
    assert set(reviews["division"]) == {"General", "General Petite", "Intimates", ""}


@pytest.mark.parametrize(
    ("label", "classes"),
    [("rating", 5), ("recommended", 2), ("division", 3), ("department", 6), ("kind", 20)],
)
def test_each_label_gives_its_classes(label, classes, reviews):
    texts = clothing_texts(reviews, label)
    assert len(texts.classes) == classes
    assert "" not in texts.classes
    known = reviews[reviews[label].astype(str) != ""]
    assert texts.texts == known["text"].tolist()
    assert texts.named.tolist() == known[label].astype(str).tolist()
    assert np.array_equal(texts.groups, known["item"])


def test_another_label_is_refused(reviews):
    with pytest.raises(ValueError, match=rf"label='age': use one of {', '.join(CLASSES)}"):
        clothing_texts(reviews, "age")


def test_an_item_is_what_its_first_reviews_say(reviews):
    items = clothing_items(reviews, n_reviews=2, at_least=5)
    assert len(items) == 365
    row = items.ids.tolist().index(767) if 767 in items.ids else 0
    first = reviews[reviews["item"] == items.ids[row]]["text"].tolist()
    assert items.texts[row].startswith(f"{first[0]} {first[1]}"[:-1])
    assert first[2] not in items.texts[row]
    assert len(clothing_items(reviews)) == 1177


@pytest.mark.parametrize("wrong", [{"n_reviews": 0}, {"at_least": 0}])
def test_numbers_below_one_are_refused(wrong, reviews):
    with pytest.raises(ValueError, match=r"=0: at least 1"):
        clothing_items(reviews, **wrong)


def test_more_reviews_than_any_item_has_are_refused(reviews):
    with pytest.raises(ValueError, match=r"at_least=99999: no item has so many reviews"):
        clothing_items(reviews, at_least=99_999)


def test_another_edition_is_refused(monkeypatch):
    record = DATASETS["clothing-reviews"]
    counts = record.counts | {"items": 1207}
    monkeypatch.setitem(DATASETS, "clothing-reviews", dataclasses.replace(record, counts=counts))
    with pytest.raises(ValueError, match="expected 1,207 items, read 1,206"):
        load_clothing_reviews()
