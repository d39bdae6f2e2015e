"""WordPiece under the hand: the vocabulary that MiniLM shares with BERT."""

from plmrec_lite.text.pretrained import load_pretrained
from plmrec_lite.text.wordpiece import wordpiece

START = "The Terminator meets Amélie; 霸王别姬 follows"


def pieces():
    """All pieces by their numbers, without those that BERT left unused."""
    vocabulary = load_pretrained("minilm")[0].get_vocab()
    names = sorted(vocabulary, key=vocabulary.get)
    return [name for name in names if not name.startswith("[unused")]


def make():
    """The pieces in one text, with spaces between them; no piece holds one."""
    return {"pieces": " ".join(pieces()), "start": START}


def words(data):
    """How the film title and its verb are cut, and how many Chinese characters are known."""
    vocabulary = {*data["pieces"].split(" ")}
    latin, chinese = data["start"].lower().replace("é", "e").split("; ")
    cut = [piece for word in latin.split() for piece in wordpiece(word, vocabulary)]
    characters = chinese.split()[0]
    unknown = sum(character not in vocabulary for character in characters)
    return {
        "pieces": ", ".join(f"*{piece}*" for piece in cut),
        "characters": str(len(characters)),
        "unknown": str(unknown),
    }


def part(data):
    """How many pieces there are, and how long they are together."""
    held = data["pieces"].split(" ")
    anew = pieces()
    return (
        {"sizes": [len(held), sum(map(len, held))]},
        {"sizes": [len(anew), sum(map(len, anew))]},
    )
