"""What the service refuses: one form of error, with the value and the cure."""

from __future__ import annotations

from starlette.responses import JSONResponse

SHOWN = 80  # characters of a value that a message repeats


class Refusal(Exception):  # noqa: N818  it is an answer, and no fault of the program
    """A question that is not answered, with what is wrong and how to correct it.

    Parameters
    ----------
    status : int; of HTTP
    code : str; the kind of error, for programs
    message : str; what is wrong; it names the value
    cure : str; what to do
    headers : dict of str or None; for the answer, such as ``Retry-After``
    """

    def __init__(self, status, code, message, cure, headers=None):
        super().__init__(message)
        self.status, self.code, self.message, self.cure = status, code, message, cure
        self.headers = headers or {}


FAILED = Refusal(
    500,
    "failed",
    "the service failed at this question",
    "ask again; if it fails again, look at the service's log",
)


def answer_of(refusal):
    """Return the answer to a question that is refused.

    Parameters
    ----------
    refusal : Refusal

    Returns
    -------
    starlette.responses.JSONResponse
    """
    error = {"code": refusal.code, "message": refusal.message, "cure": refusal.cure}
    return JSONResponse({"error": error}, refusal.status, headers=refusal.headers)


def shown(value):
    r"""Return a value as a message repeats it: short, and in signs that any answer can hold.

    Parameters
    ----------
    value : object; of a question

    Returns
    -------
    str

    Examples
    --------
    >>> shown("x" * 100)[-4:], shown("爱"), shown("\ud800")
    ('x...', "'爱'", "'\\ud800'")
    """
    text = repr(value[: SHOWN + 1] if isinstance(value, str) else value)
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def malformed(detail):
    """Return the refusal of a body that is no JSON.

    Parameters
    ----------
    detail : str; what the parser says

    Returns
    -------
    Refusal
    """
    cure = 'send one JSON object, such as {"person": 7}, in UTF-8'
    return Refusal(400, "malformed_json", f"the body is no JSON: {detail}", cure)


def misshapen(error, words):
    """Return the refusal of a question that is JSON, and of another form.

    Parameters
    ----------
    error : dict; of pydantic: ``type``, ``loc``, ``input``, ``msg``
    words : dict of str; what each field is

    Returns
    -------
    Refusal
    """
    kind, place, value = error["type"], list(error["loc"][1:]), error.get("input")
    if kind == "json_invalid":
        return malformed(error["ctx"]["error"])
    if kind.startswith("model") or not place:
        cure = "send an object, with the fields that /docs lists"
        return Refusal(422, "no_object", f"the body is {shown(value)}, and no JSON object", cure)
    if place[0] in ("person", "events") and len(place) > 1:
        place = place[1:]  # without which of its two forms the question has
    name = str(place[0])
    cure = (
        f"give {name}: {words[name]}" if name in words else "leave it out: /docs lists the fields"
    )
    if kind == "missing":
        return Refusal(422, "missing", f"{name} is missing", cure)
    if kind == "extra_forbidden":
        both = name in ("person", "events")
        cure = "ask with person or with events, not both" if both else cure
        return Refusal(422, "unknown_field", f"{shown(name)} is no field of this question", cure)
    if len(place) > 1 and isinstance(place[1], int):
        name = f"{name}[{place[1]}]"
    message = error["msg"].replace("Input", "it").replace("String", "it").replace("List", "it")
    if isinstance(place[-1], str) and len(place) > 1:
        message = "it is no id"  # neither of the two kinds
    if kind == "string_pattern_mismatch":
        message = "it is blank"
    return Refusal(422, "misshapen", f"{name}={shown(value)}: {message}", cure)
