"""Events end to end, over HTTP on the deployed stack."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.support.path_ids import assert_read_once
from tests.support.stack import IN_FORCE_SECONDS, Emit, balance, redeeming


def in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def test_a_fulfilled_event_pays_at_once(api: httpx.Client, customer: str, emit: Emit) -> None:
    event = emit(12.25)
    assert event["status"] == "RESOLVED"
    assert event["rewarding_campaigns"] == ["test-points"]
    assert event["result"]["accumulations"][0]["amount"] == 12
    assert balance(api, customer) == {"available": 12, "reserved": 0, "pending": 0}
    assert api.get(f"/behavior/events/{event['id']}").json()["data"] == event
    assert api.get(f"/customers/{customer}").json()["data"]["customer_id"] == customer


def test_a_hold_promises_and_fulfil_pays_exactly_that(api: httpx.Client, customer: str, emit: Emit) -> None:
    emit(100)
    held = emit(30, fulfilled=False, **redeeming(40))
    assert held["status"] == "PENDING"
    assert balance(api, customer) == {"available": 60, "reserved": 40, "pending": 30}
    first = api.patch(f"/behavior/events/{held['id']}/fulfill")
    assert first.status_code == 200
    assert first.json()["data"]["status"] == "RESOLVED"
    assert balance(api, customer) == {"available": 90, "reserved": 0, "pending": 0}
    again = api.patch(f"/behavior/events/{held['id']}/fulfill")
    assert (again.status_code, again.json()) == (200, first.json())
    reversal = api.post(f"/behavior/events/{held['id']}/reverse", json={"reason": "returned"})
    assert reversal.json()["data"]["status"] == "REVERSED"
    assert balance(api, customer) == {"available": 100, "reserved": 0, "pending": 0}
    assert api.patch(f"/behavior/events/{held['id']}/fulfill").json()["code"] == "EventReversedError"


def test_an_id_in_a_path_is_decoded_once(api: httpx.Client) -> None:
    visit = {"brand_id": "demo", "type": "VISIT"}
    assert_read_once(
        lambda customer: api.post("/behavior/events", json={"customer_id": customer, **visit}),
        lambda encoded: api.get(f"/customers/{encoded}"),
    )


def test_cancelling_a_hold_gives_everything_back(api: httpx.Client, customer: str, emit: Emit) -> None:
    emit(50)
    held = emit(30, fulfilled=False, **redeeming(50))
    cancelled = api.post(f"/behavior/events/{held['id']}/reverse", json={"reason": "changed their mind"})
    assert cancelled.json()["data"]["status"] == "CANCELLED"
    assert balance(api, customer) == {"available": 50, "reserved": 0, "pending": 0}
    late = api.patch(f"/behavior/events/{held['id']}/fulfill")
    assert (late.status_code, late.json()["code"]) == (409, "EventCancelledError")


def test_a_hold_is_dead_at_its_instant_and_settled_by_the_stream(api: httpx.Client, customer: str, emit: Emit) -> None:
    emit(20)
    held = emit(5, fulfilled=False, reserve_until=in_seconds(2), **redeeming(20))
    assert balance(api, customer) == {"available": 0, "reserved": 20, "pending": 5}
    time.sleep(2.1)
    assert api.get(f"/behavior/events/{held['id']}").json()["data"]["status"] == "EXPIRED"
    assert balance(api, customer) == {"available": 20, "reserved": 0, "pending": 0}
    late = api.patch(f"/behavior/events/{held['id']}/fulfill")
    assert (late.status_code, late.json()["code"]) == (409, "EventExpiredError")
    assert emit(0, **redeeming(20))["status"] == "RESOLVED"
    until = time.monotonic() + 30
    while total_entries(api, customer, "due.") and time.monotonic() < until:
        time.sleep(0.5)
    assert not total_entries(api, customer, "due.")
    types = [line["type"] for line in api.get(f"/customers/{customer}/transactions").json()["data"]]
    assert sorted(types) == ["ACCUMULATION", "REDEMPTION", "REDEMPTION", "RELEASE"]


def test_the_stream_writes_the_entry_when_nobody_calls(api: httpx.Client, customer: str, emit: Emit) -> None:
    emit(20)
    emit(5, fulfilled=False, reserve_until=in_seconds(1), **redeeming(20))
    until = time.monotonic() + 30
    released: list[dict[str, Any]] = []
    while not released and time.monotonic() < until:
        time.sleep(0.5)
        lines = api.get(f"/customers/{customer}/transactions").json()["data"]
        released = [one for one in lines if one["type"] == "RELEASE" and not one["id"].startswith("due.")]
    assert [one["amount"] for one in released] == [20]


def total_entries(api: httpx.Client, customer: str, prefix: str) -> int:
    lines = api.get(f"/customers/{customer}/transactions").json()["data"]
    return sum(line["id"].startswith(prefix) for line in lines)


def test_an_extended_hold_lives_on(api: httpx.Client, customer: str, emit: Emit) -> None:
    held = emit(5, fulfilled=False, reserve_until=in_seconds(3))
    until = in_seconds(3600)
    for _ in range(2):
        answer = api.patch(f"/behavior/events/{held['id']}/reserve", json={"reserve_until": until})
        assert answer.status_code == 200
    time.sleep(4)
    assert api.patch(f"/behavior/events/{held['id']}/fulfill").json()["data"]["status"] == "RESOLVED"
    assert balance(api, customer)["available"] == 5


def test_a_retry_gets_the_first_answer(api: httpx.Client, customer: str) -> None:
    body = {"brand_id": "demo", "customer_id": customer, "type": "PURCHASE", "metadata": {"pay": 7}}
    key = {"Idempotency-Key": f"key-{customer}"}
    first, second = (api.post("/behavior/events", json=body, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    other = api.post("/behavior/events", json={**body, "metadata": {"pay": 8}}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "IdempotencyMismatchError")
    assert balance(api, customer)["available"] == 7


def test_a_dry_run_stores_nothing(api: httpx.Client, customer: str) -> None:
    body = {"brand_id": "demo", "customer_id": customer, "type": "PURCHASE", "metadata": {"pay": 7}}
    answer = api.post("/behavior/events", params={"dry_run": "true"}, json=body)
    assert answer.status_code == 200
    assert answer.json()["data"]["result"]["accumulations"][0]["amount"] == 7
    assert api.get(f"/customers/{customer}").json()["code"] == "UserNotFoundError"


def test_lists_come_in_pages(api: httpx.Client, customer: str, emit: Emit) -> None:
    sent = [emit(1)["id"] for _ in range(9)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = api.get(f"/customers/{customer}/events", params={"limit": 4} | ({"cursor": cursor} if cursor else {}))
        seen += [event["id"] for event in page.json()["data"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert seen == sent[::-1]


def test_a_disabled_brand_records_and_does_not_evaluate(other: httpx.Client, customer: str) -> None:
    assert other.put("/brand", json={"enabled": False}).status_code == 200
    time.sleep(IN_FORCE_SECONDS)
    try:
        body = {"brand_id": "other", "customer_id": customer, "type": "PURCHASE", "metadata": {"pay": 9}}
        event = other.post("/behavior/events", json=body).json()["data"]
        assert event["evaluated"] is False
        assert event["result"]["accumulations"] == []
    finally:
        assert other.put("/brand", json={"enabled": True}).json()["data"]["enabled"] is True
        time.sleep(IN_FORCE_SECONDS)
    assert other.get(f"/customers/{customer}/wallet").json()["data"]["totals"] == []
    again = other.post("/behavior/events", json=body).json()["data"]
    assert again["result"]["accumulations"][0]["amount"] == 9


def test_a_campaign_is_in_force_within_two_seconds(api: httpx.Client, customer: str, emit: Emit) -> None:
    url = f"/campaigns/on-{customer[:20]}"
    body = {
        "name": "A bonus",
        "trigger": "PURCHASE",
        "rules": [
            {
                "conditions": [[{"field": "customer_id", "operator": "eq", "value": customer}]],
                "effects": [{"reward_id": "test-points", "amount": 3}],
            }
        ],
    }
    assert api.put(url, json=body).status_code == 200
    time.sleep(IN_FORCE_SECONDS)
    assert sum(one["amount"] for one in emit(1)["result"]["accumulations"]) == 4
    assert api.put(url, json={**body, "status": "PAUSED"}).status_code == 200
    time.sleep(IN_FORCE_SECONDS)
    assert sum(one["amount"] for one in emit(1)["result"]["accumulations"]) == 1
    assert api.delete(url).status_code == 204
    assert api.get(url).json()["code"] == "CampaignNotFoundError"
