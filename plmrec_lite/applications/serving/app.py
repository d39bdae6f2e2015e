"""The service itself: questions in, answers out; ``gate`` stands before it."""

# Without annotations from __future__, which would hide from FastAPI what a catalogue makes.
from importlib.resources import files
from typing import Annotated

from fastapi import Body, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException

from plmrec_lite import __version__
from plmrec_lite.applications.serving.gate import Gate, Limits
from plmrec_lite.applications.serving.questions import (
    Answer,
    Explanation,
    Health,
    Kept,
    Listed,
    Refused,
    question_forms,
)
from plmrec_lite.applications.serving.refusal import (
    FAILED,
    Refusal,
    answer_of,
    malformed,
    misshapen,
    shown,
)
from plmrec_lite.applications.serving.text_index import TextIndex

PAGES = {
    "/": ("try.html", "text/html"),
    "/try.js": ("try.js", "text/javascript"),
    "/docs": ("docs.html", "text/html"),
    "/docs.js": ("docs.js", "text/javascript"),
    "/page.css": ("page.css", "text/css"),
}
CODES = (400, 401, 404, 408, 413, 415, 421, 422, 429, 500)


def create_app(served, log, token=None, limits=Limits()):  # noqa: B008
    """Make the application that answers questions about a model.

    Parameters
    ----------
    served : Served; of ``load_service``
    log : EventLog
    token : str or None; see ``Gate``
    limits : Limits

    Returns
    -------
    Gate; an ASGI application; ``app`` is FastAPI's

    Raises
    ------
    Refusal: inside, to FastAPI, which answers it: a question names what is not known
    """
    folding, index = served.folding, TextIndex(served.texts)
    forms, words = question_forms(len(served.texts))
    app = FastAPI(
        title="plmrec-lite serve",
        version=__version__,
        description="Recommendations, search, events and explanations of one saved model.",
        docs_url=None,
        redoc_url=None,
        responses={code: {"model": Refused} for code in CODES},
        dependencies=[Depends(HTTPBearer(auto_error=False))] if token else [],
    )
    _refuse_in_one_form(app, words)
    _serve_pages(app)

    def listed(items, scores):
        ids, texts = served.item_ids, served.texts
        return [
            Listed(item=ids[i], text=texts[i], score=s) for i, s in zip(items, scores, strict=True)
        ]

    def number(own, name="item"):
        if str(own) not in served.items:
            raise Refusal(
                404,
                "unknown_item",
                f"{name}={shown(own)} is not an item of this model",
                f"give the id of an item, such as {shown(served.item_ids[0])}, or fit a model "
                "that knows it",
            )
        return served.items[str(own)]

    def profile(question):
        if hasattr(question, "events"):
            return folding.profile(None, [number(own, "events") for own in question.events])
        person = str(question.person)
        met = log.items_of(person)
        if person not in served.users and not met:
            raise Refusal(
                404,
                "unknown_person",
                f"person={shown(question.person)} is not known",
                "send an event of this person first, or ask with events: [...]",
            )
        known = [served.items[own] for own in met if own in served.items]
        return folding.profile(served.users.get(person), known)

    @app.post("/recommend", summary="The best items for a person, or for a list of events")
    def recommend(question: Annotated[forms["recommend"], Body()]) -> Answer:
        row = profile(question)
        items, scores = folding.recommend(row, question.k)
        basis = "events" if row.nnz else "popularity"
        return Answer(items=listed(items, scores), basis=basis, n_events=row.nnz)

    @app.post("/search", summary="The items whose texts are most like the words")
    def search(question: Annotated[forms["search"], Body()]) -> Answer:
        return Answer(items=listed(*index.search(question.query, question.k)), basis="words")

    more = {201: {"model": Kept}, **{code: {"model": Refused} for code in (409, 503, 507)}}

    @app.post("/event", summary="Keep an event; 201: it is on the disk", responses=more)
    def event(question: Annotated[forms["event"], Body()], response: Response) -> Kept:
        number(question.item)
        who = (question.id, str(question.person), str(question.item))
        new = log.add(*who, question.value, question.time)
        response.status_code = 201 if new else 200
        return Kept(id=question.id, new=new)

    @app.post("/explain", summary="What each event adds to the score of an item")
    def explain(question: Annotated[forms["explain"], Body()]) -> Explanation:
        row, item = profile(question), number(question.item)
        events, parts = folding.explain(row, item)
        return Explanation(
            item=listed([item], [float(folding.score(row)[item])])[0],
            basis="events" if row.nnz else "popularity",
            because=listed(events[: question.k], parts[: question.k]),
            rest=sum(parts[question.k :]),
            met=item in row.indices,
        )

    @app.get("/health", summary="Whether it serves, and what")
    def health() -> Health:
        n_users, n_items = folding.model.seen_.shape
        sizes = {"n_items": n_items, "n_users": n_users, "n_events": len(log)}
        return Health(model=folding.model.name, **sizes)

    return Gate(app, token, limits)


def _serve_pages(app):
    """Give the pages and their parts, read once."""
    for path, (name, kind) in PAGES.items():
        content = (files(__package__) / "pages" / name).read_bytes()

        def page(content=content, kind=kind):
            return Response(content, media_type=kind)

        app.add_route(path, lambda request, page=page: page(), methods=["GET"])


def _refuse_in_one_form(app, words):
    """Turn what FastAPI refuses into this service's form."""

    @app.exception_handler(Refusal)
    def refused(request: Request, refusal: Refusal):
        return answer_of(refusal)

    @app.exception_handler(Exception)
    def failed(request: Request, error: Exception):
        return answer_of(FAILED)

    @app.exception_handler(RequestValidationError)
    def of_another_form(request: Request, error: RequestValidationError):
        return answer_of(misshapen(error.errors()[0], words))

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException):
        code, where = str(error.detail).lower().replace(" ", "_"), request.url.path
        if error.status_code == 400:
            return answer_of(malformed(error.detail))
        message, cure = f"{request.method} {shown(where)}: {error.detail}", "see /docs"
        return answer_of(Refusal(error.status_code, code, message, cure, error.headers))
