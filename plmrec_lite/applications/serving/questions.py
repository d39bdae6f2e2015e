"""The forms of questions and answers; OpenAPI is made of them, so they hold the limits."""

# Without annotations from __future__, which would hide from FastAPI what a limit makes.
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictInt,
    StrictStr,
    Tag,
    create_model,
)

MOST_LISTED, LONGEST_LIST, LONGEST_TEXT, LONGEST_ID = 100, 1000, 1000, 200
# In OpenAPI as in Python, whose \s differ.
NOT_BLANK = r"[^\s\x1c-\x1f\x85\ufeff]"
LATEST = 1e11  # seconds since 1970; what is larger is of another unit


def _whole(value):
    """Take 7.0 as 7, for both are the same integer in JSON."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def whole(**limits):
    """Make the type of an integer within limits, which the description then holds.

    Parameters
    ----------
    **limits : as those of ``pydantic.Field``

    Returns
    -------
    type
    """
    return Annotated[StrictInt, Field(**limits), BeforeValidator(_whole)]


Text = Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_ID, pattern=NOT_BLANK)]
Id = whole() | Text
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
    """An item of an answer.

    Parameters
    ----------
    item : int or str; its id
    text : str
    score : float
    """

    item: int | str
    text: str
    score: float


class Answer(BaseModel):
    """Items, the best first, and what they rest on.

    Parameters
    ----------
    items : list of Listed
    basis : str; "events", "popularity" (of a person without events) or "words"
    n_events : int; how many events of the person were counted
    """

    items: list[Listed]
    basis: str
    n_events: int = 0


class Kept(BaseModel):
    """An event that is on the disk.

    Parameters
    ----------
    id : str
    new : bool; False: it was there already, and counts once
    """

    id: str
    new: bool


class Explanation(BaseModel):
    """The score of an item, as the sum of what each event adds.

    Parameters
    ----------
    item : Listed
    basis : str; as in ``Answer``
    because : list of Listed; the k events that change the score most, with what each adds
    rest : float; what the other events add
    met : bool; whether the person met the item already
    """

    item: Listed
    basis: str
    because: list[Listed]
    rest: float
    met: bool


class Health(BaseModel):
    """What is served.

    Parameters
    ----------
    model : str; its name
    n_items, n_users, n_events : int; events since it was fitted
    """

    model: str
    n_items: int
    n_users: int
    n_events: int


class Problem(BaseModel):
    """What is wrong, and what to do.

    Parameters
    ----------
    code, message, cure : str; see ``Refusal``
    """

    code: str
    message: str
    cure: str


class Refused(BaseModel):
    """The form of every error.

    Parameters
    ----------
    error : Problem
    """

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
    k = (whole(ge=1, le=most), Field(min(10, most), description=words["k"]))
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

    query = Field(
        min_length=1, max_length=LONGEST_TEXT, pattern=NOT_BLANK, description=WORDS["query"]
    )
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
