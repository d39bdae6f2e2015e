"""What the gate lets through: by host, rate, token, kind and size."""

import asyncio
import json
import logging

import pytest

from plmrec_lite.applications.serving.gate import HEADERS, Gate, Limits
from plmrec_lite.applications.serving.refusal import Refusal

JSON = ("content-type", "application/json")


async def echo(scope, receive, send):
    """Answer what came, as far as the gate let it come."""
    message = await receive()
    assert not message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": message["body"]})


def ask(gate, *, method="POST", host="127.0.0.1:8000", headers=(JSON,), parts=(b"{}",), client="c"):
    """Ask in this process, from a list of parts that it uses up; give status, headers, body."""
    sent, left = [], parts if isinstance(parts, list) else list(parts)

    async def receive():
        if not left:
            await asyncio.sleep(60)
        body = left.pop(0)
        if body is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    async def send(message):
        sent.append(message)

    pairs = [(n.encode(), v.encode()) for n, v in (("host", host), *headers)]
    scope = {"type": "http", "method": method, "headers": pairs, "client": (client, 9)}
    asyncio.run(gate(scope, receive, send))
    start, end = sent
    return start["status"], {n.decode(): v.decode() for n, v in start["headers"]}, end["body"]


def refusal_of(answer, status, code):
    assert answer[0] == status
    assert answer[1]["content-type"] == "application/json"
    error = json.loads(answer[2])["error"]
    assert set(error) == {"code", "message", "cure"}
    assert error["code"] == code
    return error


def test_a_body_in_parts_arrives_whole_and_answers_bear_the_headers():
    status, headers, body = ask(Gate(echo), parts=[b'{"a"', b": ", b"1}"])
    assert (status, body) == (200, b'{"a": 1}')
    assert HEADERS.items() <= headers.items()
    assert "default-src 'self'" in headers["content-security-policy"]


@pytest.mark.parametrize("told", [True, False])
def test_a_body_may_be_as_large_as_the_limit_and_no_larger(told):
    gate = Gate(echo, limits=Limits(body=100))
    for size, status in ((100, 200), (101, 413)):
        headers = (JSON, ("content-length", str(size))) if told else (JSON,)
        parts = [b"x" * 60, b"x" * (size - 60)]
        answer = ask(gate, headers=headers, parts=parts)
        assert answer[0] == status
    assert "at most 100 bytes" in refusal_of(answer, 413, "too_large")["cure"]
    parts = [b"x" * 60, b"x" * 40, b"x"]  # full, and more to come: it is not cut off there
    refusal_of(ask(gate, parts=parts), 413, "too_large")


def test_a_large_body_is_not_read():
    parts = [b"x" * 60] * 1000

    async def never(scope, receive, send):
        raise AssertionError

    refusal_of(ask(Gate(never, limits=Limits(body=100)), parts=parts), 413, "too_large")
    assert len(parts) == 998  # no further than the part that made it too large
    headers = (JSON, ("content-length", "101"))
    refusal_of(
        ask(Gate(never, limits=Limits(body=100)), headers=headers, parts=[]), 413, "too_large"
    )


def test_a_body_that_does_not_come_is_given_up():
    gate = Gate(echo, limits=Limits(seconds=0.05))
    assert "0.05 seconds" in refusal_of(ask(gate, parts=[]), 408, "too_slow")["message"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "", "application/x-www-form-urlencoded", "text/json"]
)
def test_what_a_form_of_another_site_can_send_is_refused(kind):
    error = refusal_of(ask(Gate(echo), headers=[("content-type", kind)]), 415, "not_json")
    assert repr(kind) in error["message"]


def test_json_with_a_charset_is_json_and_a_page_needs_no_kind():
    assert ask(Gate(echo), headers=[("content-type", "Application/JSON; charset=utf-8")])[0] == 200
    assert ask(Gate(echo), method="GET", headers=[], parts=[b""])[0] == 200


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:80", "127.0.0.1", "127.9.0.1:8", "[::1]:8"]
)
def test_names_of_this_machine_are_answered(host):
    assert ask(Gate(echo), host=host)[0] == 200


