"""The forms of questions and answers; OpenAPI is made of them, so they hold the limits."""

# Without annotations from __future__, which would hide from FastAPI what a limit makes.
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StrictInt,
    StrictStr,
    Tag,
    create_model,
)

MOST_LISTED, LONGEST_LIST, LONGEST_TEXT, LONGEST_ID = 100, 1000, 1000, 200
LATEST = 1e11  # seconds since 1970; what is larger is of another unit

Text = Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_ID, pattern=r"\S")]
Id = Annotated[StrictInt, Field(ge=-(2**63), lt=2**64)] | Text
Number = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e9, le=1e9)]
Time = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, lt=LATEST)]
Closed = ConfigDict(extra="forbid", regex_engine="python-re")
WORDS = {
    "person": "the id of a person, a number or a text of at most 200 characters",
    "item": "the id of an item, a number or a text of at most 200 characters",
    "events": "the ids of items that a person met, the oldest first, 1 to 1,000 of them",
    "query": "words, 1 to 1,000 characters",
    "id": "the event's own id, a text of 1 to 200 characters; the same when it is sent again",
    "value": "such as stars; it is kept, and does not change scores; or leave it out",
    "time": "seconds since 1970; leave it out for the time when the event comes in",
}


class Listed(BaseModel):
    """An item of an answer, with its text and what it scores."""

    item: int | str
    text: str
    score: float


class Answer(BaseModel):
    """Items, the best first, and what they rest on."""

    items: list[Listed]
    basis: str = Field(description="events, popularity (a person without events) or words")
    n_events: int = Field(0, description="how many events of the person were counted")


class Kept(BaseModel):
    """An event that is on the disk."""

    id: str
    new: bool = Field(description="false: it was there already, and counts once")


class Explanation(BaseModel):
    """The score of an item, as the sum of what each event adds; the rest is below the list."""

    item: Listed
    basis: str
    because: list[Listed]
    rest: float
    met: bool = Field(description="whether the person met the item already")


class Health(BaseModel):
    """What the service serves."""

    model: str
    n_items: int
    n_users: int
    n_events: int


class Problem(BaseModel):
    """What is wrong, with the value, and the cure."""

    code: str
    message: str
    cure: str


class Refused(BaseModel):
    """The form of every error."""

    error: Problem


def question_forms(n_items):
    """Make the forms of questions for a catalogue of some size.

    Parameters
    ----------
    n_items : int

    Returns
    -------
    forms : dict; ``recommend``, ``search``, ``event`` and ``explain``, as FastAPI takes them
    words : dict of str; what each field is
    """
    most = min(MOST_LISTED, n_items)
    words = {**WORDS, "k": f"how many items, 1 to {most}"}
    k = Field(min(10, most), ge=1, le=most, description=words["k"])
    k = (Annotated[int, Field(strict=True)], k)
    person = {"person": (Id, Field(description=WORDS["person"]))}
    listed = Field(min_length=1, max_length=LONGEST_LIST, description=WORDS["events"])
    events, item = {"events": (list[Id], listed)}, {"item": (Id, Field(description=WORDS["item"]))}

    def form(name, **fields):
        return create_model(name, __config__=Closed, **fields)

    def either(name, **fields):
        ways = {"person": form(f"{name}ForPerson", **person, **fields)}
        ways["events"] = form(f"{name}ForEvents", **events, **fields)
        tagged = [Annotated[way, Tag(tag)] for tag, way in ways.items()]
        return Annotated[tagged[0] | tagged[1], Discriminator(_way)]

    query = Field(min_length=1, max_length=LONGEST_TEXT, pattern=r"\S", description=WORDS["query"])
    forms = {
        "recommend": either("Recommend", k=k),
        "explain": either("Explain", **item, k=k),
        "search": form("Search", query=(StrictStr, query), k=k),
        "event": form(
            "Event",
            id=(Text, Field(description=WORDS["id"])),
            **person,
            **item,
            value=(Number | None, Field(None, description=WORDS["value"])),
            time=(Time | None, Field(None, description=WORDS["time"])),
        ),
    }
    return forms, words


def _way(question):
    """Which of its two forms a question has."""
    return "events" if isinstance(question, dict) and "events" in question else "person"
