"""emit_event: what a customer did is recorded, and what it earns is paid or promised."""

from decimal import Decimal
from typing import Any

import pytest

from loyalty.services.program import create_brand
from tests.support.backend import Backend, event_body
from tests.support.samples import sample


def test_the_sample_is_promised_what_it_earns(backend: Backend) -> None:
    answer = backend.call("emit_event")
    assert (answer.status, answer.replayed) == (201, False)
    event = answer.data
    assert event["id"] == sample("get_event")["pathParameters"]["id"]
    assert event["data"] == event_body() | {"order": event["data"]["order"]}
    assert {name: event[name] for name in ("customer_id", "brand_id", "type", "status", "evaluated", "fulfilled")} == {
        "customer_id": "ana",
        "brand_id": "demo",
        "type": "PURCHASE",
        "status": "PENDING",
        "evaluated": True,
        "fulfilled": False,
    }
    assert (event["issued_at"], event["reserve"]) == ("2026-03-10T12:00:00.000Z", 7)
    assert event["reservation_expires_at"] == "2026-03-17T12:00:00.000Z"
    assert event["rewarding_campaigns"] == ["point-a-dollar"]
    assert event["result"] == {
        "accumulations": [
            {
                "amount": 42,
                "reward_id": "points",
                "campaign_id": "point-a-dollar",
                "brand_id": "demo",
                "issued_at": "2026-03-10T12:00:00.000Z",
                "expiration_date": "2027-03-11T00:00:00.000Z",
                "available_from": None,
                "reservation_expires_at": "2026-03-17T12:00:00.000Z",
            }
        ],
        "redemptions": [],
        "offers": [],
        "wallet": {
            "totals": [
                {
                    "reward_id": "points",
                    "available": 0,
                    "reserved": 0,
                    "pending": 42,
                    "next_expiration": None,
                    "total": 0,
                    "expiration_date": None,
                }
            ]
        },
    }
    assert [event[name] for name in ("resolved_at", "cancelled_at", "expired_at", "reversed_at", "reason")] == [
        None
    ] * 5


def test_sums_of_binary_floats_are_rounded_where_they_are_amounts_of_an_order(backend: Backend) -> None:
    line = {"sku": "A1", "amount": 0.30000000000000004, "value": 10.00004, "more": 0.1000000000000001}
    order = {"value": 29.99995, "discounted_value": 1e-05, "products": [line], "shipping": {"value": 2.000000000001}}
    event = backend.emit(order=order, metadata={"score": 0.1000000000000001}, product={"value": 5.00005}).data
    assert event["data"]["order"] == {
        "value": 30,
        "discounted_value": 0,
        "products": [{"sku": "A1", "amount": Decimal("0.3"), "value": 10, "more": Decimal("0.1000000000000001")}],
        "shipping": {"value": 2},
    }
    assert event["data"]["product"] == {"value": Decimal("5.0001")}
    assert event["data"]["metadata"] == {"score": Decimal("0.1000000000000001")}
    assert [one["amount"] for one in event["result"]["accumulations"]] == [30]


def test_a_till_that_is_a_minute_ahead_loses_no_sale(backend: Backend) -> None:
    event = backend.emit(issued_at="2026-03-10T12:01:00Z").data
    assert (event["issued_at"], event["status"]) == ("2026-03-10T12:00:00.000Z", "RESOLVED")
    assert event["data"]["issued_at"] == "2026-03-10T12:01:00Z"


@pytest.mark.parametrize("customer", ["gid://shopify/Customer/7", "/", ".", ".."])
def test_an_id_that_no_path_can_have_is_refused_at_the_door(backend: Backend, customer: str) -> None:
    with backend.nothing_changes():
        answer = backend.emit(customer)
        batch = backend.call("track_events", {"customerId": customer, "events": {"visit": {}}}, headers={})
        paths = [backend.call(name, path={"id": customer.replace("/", "%2F")}) for name in ("put_reward", "get_wallet")]
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["customer_id"])
    assert (batch.refusal, batch.fields) == ((400, "ValidationError"), ["customerId"])
    assert [(one.refusal, one.fields) for one in paths] == [((400, "ValidationError"), ["id"])] * 2


def test_the_number_of_an_order_may_have_a_slash_which_is_in_no_path(backend: Backend) -> None:
    assert backend.emit(order={"value": 1, "purchase_id": "2026/0001"}).status == 201


def test_what_the_contract_names_is_all_there(backend: Backend) -> None:
    event = backend.emit().data
    named = (
        "id customer_id brand_id type status fulfilled reserve reservation_expires_at data rewarding_campaigns result"
    )
    times = "issued_at resolved_at cancelled_at expired_at reversed_at reason"
    assert {*named.split(), *times.split()} <= set(event)