@pytest.mark.parametrize(
    "host", ["", "evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "[::1", "a:b"]
)
def test_a_name_that_was_made_to_lead_here_is_not(host):
    refusal_of(ask(Gate(echo), host=host), 421, "other_host")
    bearing = (JSON, ("authorization", "Bearer secret-token-16ch"))
    gate = Gate(echo, "secret-token-16ch")
    assert ask(gate, host=host, headers=bearing)[0] == 200  # with a token any name will do


@pytest.mark.parametrize(
    "given",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic secret-token-16ch", "secret-token-16ch",
     "Bearer secret-token-16chx", "Bearer sécret"],
)  # fmt: skip
def test_a_question_without_the_token_is_refused(given):
    headers = (JSON,) if given is None else (JSON, ("authorization", given))
    answer = ask(Gate(echo, "secret-token-16ch"), headers=headers)
    error = refusal_of(answer, 401, "no_token")
    assert error["message"].endswith("another token" if given else "no token")
    assert answer[1]["www-authenticate"] == "Bearer"
    assert "secret-token" not in json.dumps(error)
    assert ask(Gate(echo, "secret-token-16ch"), method="GET", headers=[])[0] == 200  # the pages


def test_the_rate_is_that_of_each_client_and_fills_up_again():
    now = [0.0]
    gate = Gate(echo, limits=Limits(rate=2), clock=lambda: now[0])
    assert [ask(gate)[0] for _ in range(5)] == [200] * 4 + [429]
    assert ask(gate, client="other")[0] == 200
    answer = ask(gate)
    assert answer[1]["retry-after"] == "1"
    assert "2 questions a second came from c" in refusal_of(answer, 429, "too_many")["message"]
    now[0] += 0.5
    assert [ask(gate)[0] for _ in range(2)] == [200, 429]
    now[0] += 100
    assert [ask(gate)[0] for _ in range(5)] == [200] * 4 + [429]


def test_a_slow_rate_says_how_long_to_wait():
    gate = Gate(echo, limits=Limits(rate=0.1), clock=lambda: 0.0)
    assert ask(gate)[0] == 200
    assert ask(gate)[1]["retry-after"] == "10"


def test_wrong_tokens_are_limited_too():
    gate = Gate(echo, "secret-token-16ch", Limits(rate=1), lambda: 0.0)
    assert [ask(gate)[0] for _ in range(3)] == [401, 401, 429]


def test_the_clients_that_are_remembered_are_limited(monkeypatch):
    monkeypatch.setattr("plmrec_lite.applications.serving.gate.CLIENTS", 3)
    gate = Gate(echo, limits=Limits(rate=1), clock=lambda: 0.0)
    for client in "abcde":
        ask(gate, client=client)
    assert list(gate._left) == ["c", "d", "e"]


def test_a_fault_is_answered_and_logged_without_the_question(caplog):
    async def faulty(scope, receive, send):
        raise KeyError("ann likes secret things")

    with caplog.at_level(logging.DEBUG):
        refusal_of(ask(Gate(faulty)), 500, "failed")
    assert "KeyError at" in caplog.text
    assert "test_gate.py" in caplog.text
    assert "ann" not in caplog.text


def test_a_refusal_from_within_keeps_its_form():
    async def refusing(scope, receive, send):
        raise Refusal(507, "disk_full", "no room", "free it", {"Retry-After": "1"})

    answer = ask(Gate(refusing))
    assert refusal_of(answer, 507, "disk_full")["message"] == "no room"
    assert answer[1]["retry-after"] == "1"


def test_a_client_that_leaves_ends_its_question():
    assert ask(Gate(echo), parts=[b"{", None])[2] == b"{"
