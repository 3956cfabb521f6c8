"""Every curl line of the documentation is answered as its page shows, and every campaign that is shown is accepted.

Page by page, on the demo of `make run`, with a clock that stands still.
"""

from pathlib import Path

import pytest
import yaml

from earnest.local import demo as demo_data
from earnest.local.demo import DEMO
from earnest.local.up import curl_lines
from earnest.openapi import routes
from loyalty import json
from tests.support.backend import Answer, Backend
from tests.support.documentation import DOCS, PAGES, Call, blocks, call_of, calls, name_of
from tests.support.project import resources

ROUTES = list(routes())
CALLED = [page for page in PAGES if any(calls(page))]
AUTHORIZERS = next(iter(resources("AWS::Serverless::Api").values()))["Auth"]["Authorizers"]


@pytest.fixture
def demo(empty: Backend, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """The demo brand with its history, by the very code of `make run`."""
    monkeypatch.setattr(demo_data, "now", lambda: empty.now)
    create(empty)
    return empty


def create(backend: Backend) -> None:
    """All stages of the demo brand, in order; what they ask for is carried out."""
    for calls_of_stage in demo_data.stages(DEMO, "ek_demo_secret").values():
        for call in calls_of_stage:
            call()
    if backend.carrier.messages:
        assert backend.process_assignment() == []


def test_the_demo_created_again_is_the_same(demo: Backend) -> None:
    before = [demo.points(customer) for customer in ("ana", "luis", "mia")]
    offers = demo.everything("list_offers", "ana")
    create(demo)
    assert [demo.points(customer) for customer in ("ana", "luis", "mia")] == before
    assert before == [(123, 0, 0), (220, 0, 150), (0, 0, 0)]
    assert demo.everything("list_offers", "ana") == offers
    assert len(offers) == 2


def test_what_the_owner_has_changed_stays_when_the_demo_is_created_again(demo: Backend) -> None:
    for function, id_, body in (
        ("put_campaign", "welcome", {**DEMO.campaigns["welcome"], "status": "PAUSED"}),
        ("put_reward", "coffee", {"name": "An espresso", "type": "PRODUCT"}),
    ):
        assert demo.call(function, body, path={"id": id_}).status == 200
    assert demo.call("put_brand", {"default_reward": "credit"}).status == 200
    create(demo)
    assert demo.call("get_campaign", path={"id": "welcome"}).data["status"] == "PAUSED"
    assert demo.call("get_reward", path={"id": "coffee"}).data["name"] == "An espresso"
    assert demo.call("get_brand").data["default_reward"] == "credit"


def test_the_settings_of_a_demo_brand_are_written_in_one_transaction(empty: Backend) -> None:
    with empty.store_calls() as made:
        create(empty)
    # The brand, its key, all of its rewards, config offers and campaigns, its default reward.
    audited = {item["sk"]["S"].split("#")[1] for item in empty.stored() if item["sk"]["S"].startswith("AUDIT#")}
    assert len(audited) == 3
    assert len(made) < 90


def test_the_example_campaigns_are_taken_by_the_demo_as_they_are(demo: Backend) -> None:
    for file in sorted((DOCS / "examples").glob("*.json")):
        answer = demo.call("put_campaign", file.read_text(), path={"id": file.stem})
        assert (answer.status, answer.body["warnings"]) == (200, []), file


def test_events_that_braze_sends_earn_on_the_demo(demo: Backend) -> None:
    answer = demo.call("track_events", {"customerId": "mia", "events": {"write_review": {"stars": 5}}}, headers={})
    assert answer.body["events"][0]["accumulations"][0]["amount"] == 20


def test_points_are_assigned_on_the_demo_without_naming_a_reward(demo: Backend) -> None:
    sent = {"userId": "mia", "source": "braze", "pointsEarned": 50}
    answer = demo.call("assign_hot_points", sent, headers={})
    assert answer.status == 202
    assert demo.process_assignment() == []
    assert demo.points("mia") == (50, 0, 0)


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


def test_calls_that_make_run_prints_are_answered(demo: Backend) -> None:
    lines = curl_lines("$URL", "$KEY")
    assert len(lines) == 5
    for line in lines:
        assert _answer(demo, call_of("make run", line)).status < 300


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
