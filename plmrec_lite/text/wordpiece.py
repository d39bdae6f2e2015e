"""WordPiece: how BERT cuts a word into pieces that it knows.

Page: ideas/language-models.
"""

from __future__ import annotations


def wordpiece(word, vocabulary, unknown="[UNK]"):
    """Cut a word into the longest pieces that the vocabulary holds, from left to right.

    Parameters
    ----------
    word : str
        One word, already in the form of the vocabulary (for MiniLM: lower case, no accents).
    vocabulary : set or dict of str
        The known pieces; one that continues a word is marked with ``##``.
    unknown : str, default "[UNK]"
        What stands for a word that cannot be cut into known pieces.

    Returns
    -------
    list of str
        The pieces in order; ``[unknown]`` as soon as one part of the word is not known.

    Raises
    ------
    ValueError
        If the word is empty or holds a space.

    Examples
    --------
    >>> wordpiece("aliens", {"al", "alien", "##s", "##iens"})
    ['alien', '##s']

    Source: Schuster and Nakajima 2012; the search is that of Devlin et al. 2019.
    Page: ideas/language-models.
    """
    if not word or word.split() != [word]:
        raise ValueError(f"word={word!r}: give one word without spaces; split the text first")
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        for end in range(len(word), start, -1):  # the longest first
            if mark + word[start:end] in vocabulary:
                pieces.append(mark + word[start:end])
                start = end
                break
        else:
            return [unknown]
    return pieces
