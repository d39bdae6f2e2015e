"""``plmrec-lite serve``: what it refuses before it starts, and that it starts."""

import argparse
import socket
import subprocess
import sys
from types import SimpleNamespace

import pandas as pd
import pytest
from small_shop import texts

from plmrec_lite.applications import judge
from plmrec_lite.applications.serving import command
from plmrec_lite.applications.serving.served_folder import EVENTS
from plmrec_lite.cli import main


@pytest.fixture
def started(monkeypatch):
    """What would serve: the application and the socket, which is closed."""
    found = SimpleNamespace(app=None, listening=None)

    def run(server, sockets):
        found.app, found.listening = server.config.app, sockets[0].getsockname()
        sockets[0].close()

    monkeypatch.setattr("uvicorn.Server.run", run)
    monkeypatch.delenv(command.TOKEN, raising=False)
    return found


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "shop.example", ""])
def test_others_may_not_ask_without_a_token(shop, started, host, capsys):
    assert main(["serve", str(shop), "--host", host]) == 1
    said = capsys.readouterr().err
    assert f"--host {host}" in said
    assert f"export {command.TOKEN}=$(python -c" in said
    assert started.app is None


def test_the_cure_makes_a_token_that_will_do():
    line = command.NEW_TOKEN.replace("python", sys.executable, 1)
    made = subprocess.run(line, shell=True, capture_output=True, text=True, check=True).stdout
    assert command.checked_token("0.0.0.0", made.strip()) == made.strip()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.0.1"])
def test_this_machine_needs_no_token(host):
    assert command.checked_token(host, None) is None
    assert command.checked_token(host, "") is None
    assert command.checked_token(host, "sixteen-letters!") == "sixteen-letters!"


@pytest.mark.parametrize("token", ["fifteen-letters", "sixteen lettérs!!", "sixteen\nletters!!"])
def test_a_poor_token_is_refused_everywhere_and_not_shown(token):
    for host in ("127.0.0.1", "0.0.0.0"):
        with pytest.raises(ValueError, match=f"{command.TOKEN} has {len(token)}") as refused:
            command.checked_token(host, token)
        assert token not in str(refused.value)


def test_a_folder_is_served_with_its_events(folder, started, capsys):
    assert main(["serve", str(folder), "--port", "0"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("EASE, 24 items, 0 events since it was fitted: http://127.0.0.1:")
    assert str(started.listening[1]) in said
    assert started.listening[0] == "127.0.0.1"
    assert started.app.token is None
    assert (folder / EVENTS).is_file()


def test_a_token_is_taken_from_the_environment(folder, started, monkeypatch):
    monkeypatch.setenv(command.TOKEN, "a-token-of-this-test")
    assert main(["serve", str(folder), "--port", "0", "--host", "0.0.0.0", "--rate", "7"]) == 0
    assert (started.app.token, started.app.limits.rate) == ("a-token-of-this-test", 7)


def test_own_files_are_fitted_saved_and_served(tmp_path, started, capsys):
    events = pd.DataFrame({"who": ["ann", "ann", "bob", "eve"], "asin": ["B1", "B2", "B1", "B3"]})
    events.to_csv(tmp_path / "e.csv", index=False)
    items = pd.DataFrame({"asin": ["B1", "B2", "B3"], "title": texts()[:3]})
    items.to_csv(tmp_path / "i.csv", index=False)
    own = ["--ratings", str(tmp_path / "e.csv"), "--items", str(tmp_path / "i.csv")]
    words = ["serve", str(tmp_path / "served"), "--port", "0", *own, "--user", "who"]
    assert main([*words, "--item", "asin"]) == 0
    said = capsys.readouterr()
    assert "EASE, 3 items" in said.out
    assert "columns guessed: text=['title']" in said.err
    assert main([*words, "--item", "asin"]) == 1
    assert "holds a service already: leave out the data" in capsys.readouterr().err
    assert main(["serve", str(tmp_path / "served"), "--port", "0"]) == 0


def test_bad_files_are_refused_with_options_of_the_command_line(tmp_path):
    parser = argparse.ArgumentParser()
    parser.add_argument("--ratings")
    parser.add_argument("--items")
    judge.add_columns(parser)
    (tmp_path / "e.csv").write_text("user,item\nann,B1\n,B2\n")
    (tmp_path / "i.csv").write_text("item,title\nB1,One\n")
    own = ["--ratings", str(tmp_path / "e.csv"), "--items", str(tmp_path / "i.csv")]
    with pytest.raises(ValueError, match=r"row 1 .*pass --on-bad drop"):
        judge.read_files(parser.parse_args(own), lambda line: None, "first")
    dropped = parser.parse_args([*own, "--on-bad", "drop"])
    log, items, _ = judge.read_files(dropped, lambda line: None, "first")
    assert (log.n_items, items.texts) == (1, ["One."])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--rate", "0"], "--rate 0.0: give a number above 0"),
        (["--rate", "nan"], "--rate nan"),
        (["--port", "70000"], "--port 70000: give 0 to 65535"),
        (["--ratings", "e.csv"], "--ratings and --items go together"),
        (["--movielens", "--items", "i.csv"], "leave out --ratings and --items"),
        (["--ratings", "e.csv", "--items", "i.csv"], "there is no file e.csv"),
        ([], "no service.json"),
    ],
)
def test_what_cannot_be_served_is_one_line_with_a_cure(tmp_path, started, words, says, capsys):
    assert main(["serve", str(tmp_path / "new"), *words]) == 1
    said = capsys.readouterr().err
    assert said.startswith("plmrec-lite: ")
    assert said.count("\n") == 1
    assert says in said
    assert started.app is None
    assert not (tmp_path / "new").exists()


def test_a_taken_port_is_said_with_a_cure(folder, started, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["serve", str(folder), "--port", str(port)]) == 1
    assert f"port {port} (Address already in use): give another --port" in capsys.readouterr().err


def test_an_altered_model_and_a_damaged_log_do_not_start(folder, started, capsys):
    (folder / EVENTS).write_bytes(b"x" * 4096)
    assert main(["serve", str(folder), "--port", "0"]) == 1
    assert "cannot be used as a log of events" in capsys.readouterr().err
    (folder / "service.json").write_text("{}")
    assert main(["serve", str(folder), "--port", "0"]) == 1
    assert "was altered or damaged" in capsys.readouterr().err
    assert started.app is None


def test_the_book_s_movielens_is_served(tmp_path, started):
    from fastapi.testclient import TestClient

    assert main(["serve", str(tmp_path / "ml"), "--movielens", "--port", "0"]) == 0
    client = TestClient(started.app, base_url="http://127.0.0.1")
    found = client.post("/search", json={"query": "alien", "k": 1}).json()["items"][0]
    assert found["text"].startswith("Alien")
    liked = client.post("/recommend", json={"events": [found["item"]], "k": 10}).json()["items"]
    assert any(row["text"].startswith("Aliens") for row in liked)


def test_an_answer_does_not_wait_for_an_acknowledgement():
    listening = command._listen("127.0.0.1", 0)
    asking = socket.create_connection(listening.getsockname())
    accepted, _ = listening.accept()
    nodelay = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    for one in (accepted, asking, listening):
        one.close()
    assert nodelay
