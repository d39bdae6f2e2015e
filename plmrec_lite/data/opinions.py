"""Sentences that say whether something is good, with what some twenty people made of each.

Page: bert/fine-tuning.
"""

from __future__ import annotations

import html
import tarfile

import pandas as pd

from plmrec_lite.data.fetch import fetch
from plmrec_lite.data.registry import dataset

_MEMBERS = {
    "product": "hutto_ICWSM_2014/amazonReviewSnippets_GroundTruth.txt",
    "film": "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt",
    "tweet": "hutto_ICWSM_2014/tweets_GroundTruth.txt",
    "editorial": "hutto_ICWSM_2014/nytEditorialSnippets_GroundTruth.txt",
}
SOURCES = tuple(_MEMBERS)


def load_opinions(source=None):
    """Load sentences with their mean sentiment.

    Parameters
    ----------
    source : {"product", "film", "tweet", "editorial"} or None
        Where the sentences come from: 3,708 from reviews of five products, 10,605 from film
        reviews, 4,200 tweets, 5,190 from newspaper editorials. None takes all, in this order.

    Returns
    -------
    pandas.DataFrame
        One row a sentence: ``source`` (str); ``group`` (str), the same for sentences of one
        review or one editorial, so that a split can keep them together (film sentences and
        tweets have a group each); ``text`` (str); ``sentiment`` (float), the mean rating from
        -4 (extremely negative) to 4 (extremely positive).

    Raises
    ------
    ValueError
        If there is no such source.
    FetchError
        If the data are neither here nor to be had (the message says the cure).

    Examples
    --------
    >>> load_opinions("tweet").loc[1, ["group", "text"]].tolist()
    ['tweet-2', 'Yay. Another good phone interview.']

    Source: Hutto and Gilbert 2014. Page: bert/fine-tuning.
    """
    if source is not None and source not in SOURCES:
        raise ValueError(f"unknown source {source!r}: use one of {', '.join(SOURCES)}, or None")
    (path,) = fetch("opinions").values()
    with tarfile.open(path) as archive:
        texts = {name: archive.extractfile(member).read() for name, member in _MEMBERS.items()}
    opinions = pd.DataFrame(
        [row for name, content in texts.items() for row in _rows(name, content)],
        columns=["source", "group", "text", "sentiment"],
    )
    dataset("opinions").check_counts(**opinions["source"].value_counts())
    if source is None:
        return opinions
    return opinions[opinions["source"] == source].reset_index(drop=True)


def _rows(source, content):
    """Read one file: id, mean rating and text parted by tabs, in UTF-8, ampersands as HTML."""
    for line in content.decode("utf-8").splitlines():
        number, rating, text = line.split("\t")
        # Twice, for a few ampersands were escaped twice.
        text = " ".join(html.unescape(html.unescape(text)).split())
        yield source, f"{source}-{number.partition('_')[0]}", text, float(rating)
