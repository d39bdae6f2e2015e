"""Questions and answers, good and bad, as a client meets them."""

import json
import logging
import threading

import pytest
from small_shop import KINDS, N_ITEMS, make_folder, shop_log

from plmrec_lite.applications.serving.app import create_app
from plmrec_lite.applications.serving.event_log import EventLog
from plmrec_lite.applications.serving.served_folder import EVENTS, load_service
from plmrec_lite.recommenders import EASE, ItemKNN

JSON = {"content-type": "application/json"}


def asked(client, path, status=200, **question):
    answer = client.post(path, json=question)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def refused(client, path, status, **question):
    error = asked(client, path, status, **question)["error"]
    assert set(error) == {"code", "message", "cure"}
    assert all(error.values())
    return error


def test_a_known_person_gets_what_the_model_recommends_in_own_ids(client):
    log = shop_log()
    expected = log.item_ids[EASE(20).fit(log).recommend([5], 4)[0]].tolist()
    found = asked(client, "/recommend", person=log.user_ids[5], k=4)
    assert [row["item"] for row in found["items"]] == expected
    assert found["basis"] == "events"
    assert found["n_events"] == int(EASE(20).fit(log).seen_[[5]].nnz)
    assert found["items"][0]["text"].startswith(f"Film {expected[0] - 100} of")


def test_a_list_of_events_is_answered_and_not_kept(client):
    found = asked(client, "/recommend", events=[102, "105", 108], k=5)
    assert {row["item"] % 3 for row in found["items"]} == {102 % 3}
    assert not {102, 105, 108} & {row["item"] for row in found["items"]}
    assert len(client.log) == 0


def test_a_new_event_changes_the_scores_at_once(client):
    before = asked(client, "/recommend", person="p1", k=N_ITEMS)
    first = before["items"][0]["item"]
    asked(client, "/event", 201, id="a", person="p1", item=first)
    after = asked(client, "/recommend", person="p1", k=N_ITEMS)
    assert after["n_events"] == before["n_events"] + 1
    assert first not in [row["item"] for row in after["items"]]
    old = {row["item"]: row["score"] for row in before["items"]}
    assert any(row["score"] != old[row["item"]] for row in after["items"])


def test_a_person_begins_with_an_event_and_fares_as_a_list_does(client):
    assert "send an event" in refused(client, "/recommend", 404, person="new")["cure"]
    asked(client, "/event", 201, id="a", person="new", item=102)
    asked(client, "/event", 201, id="b", person="new", item=105)
    found = asked(client, "/recommend", person="new", k=5)
    assert found == asked(client, "/recommend", events=[102, 105], k=5)


def test_an_event_that_comes_again_counts_once(client):
    event = {"id": "a", "person": "p1", "item": 102, "value": 4, "time": 880000000}
    assert asked(client, "/event", 201, **event) == {"id": "a", "new": True}
    assert asked(client, "/event", 200, **event) == {"id": "a", "new": False}
    assert refused(client, "/event", 409, **event | {"item": 103})["code"] == "id_taken"
    assert asked(client, "/event", 201, **event | {"id": "b"})["new"]  # under another id: again
    assert len(client.log) == 2


def test_order_matters_where_the_model_says_so(tmp_path):
    from fastapi.testclient import TestClient

    folder = make_folder(tmp_path / "served", EASE(20, decay=0.5))
    app = create_app(load_service(folder), EventLog(folder / EVENTS))
    client = TestClient(app, base_url="http://127.0.0.1")
    one, other = (asked(client, "/recommend", events=e, k=3) for e in ([100, 101], [101, 100]))
    assert one["items"][0]["item"] % 3 == 101 % 3
    assert other["items"][0]["item"] % 3 == 100 % 3
    asked(client, "/event", 201, id="a", person="x", item=101, time=20)
    asked(client, "/event", 201, id="b", person="x", item=100, time=10)  # came later, was earlier
    assert asked(client, "/recommend", person="x", k=3) == one