def test_a_fulfilled_event_is_paid_at_once(backend: Backend) -> None:
    event = backend.emit().data
    assert (event["status"], event["fulfilled"], event["resolved_at"]) == ("RESOLVED", True, "2026-03-10T12:00:00.000Z")
    assert event["reservation_expires_at"] is None
    assert backend.points() == (100, 0, 0)


def test_amounts_stay_exact(backend: Backend) -> None:
    backend.call("put_reward", {"name": "Cents", "decimals": 2}, path={"id": "cents"})
    effect = {"reward_id": "cents", "amount": 0.1, "per": {"field": "order.value", "every": 1}}
    backend.call("put_campaign", {"name": "x", "trigger": "TIP", "rules": [{"effects": [effect]}]}, path={"id": "tip"})
    answer = backend.emit(type="TIP", order={"value": 3, "discounted_value": 0.30})
    assert answer.data["result"]["accumulations"][0]["amount"] == Decimal("0.3")
    assert answer.data["data"]["order"]["discounted_value"] == Decimal("0.3")
    assert '"amount":0.3,' in answer.text


def test_a_customer_is_created_by_its_first_event_whether_or_not_it_is_rewarded(backend: Backend) -> None:
    assert backend.call("get_customer").refusal == (404, "UserNotFoundError")
    assert backend.emit(type="VISIT").status == 201
    assert backend.call("get_customer").data["created_at"] == "2026-03-10T12:00:00.000Z"
    assert backend.call("get_wallet").data == {"totals": [], "lines": []}


def test_unknown_fields_are_kept_and_seen_by_campaigns(backend: Backend) -> None:
    condition = {"field": "order.weather.sky", "operator": "eq", "value": "grey"}
    rule = {"conditions": [[condition]], "effects": [{"reward_id": "points", "amount": 5}]}
    backend.call("put_campaign", {"name": "x", "trigger": "VISIT", "rules": [rule]}, path={"id": "grey"})
    event = backend.emit(type="VISIT", order={"value": 1, "weather": {"sky": "Grey"}}, gift=True).data
    assert event["data"]["gift"] is True
    assert event["data"]["order"] == {"value": 1, "weather": {"sky": "Grey"}}
    assert event["rewarding_campaigns"] == ["grey"]


def test_what_is_redeemed_at_every_level_is_taken_together(backend: Backend) -> None:
    backend.emit(order={"value": 1000})
    one = [{"id": "points", "amount": 1}]
    order = {"redeem": one, "shipping": {"redeem": one}, "products": [{"redeem": one}, {"redeem": [*one, *one]}]}
    event = backend.emit(type="SPEND", redeem=one, product={"redeem": one}, order=order).data
    assert [(taken["reward_id"], taken["amount"]) for taken in event["result"]["redemptions"]] == [("points", 7)]
    assert backend.points() == (993, 0, 0)


def test_what_a_held_event_redeems_is_reserved(backend: Backend) -> None:
    backend.emit()
    event = backend.spend(30, fulfilled=False).data
    assert event["result"]["wallet"]["totals"][0] | {"next_expiration": None, "expiration_date": None} == {
        "reward_id": "points",
        "available": 70,
        "reserved": 30,
        "pending": 0,
        "next_expiration": None,
        "total": 70,
        "expiration_date": None,
    }
    assert backend.points() == (70, 30, 0)


@pytest.mark.parametrize("customer", ["ana", "someone new"])
def test_redeeming_what_one_lacks_is_refused_and_stores_nothing(backend: Backend, customer: str) -> None:
    backend.emit()
    with backend.nothing_changes():
        answer = backend.spend(101, customer, key="k1")
    assert answer.refusal == (422, "InsufficientBalanceError")
    assert answer.body["message"] == f"points: 101 asked for, {100 if customer == 'ana' else 0} available"
    assert backend.emit(customer, key="k1").status == 201, "a refused request has not used its key"


def test_a_dry_run_answers_the_same_and_stores_nothing(backend: Backend) -> None:
    backend.emit()
    with backend.nothing_changes():
        dry = backend.spend(30, key="k1", dry_run=True, fulfilled=False)
        unknown = backend.emit("someone new", dry_run=True)
        refused = backend.spend(101, dry_run=True)
    assert (dry.status, unknown.status, refused.status) == (200, 200, 422)
    assert backend.call("get_customer", path={"id": "someone%20new"}).status == 404
    real = backend.spend(30, key="k1", fulfilled=False)
    assert (real.status, real.data) == (201, dry.data)


