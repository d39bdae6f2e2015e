"""BM25 under the hand: eight short descriptions, and the scores of one query."""

from plmrec_lite.applications.search.inverted_index import BM25, InvertedIndex

DOCUMENTS = [
    "A red dress for a summer wedding.",
    "Red shoes and a red bag. Red, red, red.",
    "A warm dress. I wear this dress at work and this dress at home.",
    "A soft sweater in blue.",
    "A warm coat with a hood, against snow and wind. The lining is soft.",
    "Blue trousers for work.",
    "A blue skirt for a hot day in the city. It goes with a white shirt, with sandals and with a "
    "red hat.",
    "Trousers in red and white.",
]
START = "a red dress"
K1, B = 1.2, 0.75


def scores():
    """The score of each description for the query at the start."""
    return BM25(InvertedIndex(DOCUMENTS), K1, B).score(START).tolist()


def make():
    """The descriptions, the query and its scores."""
    found = [round(score, 4) for score in scores()]
    return {"documents": DOCUMENTS, "start": START, "scores": found}


def words(data):
    """The first two descriptions with their scores, and how common the words of the query are."""
    index = InvertedIndex(data["documents"])
    order = sorted(range(len(index)), key=lambda i: -data["scores"][i])
    told = {"n": str(len(index)), "query": data["start"]}
    for name, place in zip(("first", "second"), order, strict=False):
        told |= {name: data["documents"][place], f"{name}-score": f"{data['scores'][place]:.3f}"}
    for word in data["start"].split():
        told |= {word: str(len(index.find(word).documents))}
    return told


def part(data):
    """All scores."""
    return {"scores": data["scores"]}, {"scores": scores()}
