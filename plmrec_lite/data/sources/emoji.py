"""Emoji: things with a name and a picture, and how people use them."""

from __future__ import annotations

import functools
import json

import numpy as np
import pandas as pd

from plmrec_lite.checks import check_number
from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.registry import dataset

NAME = "emoji"
SELECTOR = "\N{VARIATION SELECTOR-16}"  # asks for the coloured form of a character
PARTS = 2  # the group of skin tones and hair, which stand in no text alone
WIDTH = 1.3  # of a drawing, in the font's size


def load_emoji():
    """Load the emoji that are one character: no skin tones, no flags, no men and women of a job.

    What is put together of several characters repeats a picture with one detail changed.

    Returns
    -------
    pandas.DataFrame
        1,391 rows: ``emoji`` (str, the character), ``name`` and ``tags`` (str, English; tags are
        separated by commas), ``chinese`` (str, the name; empty for three), ``group`` and
        ``subgroup`` (str, Unicode's), ``family`` (int, equal for variants of one thing, see
        `families`), ``occurrences`` (float, in tweets; NaN for what the ranking does not list)
        and ``sentiment`` (float, -1 to 1: the share of positive less that of negative tweets
        among these; NaN likewise).

    Raises
    ------
    FetchError: the data are neither here nor to be had
    ValueError: the counts are not those of this data set

    Examples
    --------
    >>> load_emoji().loc[3, ["name", "subgroup"]].tolist()
    ['beaming face with smiling eyes', 'face-smiling']

    Source: Unicode CLDR; Kralj Novak et al. 2015.
    """
    paths = fetch(NAME)
    kinds = _read(paths["groups.json"])
    chinese = _read(paths["cldr-native.json"])
    whole = [one for one in _read(paths["data.json"]) if one.get("group", PARTS) != PARTS]
    single = [one for one in whole if len(_plain(one["emoji"])) == 1]
    table = pd.DataFrame(
        {
            "emoji": [_plain(one["emoji"]) for one in single],
            "name": [one["label"].replace("’", "'") for one in single],
            "tags": [", ".join(one.get("tags", ())) for one in single],
            "chinese": [_first(chinese.get(one["hexcode"], "")) for one in single],
            "group": [kinds["groups"][str(one["group"])] for one in single],
            "subgroup": [kinds["subgroups"][str(one["subgroup"])] for one in single],
        }
    )
    n_subgroups = table["subgroup"].nunique()
    counts = {"emoji": len(whole), "single characters": len(table), "subgroups": n_subgroups}
    dataset(NAME).check_counts(**counts)
    table["family"] = families(table["name"])
    return table.join(_usage(), on="emoji")


def _usage():
    """Occurrences and sentiment by character."""
    (path,) = fetch("emoji-sentiment").values()
    ranking = pd.read_csv(path, encoding="utf-8")
    dataset("emoji-sentiment").check_counts(symbols=len(ranking))
    ranking = ranking.set_index("Emoji")
    said = ranking[["Negative", "Neutral", "Positive"]].sum(axis=1)
    sentiment = (ranking["Positive"] - ranking["Negative"]) / said
    return pd.DataFrame({"occurrences": said.astype(float), "sentiment": sentiment})


# What tells variants of one thing apart: colour, number, size, place, sex and age.
_VARIANTS = """
    red orange yellow green blue purple brown black white grey pink light dark
    one two three four five six seven eight nine ten eleven twelve thirty 1st 2nd 3rd first last
    small medium large big heavy double single hollow
    up down left right upwards downwards leftwards rightwards clockwise counterclockwise vertical
    horizontal tilted pointing facing front oncoming open closed raised lowered upright
    man woman men women person people boy girl male female old older
    face sign symbol button with and of the pointed decorative
"""
VARIANTS = frozenset(_VARIANTS.split())


def families(names):
    """Put variants of one thing together, so that no split may part them.

    Parameters
    ----------
    names : sequence of n str; English

    Returns
    -------
    int array (n,); equal for names that differ in words of ``VARIANTS`` alone, or in the order of
        words; numbered in the order in which they first appear

    Examples
    --------
    >>> families(["red heart", "blue heart", "dog face", "dog", "one o'clock"]).tolist()
    [0, 0, 1, 1, 2]
    """
    keys = []
    for name in names:
        words = name.lower().replace("thirty", "o'clock").replace("-", " ").split()
        keys.append(" ".join(sorted({word.strip(":,") for word in words} - VARIANTS)))
    return pd.factorize(pd.Series(keys, dtype=object))[0]


def draw_emoji(emoji, size=128):
    """Draw emoji in colours on white.

    Parameters
    ----------
    emoji : sequence of n str; one character each
    size : int; pixels of a side, at least 8

    Returns
    -------
    uint8 array (n, size, size, 3); red, green, blue

    Raises
    ------
    FetchError: the drawings are neither here nor to be had
    ValueError: a character that has no drawing, or the size is too small

    Source: OpenMoji (CC BY-SA 4.0).
    """
    from PIL import Image, ImageDraw

    check_number("size", size, least=8, whole=True)
    font, drawn = _font(round(size / WIDTH))
    pictures = np.empty((len(emoji), size, size, 3), dtype=np.uint8)
    for row, one in enumerate(emoji):
        if len(one) != 1 or ord(one) not in drawn:
            raise ValueError(f"row {row}, {one!r}, has no drawing: use characters of load_emoji()")
        picture = Image.new("RGB", (size, size), "white")
        place = (size / 2, size / 2)
        ImageDraw.Draw(picture).text(place, one, font=font, embedded_color=True, anchor="mm")
        pictures[row] = np.asarray(picture)
    return pictures


@functools.lru_cache(maxsize=2)
def _font(size):
    """OpenMoji's font at a size, and the characters that it draws."""
    from matplotlib.ft2font import FT2Font
    from PIL import ImageFont

    (path,) = fetch("emoji-drawings").values()
    drawn = frozenset(FT2Font(str(path)).get_charmap())
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC), drawn


def _read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def _plain(emoji):
    return emoji.replace(SELECTOR, "")


def _first(names):
    """The name, of a name or a list of them, with blanks where the data has underscores."""
    return (names if isinstance(names, str) else names[0]).replace("_", " ")
