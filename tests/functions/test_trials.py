"""try_campaign: what a campaign would have made of a customer's last events; nothing of it is stored."""

from typing import Any

import pytest

from tests.support.backend import Answer, Backend
from tests.support.samples import body_of

Json = dict[str, Any]
RULE: Json = {"effects": [{"reward_id": "points", "amount": 10, "expires_in": "12/months"}]}
CAMPAIGN: Json = {"name": "Ten more", "trigger": "PURCHASE", "rules": [RULE]}


def trial(backend: Backend, campaign: Json | None = None, customer: str = "ana", **more: Any) -> Answer:
    """The answer to a trial."""
    with backend.nothing_changes():
        return backend.call("try_campaign", {"campaign": campaign or CAMPAIGN, "customer_id": customer, **more})


def shop(backend: Backend, *values: int, customer: str = "ana", **more: Any) -> list[str]:
    """Purchases of these values, an hour apart; the ids of the events."""
    found = []
    for value in values:
        backend.wait(hours=1)
        found.append(str(backend.emit(customer, order={"value": value}, **more).data["id"]))
    return found


def test_it_tells_of_each_event_what_it_would_have_done_and_why(backend: Backend) -> None:
    ids = shop(backend, 10, 30)
    big = {**CAMPAIGN, "rules": [{**RULE, "conditions": [[{"field": "order.value", "operator": "gte", "value": 20}]]}]}
    told = trial(backend, big).data
    newest, oldest = told["events"]
    assert [newest["event_id"], oldest["event_id"]] == ids[::-1]
    assert (newest["type"], newest["matched"], newest["certain"]) == ("PURCHASE", True, True)
    event = backend.call("get_event", path={"id": ids[1]}).data
    assert newest["issued_at"] == event["issued_at"]
    (paid,) = newest["effects"]
    assert (paid["reward_id"], paid["amount"], paid["available_from"]) == ("points", 10, None)
    assert paid["expiration_date"].startswith("2027-03-")
    assert newest["explanation"]["granted"] == [{"reward_id": "points", "amount": 10}]
    assert (oldest["matched"], oldest["effects"]) == (False, [])
    assert oldest["explanation"]["sentence"] == "It did not fire: order.value was 10, it has to be at least 20."
    assert told["granted"] == [{"reward_id": "points", "amount": 10}]
    assert (told["complete"], told["passed_over"]) == (True, 0)


def test_it_is_the_decision_that_an_event_meets_once_the_campaign_is_put(backend: Backend) -> None:
    shop(backend, 10, 30)
    body = {**CAMPAIGN, "limits": {"per_customer": {"times": 1, "period": "day"}, "budget": 1000}}
    assert backend.call("put_campaign", body, path={"id": "vip-weekend"}).status == 200
    event_id = backend.emit("new", order={"value": 12}).data["id"]
    explained = backend.call("get_event", path={"id": event_id}) and backend.call(
        "explain_event", path={"id": event_id}
    )
    (own,) = (one for one in explained.data["campaigns"] if one["campaign_id"] == "vip-weekend")
    (tried,) = trial(backend, body, "new").data["events"]
    assert tried["explanation"] == own


def test_only_the_last_events_of_its_type_are_tried(backend: Backend) -> None:
    shop(backend, 1, 2, 3)
    shop(backend, 4, type="VISIT")
    told = trial(backend, last=2).data
    assert (len(told["events"]), told["complete"], told["passed_over"]) == (2, False, 1)
    assert told["granted"] == [{"reward_id": "points", "amount": 20}]
    visits = trial(backend, {**CAMPAIGN, "trigger": "VISIT"}, last=25).data
    assert (len(visits["events"]), visits["complete"], visits["passed_over"]) == (1, True, 3)
    assert trial(backend, {**CAMPAIGN, "trigger": "NEVER"}).data["events"] == []


@pytest.mark.parametrize("last", [0, 26, "10", 1.5, True])
def test_so_many_events_can_be_tried(backend: Backend, last: object) -> None:
    shop(backend, 1)
    assert trial(backend, last=last).fields == ["last"]
    assert trial(backend, last=None).status == 200


BAD: list[Json] = [
    {"names": "x"},
    {"name": ""},
    {"name": "", "trigger": 5},
    {"end_date": "2026-01-01", "start_date": "2026-02-01"},
    {"rules": [{"effects": [{"reward_id": "nobody-knows-it", "amount": 1}]}]},
    {"rules": [{"effects": [{"offer": "nobody-knows-it", "valid_for": "1/day"}]}]},
    {"rules": [{"effects": [{"reward_id": "points", "amount": 1, "percent": 2}]}]},
    {"rules": [{**RULE, "conditions": [[{"field": "order.value", "operator": "gte"}]]}]},
]


@pytest.mark.parametrize("change", BAD)
def test_what_the_put_refuses_is_refused_in_the_same_words(backend: Backend, change: Json) -> None:
    shop(backend, 1)
    put = backend.call("put_campaign", {**CAMPAIGN, **change})
    tried = trial(backend, {**CAMPAIGN, **change})
    assert tried.refusal == put.refusal == (400, "ValidationError")
    told = [{**one, "field": f"campaign.{one['field']}"} for one in put.body["details"]["fields"]]
    assert tried.body["details"]["fields"] == told


def test_a_field_that_no_request_has_is_a_warning_as_of_the_put(backend: Backend) -> None:
    shop(backend, 1)
    typo = {**RULE, "conditions": [[{"field": "order.valeu", "operator": "gte", "value": 1}]]}
    body = {**CAMPAIGN, "rules": [typo]}
    told = trial(backend, body).body["warnings"]
    put = backend.call("put_campaign", body).body["warnings"]
    assert told == [{**one, "field": f"campaign.{one['field']}"} for one in put] != []


def test_who_is_not_there_is_a_404_and_what_is_missing_is_named(backend: Backend) -> None:
    assert trial(backend, customer="nobody").refusal == (404, "UserNotFoundError")
    assert backend.call("try_campaign", {}).fields == ["campaign", "customer_id"]
    assert backend.call("try_campaign", {**body_of("try_campaign"), "lasts": 1}).fields == ["lasts"]


def test_a_long_history_takes_no_more_than_eight_round_trips(backend: Backend) -> None:
    for _ in range(30):
        shop(backend, 5)
    with backend.store_calls() as calls:
        told = trial(backend, last=25).data
    # Two of them are those that see to it that nothing was changed.
    assert len([name for name, _ in calls if name != "Scan"]) <= 8
    assert (len(told["events"]), told["complete"]) == (25, False)


def test_a_merged_customer_is_tried_on_the_events_of_all_ids(backend: Backend) -> None:
    assert backend.call("put_brand", {"channel_merging": "mobile"}).status == 200
    for i, customer in enumerate(("one", "two", "three")):
        shop(backend, 5, 5, 5, customer=customer)
        batch = {"customerId": customer, "mobile": "+491711234567", "events": {f"seen{i}": {}}}
        assert backend.call("track_events", batch, headers={}).status == 200
    with backend.store_calls() as calls:
        told = trial(backend, customer="two", last=25).data
    assert len([name for name, _ in calls if name != "Scan"]) <= 8
    assert (len(told["events"]), told["passed_over"], told["complete"]) == (9, 3, True)
    assert told["granted"] == [{"reward_id": "points", "amount": 90}]


def test_a_disabled_brand_can_try_what_it_will_run(backend: Backend) -> None:
    assert backend.call("put_brand", {"enabled": False}).status == 200
    shop(backend, 5)
    (told,) = trial(backend, {**CAMPAIGN, "status": "PAUSED"}).data["events"]
    assert told["matched"]
