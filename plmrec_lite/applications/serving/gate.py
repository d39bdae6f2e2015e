"""What stands before every question: host, rate, token, kind and size of the body."""

from __future__ import annotations

import asyncio
import hmac
import logging
import math
import re
import time
from collections import OrderedDict
from dataclasses import dataclass

from plmrec_lite.applications.serving.refusal import FAILED, Refusal, answer_of, shown

LOG = logging.getLogger("plmrec_lite.serving")
LOOPBACK = r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?"
CLIENTS = 10_000  # whose rate is remembered
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@dataclass(frozen=True)
class Limits:
    """What the gate lets through.

    Attributes
    ----------
    rate : float; questions a second of one address, on average; a burst may hold twice as many
    body : int; bytes of a question
    seconds : float; how long a body may take to come
    """

    rate: float = 100.0
    body: int = 65_536
    seconds: float = 10.0


class Gate:
    """An ASGI application in front of another, which sees whole and allowed questions only.

    Parameters
    ----------
    app : ASGI application
    token : str or None; what a question must bear; None: nothing, and only this machine may ask
    limits : Limits
    clock : callable; seconds
    """

    def __init__(self, app, token=None, limits=Limits(), clock=time.monotonic):
        self.app, self.token, self.limits, self.clock = app, token, limits, clock
        self._left = OrderedDict()  # of each client's burst, and when that was so

    async def __call__(self, scope, receive, send):
        """Answer one question, as ASGI asks for it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        begun = False

        async def sending(message):
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                extra = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        try:
            await self.app(scope, await self._admitted(scope, receive), sending)
        except Refusal as refusal:
            await answer_of(refusal)(scope, receive, sending)
        except Exception as error:
            where = error.__traceback__
            while where.tb_next:
                where = where.tb_next
            place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}"
            LOG.error("%s at %s", type(error).__name__, place)  # its words may hold the question
            if not begun:
                await answer_of(FAILED)(scope, receive, sending)

    async def _admitted(self, scope, receive):
        """Return what receives the body again, or refuse the question."""
        headers = {name.decode("latin-1"): v.decode("latin-1") for name, v in scope["headers"]}
        self._check_rate((scope.get("client") or ("",))[0])
        if self.token is None:
            _check_host(headers.get("host", ""))
        elif scope["method"] == "POST":
            _check_token(headers.get("authorization", ""), self.token)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if scope["method"] == "POST" and kind != "application/json":
            raise Refusal(
                415,
                "not_json",
                f"Content-Type is {shown(kind)}",
                "send JSON, with the header Content-Type: application/json",
            )
        try:
            async with asyncio.timeout(self.limits.seconds):
                body = await self._body(headers, receive)
        except TimeoutError:
            raise Refusal(
                408,
                "too_slow",
                f"the body did not come within {self.limits.seconds:g} seconds",
                "send it at once",
            ) from None
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def again():
            return messages.pop() if messages else await receive()

        return again

    async def _body(self, headers, receive):
        """Read the whole body, unless it is too large."""
        told, body = headers.get("content-length", ""), b""
        size, more = int(told) if told.isdecimal() else 0, True
        while more and max(size, len(body)) <= self.limits.body:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if max(size, len(body)) > self.limits.body:
            raise Refusal(
                413,
                "too_large",
                f"the body has {max(size, len(body))} bytes or more",
                f"send at most {self.limits.body} bytes: shorter texts, or fewer events",
                {"Connection": "close"},
            )
        return body

    def _check_rate(self, client):
        """Take one question from what a client has left, which fills up with time."""
        now, most = self.clock(), max(2 * self.limits.rate, 1)
        left, then = self._left.pop(client, (most, now))
        left = min(left + (now - then) * self.limits.rate, most)
        self._left[client] = (left - (left >= 1), now)
        if len(self._left) > CLIENTS:
            self._left.popitem(last=False)
        if left < 1:
            wait = math.ceil((1 - left) / self.limits.rate)
            raise Refusal(
                429,
                "too_many",
                f"more than {self.limits.rate:g} questions a second came from {client}",
                f"wait {wait} s and ask again, more slowly",
                {"Retry-After": str(wait)},
            )


def _check_host(host):
    """Refuse a page of another site whose name was made to lead here."""
    if not re.fullmatch(LOOPBACK, host, re.IGNORECASE):
        raise Refusal(
            421,
            "other_host",
            f"Host is {shown(host)}",
            "ask http://127.0.0.1, or start the service with a token to be asked by other names",
        )


def _check_token(given, token):
    """Refuse a question that does not bear the token."""
    scheme, _, word = given.partition(" ")
    same = hmac.compare_digest(word.strip().encode(), token.encode())
    if scheme.lower() != "bearer" or not same:
        raise Refusal(
            401,
            "no_token",
            "the question bears no token" if not given else "the question bears another token",
            "send the header Authorization: Bearer TOKEN, with the token of PLMREC_TOKEN",
            {"WWW-Authenticate": "Bearer"},
        )