def test_an_explanation_names_the_events_and_adds_up(client):
    found = asked(client, "/explain", person="p4", item=100, k=2)
    assert len(found["because"]) == 2
    parts = [row["score"] for row in found["because"]]
    assert sum(parts) + found["rest"] == pytest.approx(found["item"]["score"], abs=1e-6)
    assert found["rest"] != 0
    assert found["basis"] == "events"
    log = shop_log()
    user = log.user_ids.tolist().index("p4")
    mine = log.item_ids[log.items[log.users == user]].tolist()
    assert {row["item"] for row in found["because"]} <= set(mine)
    for item in (100, mine[0]):
        assert asked(client, "/explain", person="p4", item=item)["met"] == (item in mine)
    assert asked(client, "/explain", events=[103], item=100)["because"][0]["item"] == 103


def test_search_finds_words_and_says_nothing_of_none(client):
    found = asked(client, "/search", query="a film of love", k=8)
    assert [KINDS[row["item"] % 100 % 3] for row in found["items"]] == ["love"] * 8
    assert found["basis"] == "words"
    assert len(asked(client, "/search", query="电影", k=3)["items"]) == 3  # Chinese
    assert len(asked(client, "/search", query="the of", k=3)["items"]) == 3  # stop words
    assert asked(client, "/search", query="of " * 333, k=1)["items"]
    assert asked(client, "/search", query="爱情 ?!")["items"] == []


def test_health_says_what_is_served_and_who_asks_needs_no_token(client):
    asked(client, "/event", 201, id="a", person="p1", item=102)
    expected = {"model": "EASE", "n_items": N_ITEMS, "n_users": 40, "n_events": 1}
    assert client.get("/health").json() == expected


WRONG = [
    ("/recommend", {}, "missing", "person is missing"),
    ("/recommend", {"person": "p1", "events": [101]}, "unknown_field", "not both"),
    ("/recommend", {"persn": "p1"}, "missing", "person"),
    ("/recommend", {"person": "p1", "size": 3}, "unknown_field", "'size'"),
    ("/recommend", {"person": "p1", "k": -3}, "misshapen", "k=-3"),
    ("/recommend", {"person": "p1", "k": 0}, "misshapen", "k=0"),
    ("/recommend", {"person": "p1", "k": N_ITEMS + 1}, "misshapen", f"1 to {N_ITEMS}"),
    ("/recommend", {"person": "p1", "k": 2.5}, "misshapen", "k=2.5"),
    ("/recommend", {"person": "p1", "k": "3"}, "misshapen", "k='3'"),
    ("/recommend", {"person": "p1", "k": True}, "misshapen", "k=True"),
    ("/recommend", {"person": True}, "misshapen", "person=True: it is no id"),
    ("/recommend", {"person": None}, "misshapen", "person=None"),
    ("/recommend", {"person": ""}, "misshapen", "person=''"),
    ("/recommend", {"person": "p" * 201}, "misshapen", "200 characters"),
    ("/recommend", {"events": []}, "misshapen", "events=[]"),
    ("/recommend", {"events": [101] * 1001}, "misshapen", "1 to 1,000"),
    ("/recommend", {"events": [101, None]}, "misshapen", "events[1]=None"),
    ("/recommend", {"events": 101}, "misshapen", "events=101"),
    ("/search", {"query": ""}, "misshapen", "query=''"),
    ("/search", {"query": " \n "}, "misshapen", "it is blank"),
    ("/search", {"query": "w" * 1001}, "misshapen", "1,000 characters"),
    ("/search", {"query": 7}, "misshapen", "query=7"),
    ("/event", {"person": "p1", "item": 101}, "missing", "id is missing"),
    ("/event", {"id": 7, "person": "p1", "item": 101}, "misshapen", "id=7"),
    ("/event", {"id": "a", "person": "p1", "item": 101, "value": "4"}, "misshapen", "value='4'"),
    ("/event", {"id": "a", "person": "p1", "item": 101, "time": -1}, "misshapen", "time=-1"),
    ("/event", {"id": "a", "person": "p1", "item": 101, "time": 1.7e12}, "misshapen", "seconds"),
    ("/event", {"id": "a", "person": "p1", "item": 101, "time": "2024-05-31"}, "misshapen", "time"),
    ("/explain", {"person": "p1"}, "missing", "item is missing"),
]


