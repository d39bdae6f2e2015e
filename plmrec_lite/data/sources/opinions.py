"""Sentences that say whether something is good, with what some twenty people made of each."""

from __future__ import annotations

import html
import tarfile

import pandas as pd

from plmrec_lite.data.labelled_texts import LabelledTexts
from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.registry import dataset

_MEMBERS = {
    "product": "hutto_ICWSM_2014/amazonReviewSnippets_GroundTruth.txt",
    "film": "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt",
    "tweet": "hutto_ICWSM_2014/tweets_GroundTruth.txt",
    "editorial": "hutto_ICWSM_2014/nytEditorialSnippets_GroundTruth.txt",
}
SOURCES = tuple(_MEMBERS)
SENTIMENTS = ("negative", "neutral", "positive")


def load_opinions(source=None):
    """Load sentences with their mean sentiment.

    Parameters
    ----------
    source : {"product", "film", "tweet", "editorial"} or None; 3,708 sentences from reviews of five
        products, 10,605 from film reviews, 4,200 tweets, 5,190 from newspapers; None takes all

    Returns
    -------
    pandas.DataFrame; ``source`` (str); ``group`` (str), the same for sentences of one review or
        editorial (film sentences and tweets have one each); ``text`` (str); ``sentiment`` (float),
        the mean rating from -4 (extremely negative) to 4 (extremely positive)

    Raises
    ------
    ValueError: there is no such source
    FetchError: the data are neither here nor to be had (the message says the cure)

    Examples
    --------
    >>> load_opinions("tweet").loc[1, ["group", "text"]].tolist()
    ['tweet-2', 'Yay. Another good phone interview.']

    Source: Hutto and Gilbert 2014.
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


def load_sentiments(sources=("product", "film"), neutral=0.5):
    """Load sentences that are negative, neutral or positive.

    Parameters
    ----------
    sources : sequence of str; of ``load_opinions``
    neutral : float; above 0; a mean rating (from -4 to 4) within this distance of 0 is neutral

    Returns
    -------
    LabelledTexts

    Raises
    ------
    ValueError: ``neutral`` is not above 0, or a source is unknown
    plmrec_lite.data.FetchError: the data are not to be had

    Source: Hutto and Gilbert 2014.
    """
    if not neutral > 0:
        raise ValueError(f"neutral={neutral}: give a width above 0, such as 0.5")
    if unknown := set(sources) - set(SOURCES):
        raise ValueError(f"unknown sources {sorted(unknown)}: use some of {', '.join(SOURCES)}")
    opinions = load_opinions()
    opinions = opinions[opinions.source.isin(sources)]
    labels = 1 + (opinions.sentiment > neutral).astype(int) - (opinions.sentiment < -neutral)
    return LabelledTexts(opinions.text, labels, SENTIMENTS, opinions.group)


def load_interests():
    """Load sentences by what they are about: a product, a film, a moment of life, the news.

    Returns
    -------
    LabelledTexts; all 23,703 sentences of ``load_opinions``, its sources for classes

    Raises
    ------
    plmrec_lite.data.FetchError: the data are not to be had

    Source: Hutto and Gilbert 2014.
    """
    opinions = load_opinions()
    labels = [SOURCES.index(source) for source in opinions.source]
    return LabelledTexts(opinions.text, labels, SOURCES, opinions.group)


def _rows(source, content):
    """Read one file: id, mean rating and text parted by tabs, in UTF-8, ampersands as HTML."""
    for line in content.decode("utf-8").splitlines():
        number, rating, text = line.split("\t")
        # Twice, for a few ampersands were escaped twice.
        text = " ".join(html.unescape(html.unescape(text)).split())
        yield source, f"{source}-{number.partition('_')[0]}", text, float(rating)
