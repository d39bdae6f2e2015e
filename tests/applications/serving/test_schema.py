"""Questions that schemathesis makes of the description: none breaks the service."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from plmrec_lite.applications.serving.app import create_app
from plmrec_lite.applications.serving.event_log import EventLog
from plmrec_lite.applications.serving.gate import Limits
from plmrec_lite.applications.serving.served_folder import EVENTS, load_service


@pytest.fixture(scope="module")
def described(shop, tmp_path_factory):
    log = EventLog(tmp_path_factory.mktemp("schema") / EVENTS)
    app = create_app(load_service(shop), log, limits=Limits(rate=1e9))
    return schemathesis.openapi.from_asgi("/openapi.json", app, headers={"host": "127.0.0.1"})


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_question_gets_an_answer_that_the_description_allows(case):
    case.call_and_validate(headers={"host": "127.0.0.1"})