@pytest.mark.parametrize(("path", "question", "code", "says"), WRONG)
def test_a_question_of_another_form_is_named_with_its_value(client, path, question, code, says):
    error = refused(client, path, 422, **question)
    assert error["code"] == code
    assert says in error["message"] + error["cure"]
    assert len(error["message"]) < 250


@pytest.mark.parametrize(
    ("path", "question", "says"),
    [
        ("/recommend", {"person": "nobody"}, "person='nobody'"),
        ("/recommend", {"events": [101, 999]}, "events=999"),
        ("/event", {"id": "a", "person": "p1", "item": 124}, "item=124"),
        ("/explain", {"person": "p1", "item": "Film 3"}, "item='Film 3'"),
    ],
)
def test_what_is_not_known_is_named(client, path, question, says):
    error = refused(client, path, 404, **question)
    assert says in error["message"]
    assert error["code"].startswith("unknown_")
    assert len(client.log) == 0


BODIES = {
    b'{"query": "x"': 400,
    b"": 422,
    b"[]": 422,
    b'"x"': 422,
    b"7": 422,
    b"null": 422,
    b"\xff\xfe": 400,
    b"[" * 60_000: 400,
    b"9" * 60_000: 400,
    b'{"query": "\\ud800"}': 422,
    b'{"query": NaN}': 422,
    b'{"id": "a", "person": "p1", "item": 101, "value": NaN}': 422,
    b'{"id": "a", "person": "p1", "item": 101, "value": -Infinity}': 422,
    b'{"id": "a", "person": "p1", "item": 101, "value": 1e999}': 422,
    b'{"id": "a", "person": "p\\udfff", "item": 101}': 422,
    b'{"query": "' + b"word " * 10_000 + b'"}': 422,
    b'{"query": "' + b"word " * 20_000 + b'"}': 413,
}


@pytest.mark.parametrize("path", ["/search", "/event", "/recommend"])
@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:50].decode("latin-1"))
def test_a_body_that_is_no_question_is_refused(client, path, body):
    answer = client.post(path, content=body, headers=JSON)
    assert answer.status_code == BODIES[body]
    assert set(answer.json()["error"]) == {"code", "message", "cure"}
    assert len(answer.text) < 500
    assert len(client.log) == 0


def test_other_addresses_and_methods_are_refused_in_the_same_form(client):
    for method, path, status in (
        ("POST", "/nope", 404),
        ("GET", "/../x", 404),
        ("GET", "/event", 405),
    ):
        answer = client.request(method, path, headers=JSON)
        assert answer.status_code == status
        assert set(answer.json()["error"]) == {"code", "message", "cure"}
    assert answer.headers["allow"] == "POST"


def test_a_fault_is_answered_in_the_same_form_and_its_words_are_not_logged(
    client, monkeypatch, caplog
):
    monkeypatch.setattr(client.log, "items_of", lambda person: {}[f"secret of {person}"])
    with caplog.at_level(logging.DEBUG):
        assert refused(client, "/recommend", 500, person="p1")["code"] == "failed"
    assert "KeyError" in caplog.text
    assert "secret" not in caplog.text


def test_no_question_leaves_a_word_in_the_log(client, caplog, capfd):
    with caplog.at_level(logging.DEBUG, "plmrec_lite"), caplog.at_level(logging.DEBUG, "uvicorn"):
        asked(client, "/search", query="very private words")
        refused(client, "/search", 422, query="very private words " * 99)
        asked(client, "/event", 201, id="a", person="p1", item=101)
        refused(client, "/recommend", 404, person="private person")
    said = caplog.text + "".join(capfd.readouterr())
    assert "private" not in said
    assert "p1" not in said


