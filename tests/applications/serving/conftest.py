"""A small shop, a service on it in this process, and one in a process of its own."""

import os
import re
import shutil
import subprocess
import sys
import time
from types import SimpleNamespace

import httpx
import psutil
import pytest
from fastapi.testclient import TestClient
from small_shop import make_folder

from plmrec_lite.applications.serving.app import create_app
from plmrec_lite.applications.serving.event_log import EventLog
from plmrec_lite.applications.serving.gate import Limits
from plmrec_lite.applications.serving.served_folder import EVENTS, load_service


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    """A saved service that no test changes."""
    return make_folder(tmp_path_factory.mktemp("shop") / "served")


@pytest.fixture
def folder(shop, tmp_path):
    """A copy of it, to be changed."""
    return shutil.copytree(shop, tmp_path / "served")


@pytest.fixture
def client(folder):
    """A client of a service in this process; it knows the log too."""
    log = EventLog(folder / EVENTS)
    app = create_app(load_service(folder), log, limits=Limits(rate=1e6))
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    client.log, client.app_ = log, app
    return client


@pytest.fixture(scope="session")
def start_services():
    """A way to start services that end with the tests: see ``serve``."""
    yield from _services()


@pytest.fixture
def serve():
    """A way to start ``plmrec-lite serve`` as a process: ``serve(folder, "--rate", "9")``."""
    yield from _services()


def _services():
    started = []

    def start(folder, *options, **changes):
        began = time.monotonic()
        environment = {**os.environ, **changes.pop("env", {})}
        process = subprocess.Popen(
            [sys.executable, "-m", "plmrec_lite", "serve", folder, "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=(folder.parent / "said.txt").open("a"),
            text=True,
            env=environment,
            **changes,
        )
        started.append(process)
        line = process.stdout.readline()
        address = re.search(r"http://\S+", line)
        assert address, (folder.parent / "said.txt").read_text()
        assert httpx.get(f"{address[0]}/health", timeout=30).status_code == 200
        cpu = psutil.Process(process.pid).cpu_times()
        return SimpleNamespace(
            process=process,
            url=address[0],
            line=line,
            wall=time.monotonic() - began,
            cpu=cpu.user + cpu.system,
        )

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
