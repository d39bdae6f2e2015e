"""What buyers write about women's clothes: reviews with a rating, without the buyers' ids."""

from __future__ import annotations

import re

import pandas as pd

from plmrec_lite.data.items import Items
from plmrec_lite.data.labelled_texts import LabelledTexts
from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.registry import dataset

NAME = "clothing-reviews"
CLASSES = ("rating", "recommended", "division", "department", "kind")
_COLUMNS = {
    "Clothing ID": "item",
    "Age": "age",
    "Title": "title",
    "Review Text": "text",
    "Rating": "rating",
    "Recommended IND": "recommended",
    "Positive Feedback Count": "helpful",
    "Division Name": "division",
    "Department Name": "department",
    "Class Name": "kind",
}
_NAMES = {"Initmates": "Intimates"}  # misspelt in the data


def load_clothing_reviews():
    """Load the reviews that say something.

    Returns
    -------
    pandas.DataFrame
        22,634 rows, no text twice: ``item`` (int, the shop's own id), ``age`` (int, the
        writer's), ``title`` (str, may be empty) and ``text`` (str), ``rating`` (int, 1 to 5),
        ``recommended`` (bool), ``helpful`` (int, readers who found it so), ``division``,
        ``department`` and ``kind`` (str, empty for a few): what the item is.

    Raises
    ------
    FetchError: the data are neither here nor to be had
    ValueError: the counts are not those of this data set

    Examples
    --------
    >>> reviews = load_clothing_reviews()
    >>> len(reviews), reviews["item"].nunique()
    (22634, 1177)

    Source: Brooks 2018.
    """
    (path,) = fetch(NAME).values()
    table = pd.read_parquet(path, columns=list(_COLUMNS)).rename(columns=_COLUMNS)
    told = table["text"].notna()
    dataset(NAME).check_counts(reviews=len(table), texts=told.sum(), items=table["item"].nunique())
    table = table[told].reset_index(drop=True)
    for column in ("title", "text", "division", "department", "kind"):
        words = [re.sub(r"\s+", " ", value).strip() for value in table[column].fillna("")]
        table[column] = pd.Series(words, dtype=object).replace(_NAMES)
    table["recommended"] = table["recommended"].astype(bool)
    return table[~table["text"].duplicated()].reset_index(drop=True)


def clothing_texts(reviews, label="rating"):
    """Give each review a class, through the door for tables of one's own.

    Parameters
    ----------
    reviews : pandas.DataFrame; from `load_clothing_reviews`, or rows of it
    label : {"rating", "recommended", "division", "department", "kind"}

    Returns
    -------
    LabelledTexts
        The reviews of one item are a group; reviews without the label are left out.

    Raises
    ------
    ValueError: no such label
    """
    if label not in CLASSES:
        raise ValueError(f"label={label!r}: use one of {', '.join(CLASSES)}")
    told = reviews[reviews[label].astype(str) != ""]
    return LabelledTexts.from_frame(told, text="text", label=label, group="item")


def clothing_items(reviews, n_reviews=20, at_least=1):
    """Describe each item by what its first reviews say, through the door for tables of one's own.

    Parameters
    ----------
    reviews : pandas.DataFrame; from `load_clothing_reviews`, or rows of it
    n_reviews : int; at most so many reviews, the first ones, make an item's text
    at_least : int; an item with fewer reviews is left out

    Returns
    -------
    Items
        ``ids`` are the shop's.

    Raises
    ------
    ValueError: a number is below 1, or no item has that many reviews
    """
    for name, value in (("n_reviews", n_reviews), ("at_least", at_least)):
        if value < 1:
            raise ValueError(f"{name}={value}: at least 1")
    groups = reviews.groupby("item", sort=True)["text"]
    told = groups.agg(lambda texts: " ".join(texts.iloc[:n_reviews]))[groups.size() >= at_least]
    if not len(told):
        raise ValueError(f"at_least={at_least}: no item has so many reviews")
    return Items.from_frame(told.reset_index(), item="item", text=["text"])