def test_a_dry_run_of_what_was_recorded_is_answered_as_a_retry_and_stores_nothing(backend: Backend) -> None:
    order = {"value": 100, "purchase_id": "4711"}
    first = backend.emit(key="k1", order=order)
    recorded: list[dict[str, Any]] = [{"key": "k1"}, {"key": "k2"}, {}]
    with backend.nothing_changes():
        for key in recorded:
            dry = backend.emit(**key, order=order, dry_run=True)
            assert (dry.status, dry.replayed, dry.data) == (200, True, first.data)
            other = backend.emit(**key, order={**order, "value": 101}, dry_run=True)
            assert other.refusal == (422, "IdempotencyMismatchError")
        assert backend.spend(101, key="k1", dry_run=True).refusal == (422, "IdempotencyMismatchError")
    retries = [backend.emit(**key, order=order) for key in recorded]
    assert all(retry.replayed and retry.data == first.data for retry in retries)


def test_a_dry_run_of_a_purchase_whose_number_is_free_again_is_of_a_new_event(backend: Backend) -> None:
    order = {"value": 100, "purchase_id": "4711"}
    held = backend.emit(order=order, fulfilled=False)
    backend.wait(days=2)
    with backend.nothing_changes():
        dry = backend.emit(order=order, dry_run=True)
    assert (dry.status, dry.replayed, dry.data["id"] != held.data["id"]) == (200, False, True)
    assert backend.emit(order=order).data == dry.data


def test_a_disabled_brand_still_records_events(backend: Backend) -> None:
    backend.emit()
    backend.call("put_brand", {"enabled": False})
    event = backend.spend(30).data
    assert (event["evaluated"], event["status"]) == (False, "RESOLVED")
    assert backend.emit().data["rewarding_campaigns"] == []
    assert backend.points() == (100, 0, 0)
    assert len(backend.everything("list_events")) == 3


def test_a_key_cannot_write_to_another_brand(backend: Backend) -> None:
    create_brand("other", "Other Books")
    with backend.nothing_changes():
        answer = backend.call("emit_event", event_body(brand_id="other"))
    assert answer.refusal == (403, "Forbidden")


def test_nothing_crosses_from_one_brand_to_another(backend: Backend) -> None:
    create_brand("other", "Other Books")
    mine, theirs = backend.emit(key="k1").data, backend.emit(key="k1", brand="other").data
    assert mine["id"] != theirs["id"]
    assert theirs["rewarding_campaigns"] == []
    assert backend.call("get_event", path={"id": mine["id"]}, brand="other").refusal == (404, "EventNotFoundError")
    assert backend.call("get_wallet", brand="other").data == {"totals": [], "lines": []}


def test_a_brand_that_was_never_set_up_is_told_so(empty: Backend) -> None:
    with empty.nothing_changes():
        assert empty.call("emit_event").refusal == (404, "BrandNotFoundError")


def test_rules_are_in_force_with_the_next_event(backend: Backend) -> None:
    assert backend.emit().data["rewarding_campaigns"] == ["point-a-dollar"]
    backend.call("delete_campaign")
    assert backend.emit().data["rewarding_campaigns"] == []
    backend.call("put_campaign")
    assert backend.emit().data["rewarding_campaigns"] == ["point-a-dollar"]


@pytest.mark.parametrize("order", [None, {}, {"products": None}, {"shipping": None, "redeem": None}], ids=str)
def test_what_is_optional_may_be_null(backend: Backend, order: object) -> None:
    event = backend.emit(order=order, redeem=None, fulfilled=None, reserve=None, metadata=None, issued_at=None).data
    assert (event["status"], event["rewarding_campaigns"]) == ("RESOLVED", [])


def test_a_late_report_is_dated_when_it_happened(backend: Backend) -> None:
    event = backend.emit(issued_at="2026-03-08T23:30:00+01:00").data
    assert event["issued_at"] == "2026-03-08T22:30:00.000Z"
    assert event["result"]["accumulations"][0]["expiration_date"] == "2027-03-09T00:00:00.000Z"


def test_a_till_holds_for_minutes(backend: Backend) -> None:
    event = backend.emit(fulfilled=False, reserve_until="2026-03-10T12:05:00Z").data
    assert event["reservation_expires_at"] == "2026-03-10T12:05:00.000Z"
    backend.wait(minutes=5)
    assert backend.points() == (0, 0, 0)


def test_events_are_counted_once(backend: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    def counted() -> int:
        return sum('"Events":[1.0]' in line for line in capsys.readouterr().out.splitlines())

    backend.emit(key="k1")
    assert counted() == 1
    backend.emit(key="k1")
    backend.emit(dry_run=True)
    assert counted() == 0


def test_the_log_of_a_call_names_no_customer(backend: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    backend.emit("carmen.miranda", metadata={"email": "carmen@example.com"})
    assert "carmen" not in capsys.readouterr().out
