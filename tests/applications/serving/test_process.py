"""A service in a process of its own: killed under load, with a full disk, asked slowly."""

import contextlib
import resource
import signal
import sqlite3
import threading
import time

import httpx

from plmrec_lite.applications.serving.served_folder import EVENTS

SOON = 5.0  # seconds of one core until it answers again; on a busy machine the clock says more


def test_sigkill_under_load_loses_no_acknowledged_event(folder, serve):
    service, acknowledged, stop = serve(folder, "--rate", "1e6"), [], threading.Event()

    def send(part):
        with httpx.Client(timeout=30) as client, contextlib.suppress(httpx.HTTPError):
            for number in range(100_000):
                event = {"id": f"{part}-{number}", "person": f"q{part}", "item": 100 + number % 24}
                answer = client.post(f"{service.url}/event", json=event)
                if answer.status_code == 201:
                    acknowledged.append(event["id"])
                if stop.is_set():
                    return

    threads = [threading.Thread(target=send, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 60
    while len(acknowledged) < 60 and time.monotonic() < deadline:
        time.sleep(0.01)
    service.process.send_signal(signal.SIGKILL)
    for thread in threads:
        thread.join()
    stop.set()
    assert service.process.wait() == -signal.SIGKILL
    assert len(acknowledged) >= 60

    again = serve(folder)
    assert again.cpu <= SOON
    with sqlite3.connect(folder / EVENTS) as connection:
        kept = {row[0] for row in connection.execute("SELECT id FROM events")}
    assert set(acknowledged) <= kept
    assert len(kept) <= len(acknowledged) + len(threads)  # those whose answer did not arrive
    assert httpx.get(f"{again.url}/health").json()["n_events"] == len(kept)
    retried = {"id": acknowledged[0], "person": "q" + acknowledged[0][0]}
    retried["item"] = 100 + int(acknowledged[0].split("-")[1]) % 24
    assert httpx.post(f"{again.url}/event", json=retried).json()["new"] is False
    found = httpx.post(f"{again.url}/recommend", json={"person": "q0", "k": 3}).json()
    assert found["basis"] == "events"


def test_a_full_disk_refuses_events_and_the_service_goes_on(folder, serve):
    size = 200_000  # of any file that the process writes

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    service = serve(folder, "--rate", "1e6", preexec_fn=limit)
    kept, answer = 0, None
    with httpx.Client(base_url=service.url, timeout=30) as client:
        for number in range(400):
            event = {"id": f"{number}" * 50, "person": "p" * 200, "item": 101}
            answer = client.post("/event", json=event)
            if answer.status_code != 201:
                break
            kept += 1
        assert answer.status_code == 507
        assert answer.json()["error"]["code"] == "disk_full"
        assert "free the disk" in answer.json()["error"]["cure"]
        assert client.post("/recommend", json={"person": "p1", "k": 3}).json()["items"]
        assert client.get("/health").json()["n_events"] == kept > 10
    service.process.terminate()
    assert service.process.wait(60) in (0, -signal.SIGTERM)
    again = serve(folder)  # with room
    assert httpx.get(f"{again.url}/health").json()["n_events"] == kept
    assert httpx.post(f"{again.url}/event", json=event).status_code == 201


def test_the_limit_of_the_rate_holds_over_the_wire(folder, serve):
    service = serve(folder, "--rate", "1e-6")
    answers = [httpx.get(f"{service.url}/health") for _ in range(2)]  # serve asked once
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 1000
    assert answers[-1].json()["error"]["code"] == "too_many"


def test_what_it_says_holds_no_word_of_a_question(folder, serve):
    service = serve(folder)
    for path, question in (
        ("/search", {"query": "very private words"}),
        ("/recommend", {"person": "private person"}),
        ("/event", {"id": "private", "person": "p1", "item": "private"}),
    ):
        httpx.post(f"{service.url}{path}", json=question)
    service.process.terminate()
    said = service.process.communicate()[0] + (folder.parent / "said.txt").read_text()
    assert "private" not in said
