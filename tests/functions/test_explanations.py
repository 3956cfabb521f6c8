"""An explanation is stored with its event, and what happens to campaigns afterwards does not change it."""

import json
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from rich.console import Console

from earnest.commands.explain import explanation_tree
from loyalty import json as exact
from tests.support.backend import Answer, Backend
from tests.support.strategies import CAMPAIGNS, VALUES


def put(backend: Backend, **more: Any) -> None:
    document = {
        "name": "Large orders",
        "trigger": "PURCHASE",
        "rules": [{"effects": [{"reward_id": "points", "amount": 5}]}],
    }
    assert backend.call("put_campaign", {**document, **more}, path={"id": "large"}).status == 200


def explain(backend: Backend, event_id: str) -> Any:
    return backend.call("explain_event", path={"id": event_id})


def test_an_explanation_outlasts_the_campaign(backend: Backend) -> None:
    put(backend)
    dry = backend.emit(dry_run=True)
    event = backend.emit().data
    first = explain(backend, event["id"]).data
    assert (first["event_id"], first["type"], first["evaluated"]) == (event["id"], "PURCHASE", True)
    assert [(one["campaign_id"], one["outcome"], one["sentence"]) for one in first["campaigns"]] == [
        ("large", "Rewarded", "It granted 5 points."),
        ("point-a-dollar", "Rewarded", "It granted 100 points."),
    ]
    assert dry.body["explanation"]["campaigns"] == first["campaigns"]
    put(backend, name="Another", status="PAUSED")
    backend.call("delete_campaign")
    backend.call("reverse_event", path={"id": event["id"]})
    assert explain(backend, event["id"]).data == first


def test_the_pointer_of_a_purchase_leads_to_its_explanation(backend: Backend) -> None:
    event = backend.emit(key="a key", order={"value": 9, "purchase_id": "p1"}).data
    (one,) = explain(backend, event["id"]).data["campaigns"]
    assert one["sentence"] == "It did not fire: order.value was 9, it has to be at least 10."


def test_an_event_that_no_campaign_listens_to_has_an_empty_one(backend: Backend) -> None:
    event = backend.emit(type="VISIT").data
    assert explain(backend, event["id"]).data["campaigns"] == []


def test_an_event_that_is_not_there_has_none(backend: Backend) -> None:
    assert explain(backend, "nobody").refusal == (404, "EventNotFoundError")


def test_a_preview_says_the_same_as_the_event_that_follows(backend: Backend) -> None:
    put(backend, trigger="REVIEW", limits={"per_customer": {"times": 1}})
    backend.emit()
    for outcome in ("Rewarded", "LimitReached"):
        (shown,) = backend.call("preview_rewards", {"customerId": "ana", "events": {"REVIEW": None}}).body["events"]
        event_id = backend.emit(type="REVIEW").data["id"]
        assert shown["explanation"] == explain(backend, event_id).data["campaigns"]
        assert [one["outcome"] for one in shown["explanation"]] == [outcome]
        assert [one["reason"] for one in shown["campaigns"]] == ([outcome] if outcome == "Rewarded" else [])


def test_the_command_line_shows_what_the_endpoint_answers(backend: Backend) -> None:
    conditions = [[{"field": "order.value", "operator": "gte", "value": 1000}, {"operator": "count_gte", "value": 2}]]
    put(backend, rules=[{"conditions": conditions, "effects": [{"reward_id": "points", "amount": 5}]}])
    event_id = backend.emit(order={"value": 99.5}).data["id"]
    console = Console(width=120, color_system=None)
    with console.capture() as captured:
        console.print(explanation_tree(explain(backend, event_id).data))
    assert [line.lstrip(" │├└─").rstrip() for line in captured.get().splitlines()] == [
        f"Event {event_id}  PURCHASE",
        "Large orders (large)  NoMatchingConditions",
        "It did not fire: order.value was 99.5, it has to be at least 1000.",
        "✗ rule 1",
        "✗ order.value gte 1000, found 99.5",
        "✗ count_gte 2, found 0",
        "A point a dollar (point-a-dollar)  Rewarded",
        "It granted 99 points.",
        "✓ spend",
        "✓ order.value gte 10, found 99.5",
    ]


def said(answer: Answer) -> Any:
    """What an emit answers, without the ids that are new each time."""
    data = answer.data
    result = {**data["result"], "offers": [{**one, "id": None} for one in data["result"]["offers"]]}
    return {**data, "id": None, "result": result}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=CAMPAIGNS, values=VALUES)
def test_a_dry_run_says_what_the_emit_that_follows_does(
    backend: Backend, documents: list[dict[str, Any]], values: list[int]
) -> None:
    name = uuid4().hex
    backend.call("put_reward", {"name": "Stars", "decimals": 2}, path={"id": "stars"})
    backend.call("put_config_offer", {"name": "A treat"}, path={"id": "treat"})
    for i, document in enumerate(documents):
        body = json.loads(exact.dumps({**document, "trigger": name}))
        assert backend.call("put_campaign", body, path={"id": f"{name}-{i}"}).status == 200
    for value in values[:3]:
        purchase: dict[str, Any] = {"type": name, "order": {"value": value}}
        dry = backend.emit(name, dry_run=True, **purchase)
        real = backend.emit(name, **purchase)
        assert said(dry) == said(real)
        assert dry.body["explanation"]["campaigns"] == explain(backend, real.data["id"]).data["campaigns"]
