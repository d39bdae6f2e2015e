"""WordPiece under the hand: the small vocabulary of ideas/language-models."""

from plmrec_lite.text.wordpiece import wordpiece

PIECES = ["star", "st", "##ar", "##ship", "##s", "ships", "##fish", "##p", "##hip"]
ON = 6  # the first pieces are in the vocabulary at the start
WORD = "starships"


def make():
    """The pieces, how many are in the vocabulary at first, and the word."""
    return {"pieces": PIECES, "on": ON, "word": WORD}


def words(data):
    """How three words are cut, at first and with ##fish."""
    first = data["pieces"][: data["on"]]
    said = {
        word: ", ".join(wordpiece(word, {*first})) for word in ("starships", "stars", "starfish")
    }
    said["starfish-known"] = ", ".join(wordpiece("starfish", {*first, "##fish"}))
    said["without-star"] = ", ".join(wordpiece("starships", {*first} - {"star"}))
    return said


def part(data):
    """How many are in the vocabulary at the start."""
    return {"on": data["on"]}, {"on": ON}
