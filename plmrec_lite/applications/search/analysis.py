"""From a text to the words that an index holds."""

from __future__ import annotations

import re

# Chinese, Japanese and Korean write without spaces: each character is a word of its own.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['’][^\W_{_UNSPACED}]+)*")
STOP_WORDS = frozenset(
    _WORD.findall(
        "a about after all also am an and any are as at be been but by can could did do does for "
        "from had has have he her him his how i if in into is it it's its just me my no not of on "
        "one only or our out she so some than that the their them then there these they this to "
        "too up us very was we were what when which who will with would you your"
    )
)
LONGEST = 400  # words of a query


def words_of(text, stop_words=frozenset()):
    """Cut a text into words: lower case, letters and digits, without punctuation.

    Parameters
    ----------
    text : str
    stop_words : set of str; words that are left out

    Returns
    -------
    list of str; in the order of the text; each Chinese, Japanese or Korean character alone

    Examples
    --------
    >>> words_of("It's a T-shirt, size 38.", {"a"})
    ["it's", 't', 'shirt', 'size', '38']
    >>> words_of("红色裙子")
    ['红', '色', '裙', '子']
    """
    words = (word.replace("’", "'") for word in _WORD.findall(text.lower()))
    return [word for word in words if word not in stop_words]


def query_words(query, stop_words=frozenset()):
    """Cut a query into words, refusing one that asks nothing or too much.

    Parameters
    ----------
    query : str
    stop_words : set of str

    Returns
    -------
    list of str; 1 to 400

    Raises
    ------
    TypeError: the query is no string
    ValueError: no word is left, or more than 400 are there
    """
    if not isinstance(query, str):
        raise TypeError(f"query={query!r}: give a string")
    words = words_of(query, stop_words)
    if len(words) > LONGEST:
        raise ValueError(
            f"the query has {len(words)} words and begins {query[:40]!r}: "
            f"shorten it to {LONGEST} words or fewer"
        )
    if words:
        return words
    if words_of(query):
        raise ValueError(
            f"the query {query[:40]!r} has stop words only: add a word that says what you look for"
        )
    raise ValueError(f"the query {query[:40]!r} has no word: write what you look for")