def test_an_item_of_the_log_that_the_model_does_not_know_is_passed_over(client):
    client.log.add("old", "p1", "withdrawn")
    client.log.add("new", "p1", "102")
    before = asked(client, "/recommend", events=[100], k=1)["n_events"]
    assert before == 1
    assert asked(client, "/recommend", person="p1", k=1)["n_events"] >= 1
    client.log.add("only", "stranger", "withdrawn")
    found = asked(client, "/recommend", person="stranger", k=2)
    assert (found["basis"], found["n_events"]) == ("popularity", 0)


def test_a_log_that_is_full_refuses_the_event_and_the_service_goes_on(client):
    def limit(pages):
        client.log._connection().execute(f"PRAGMA max_page_count = {pages}").fetchone()

    answers, add = [], client.log.add
    client.log.add = lambda *event: (limit(12), add(*event))[1]  # of whichever thread it is
    for number in range(400):
        event = {"id": f"e{number}" * 20, "person": "p" * 199, "item": 101}
        answers.append(client.post("/event", json=event).status_code)
        if answers[-1] == 507:
            break
    error = refused(client, "/event", 507, **event)
    assert error["code"] == "disk_full"
    assert asked(client, "/recommend", person="p1", k=3)["items"]
    assert asked(client, "/search", query="war")["items"]
    assert client.get("/health").json()["n_events"] == answers.count(201) > 10
    client.log.add = lambda *event: (limit(10_000), add(*event))[1]
    asked(client, "/event", 201, **event)


def test_two_who_ask_at_once_get_their_own_answers(client):
    log, found = shop_log(), {}
    expected = {own: asked(client, "/recommend", person=own, k=5) for own in log.user_ids[:8]}

    def ask(own):
        found[own] = [asked(client, "/recommend", person=own, k=5) for _ in range(5)]
        asked(client, "/event", 201, id=own, person="all", item=100 + int(own[1:]) % N_ITEMS)

    threads = [threading.Thread(target=ask, args=(own,)) for own in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {own: [answer] * 5 for own, answer in expected.items()}
    assert len(client.log.items_of("all")) == 8


def test_item_knn_is_served_too(tmp_path):
    from fastapi.testclient import TestClient

    folder = make_folder(tmp_path / "served", ItemKNN(6))
    app = create_app(load_service(folder), EventLog(folder / EVENTS))
    client = TestClient(app, base_url="http://127.0.0.1")
    found = asked(client, "/explain", person="p2", item=103)
    parts = [row["score"] for row in found["because"]]
    assert sum(parts) + found["rest"] == pytest.approx(found["item"]["score"], abs=1e-6)
    assert client.get("/health").json()["model"] == "item-kNN"


def test_the_description_holds_the_limits_and_the_token(shop, tmp_path):
    from fastapi.testclient import TestClient

    log = EventLog(tmp_path / "events.sqlite")
    app = create_app(load_service(shop), log, "secret-token-16ch")
    client = TestClient(app, base_url="http://anything")
    description = client.get("/openapi.json").json()
    assert set(description["paths"]) == {"/recommend", "/search", "/event", "/explain", "/health"}
    k = description["components"]["schemas"]["Search"]["properties"]["k"]
    assert (k["minimum"], k["maximum"], k["default"]) == (1, N_ITEMS, 10)
    assert description["paths"]["/search"]["post"]["security"] == [{"HTTPBearer": []}]
    assert "secret" not in json.dumps(description)
    asked = {
        (form, name): "description" in field
        for form, schema in description["components"]["schemas"].items()
        if form.startswith(("Recommend", "Search", "Event", "Explain"))
        for name, field in schema["properties"].items()
    }
    assert ("ExplainForPerson", "item") in asked
    assert [field for field, is_described in asked.items() if not is_described] == []
    forms = {"Listed", "Answer", "Kept", "Explanation", "Health", "Problem", "Refused"}
    assert forms <= set(description["components"]["schemas"])
    assert client.post("/search", json={"query": "war"}).status_code == 401
    bearing = {"authorization": "Bearer secret-token-16ch"}
    assert client.post("/search", json={"query": "war"}, headers=bearing).status_code == 200
