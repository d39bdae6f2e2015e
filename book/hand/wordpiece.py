"""WordPiece under the hand: the vocabulary that MiniLM shares with BERT."""

from plmrec_lite.text.pretrained import load_pretrained

START = "The Terminator meets Amélie; 霸王别姬 follows"


def pieces():
    """All pieces by their numbers, without those that BERT left unused."""
    vocabulary = load_pretrained("minilm")[0].get_vocab()
    names = sorted(vocabulary, key=vocabulary.get)
    return [name for name in names if not name.startswith("[unused")]


def make():
    """The pieces in one text, with spaces between them; no piece holds one."""
    return {"pieces": " ".join(pieces()), "start": START}


def part(data):
    """How many pieces there are, and how long they are together."""
    held = data["pieces"].split(" ")
    anew = pieces()
    return (
        {"sizes": [len(held), sum(map(len, held))]},
        {"sizes": [len(anew), sum(map(len, anew))]},
    )
