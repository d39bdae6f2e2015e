"""Questions that schemathesis makes of the description: none breaks the service."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from plmrec_lite.applications.serving.app import create_app
from plmrec_lite.applications.serving.event_log import EventLog
from plmrec_lite.applications.serving.gate import Limits
from plmrec_lite.applications.serving.served_folder import EVENTS, load_service

HOST = {"host": "127.0.0.1"}


@pytest.fixture(scope="module")
def described(shop, tmp_path_factory):
    log = EventLog(tmp_path_factory.mktemp("schema") / EVENTS)
    app = create_app(load_service(shop), log, limits=Limits(rate=1e9))
    return schemathesis.openapi.from_asgi("/openapi.json", app, headers=HOST)


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.name)
@pytest.mark.parametrize("path", ["/recommend", "/search", "/event", "/explain"])
def test_every_question_gets_an_answer_that_the_description_allows(described, path, mode):
    operation = described[path]["POST"]
    answers = set()

    @settings(
        max_examples=25,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        answers.add(case.call_and_validate(headers=HOST).status_code)

    ask()
    assert answers & ({200, 201, 404} if mode == GenerationMode.POSITIVE else {415, 422})
