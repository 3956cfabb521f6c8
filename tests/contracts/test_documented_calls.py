"""Every curl line of the documentation is answered as its page shows, and every campaign that is shown is accepted.

Page by page, on the demo of `make run`, with a clock that stands still.
"""

from pathlib import Path

import pytest
import yaml

from earnest.local.demo import DEMO
from earnest.openapi import routes
from loyalty import json
from loyalty.services.program import create_brand
from tests.support.backend import Answer, Backend
from tests.support.documentation import DOCS, PAGES, Call, blocks, calls, name_of
from tests.support.project import resources

ROUTES = list(routes())
CALLED = [page for page in PAGES if any(calls(page))]
AUTHORIZERS = next(iter(resources("AWS::Serverless::Api").values()))["Auth"]["Authorizers"]


@pytest.fixture
def demo(empty: Backend) -> Backend:
    """The demo brand as `make run` sets it up, with a customer."""
    create_brand(DEMO.brand_id, DEMO.name)
    for function, documents in (
        ("put_reward", DEMO.rewards),
        ("put_campaign", DEMO.campaigns),
        ("put_config_offer", DEMO.config_offers),
    ):
        for name, document in documents.items():
            assert empty.call(function, dict(document), path={"id": name}).status == 200
    assert empty.emit("ana", type="REGISTRATION").status == 201
    return empty


def test_some_pages_show_calls() -> None:
    assert {"README.md", "docs/batches.md", "docs/offers.md"} <= {name_of(page) for page in CALLED}


@pytest.mark.parametrize("page", CALLED, ids=name_of)
def test_calls_are_answered_as_their_page_shows(demo: Backend, page: Path) -> None:
    for call in calls(page):
        answer = _answer(demo, call)
        assert answer.status < 300, answer.text
        if call.answer:
            assert answer.body == json.loads(call.answer)
        # The retry gets the same answer, whatever the page says of that.
        if "Idempotency-Key" in call.headers:
            again = _answer(demo, call)
            assert (again.body, again.replayed) == (answer.body, True)
        if demo.carrier.messages:
            assert demo.process_assignment() == []


@pytest.mark.parametrize("page", CALLED, ids=name_of)
def test_calls_send_the_key_in_the_header_of_their_route(page: Path) -> None:
    for call in calls(page):
        (authorizer,) = {route.authorizer for route in ROUTES if route.operation == call.route[0]}
        (header,) = AUTHORIZERS[authorizer]["Identity"]["Headers"]
        assert call.headers[header] == ("Bearer $KEY" if header == "Authorization" else "$KEY")


def test_campaigns_that_are_shown_are_taken_as_they_stand(demo: Backend) -> None:
    shown, condition, effect, limits, _ = map(json.loads, blocks(DOCS / "campaigns.md", "json"))
    assert demo.call("put_campaign", shown).status == 200
    assert demo.call("put_campaign", {**shown, "limits": limits}).status == 200
    of_lines = demo.call("put_campaign", {**shown, "rules": [{"conditions": [[condition]], "effects": [effect]}]})
    assert (of_lines.status, of_lines.body["warnings"]) == (200, [])
    (file,) = map(yaml.safe_load, blocks(DOCS / "command-line.md", "yaml"))
    assert (file.pop("kind"), file.pop("id")) == ("campaign", "welcome")
    assert demo.call("put_campaign", file).status == 200


def _answer(backend: Backend, call: Call) -> Answer:
    function, path = call.route
    return backend.call(
        function, call.body, path=path or None, query=call.query or None, headers=call.headers, scopes="admin"
    )
