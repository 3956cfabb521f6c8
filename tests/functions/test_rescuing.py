"""rescue_event: an order that was delivered after its hold had ended is paid after all, by an admin, once."""

import pytest
from rich.console import Console

from earnest.commands.explain import explanation_tree
from loyalty.store import keys
from tests.support.backend import Answer, Backend


def rescue(backend: Backend, event: str, *, dry_run: bool = False, reason: str = "delivered late") -> Answer:
    query = {"dry_run": "true"} if dry_run else None
    return backend.call("rescue_event", {"reason": reason}, path={"id": event}, query=query)


@pytest.fixture
def late(backend: Backend) -> tuple[Backend, str]:
    """Ana, who has 100 points, held a purchase of 50 that redeems 30; its deadline was an hour ago."""
    backend.emit()
    redeem = [{"id": "points", "amount": 30}]
    order = {"value": 50, "purchase_id": "p1"}
    event = backend.emit(order=order, redeem=redeem, fulfilled=False, reserve=1).data["id"]
    backend.wait(days=1, hours=1)
    return backend, event


@pytest.mark.parametrize("settled", [True, False], ids=["settled", "not settled"])
def test_it_is_paid_as_it_was_promised(late: tuple[Backend, str], *, settled: bool) -> None:
    backend, event = late
    if settled:
        assert backend.deliver(keys.hold_deadline("demo", "ana", event).sk) == []
    assert backend.points() == (100, 0, 0)
    rescued = rescue(backend, event).data
    assert (rescued["status"], rescued["reason"]) == ("RESOLVED", "delivered late")
    assert rescued["rescued_at"] == rescued["resolved_at"] == "2026-03-11T13:00:00.000Z"
    assert (rescued["expired_at"], rescued["fulfilled"]) == (None, True)
    assert backend.points() == (120, 0, 0)
    assert sum(amount for _, amount in backend.ledger()) == 120
    assert backend.call("get_event", path={"id": event}).data == rescued


def test_the_same_call_again_gets_the_stored_event(late: tuple[Backend, str]) -> None:
    backend, event = late
    first = rescue(backend, event)
    with backend.nothing_changes():
        again = rescue(backend, event, reason="once more")
        assert (again.status, again.data) == (200, first.data)
        assert backend.call("fulfill_event", path={"id": event}).data == first.data


def test_a_dry_run_shows_it_and_stores_nothing(late: tuple[Backend, str]) -> None:
    backend, event = late
    with backend.nothing_changes():
        shown = rescue(backend, event, dry_run=True).data
    rescued = rescue(backend, event).data
    assert shown == rescued


def test_the_explanation_says_who_rescued_it_and_why(late: tuple[Backend, str]) -> None:
    backend, event = late
    assert "rescue" not in backend.call("explain_event", path={"id": event}).data
    rescue(backend, event)
    explanation = backend.call("explain_event", path={"id": event}).data
    console = Console(width=120, color_system=None)
    with console.capture() as captured:
        console.print(explanation_tree(explanation))
    assert "with the key pfmx6dqvylbdmj2bo4hs3cl5sa: delivered late" in captured.get()
    assert explanation["rescue"] == {
        "at": "2026-03-11T13:00:00.000Z",
        "key_id": "pfmx6dqvylbdmj2bo4hs3cl5sa",
        "reason": "delivered late",
    }


def test_a_rescued_event_is_reversed_like_any_other(late: tuple[Backend, str]) -> None:
    backend, event = late
    rescue(backend, event)
    undone = backend.call("reverse_event", path={"id": event}).data
    assert (undone["status"], undone["rescued_at"]) == ("REVERSED", "2026-03-11T13:00:00.000Z")
    assert backend.points() == (100, 0, 0)
    assert rescue(backend, event).refusal == (409, "EventReversedError")


def test_a_part_of_a_rescued_event_comes_back(late: tuple[Backend, str]) -> None:
    backend, event = late
    parts = [{"reason": "too small", "value": 10}, {"reason": "broken", "value": 40}]
    refused = backend.call("reverse_event", parts[0], path={"id": event})
    assert refused.refusal == (409, "EventExpiredError")
    shipped = backend.call("fulfill_event", {"order": {"value": 40}}, path={"id": event})
    assert shipped.refusal == (409, "EventExpiredError")
    rescue(backend, event)
    first = backend.call("reverse_event", parts[0], path={"id": event}).data
    assert (first["status"], first["returned_value"], first["reason"]) == ("RESOLVED", 10, "delivered late")
    assert (first["rescued_at"], backend.points()) == ("2026-03-11T13:00:00.000Z", (116, 0, 0))
    with backend.nothing_changes():
        assert rescue(backend, event).data == first
    explanation = backend.call("explain_event", path={"id": event}).data
    assert (explanation["rescue"]["reason"], [part["reason"] for part in explanation["parts"]]) == (
        "delivered late",
        ["too small"],
    )
    last = backend.call("reverse_event", parts[1], path={"id": event}).data
    assert (last["status"], last["rescued_at"]) == ("REVERSED", "2026-03-11T13:00:00.000Z")
    assert backend.points() == (100, 0, 0)


def test_the_first_answer_to_an_earlier_change_says_nothing_of_the_rescue(backend: Backend) -> None:
    event = backend.emit(fulfilled=False, reserve=1).data["id"]
    key = {"Idempotency-Key": "k1"}
    extended = backend.call("extend_hold", {"reserve": 1}, path={"id": event}, headers=key)
    backend.wait(days=3)
    rescue(backend, event)
    with backend.nothing_changes():
        again = backend.call("extend_hold", {"reserve": 1}, path={"id": event}, headers=key)
    assert (again.data, again.data["rescued_at"]) == (extended.data, None)


@pytest.mark.parametrize("store", [None, "7"])
def test_it_keeps_its_number(backend: Backend, store: str | None) -> None:
    order = {"value": 50, "purchase_id": "p1"} | ({"store_id": store} if store else {})
    event = backend.emit(order=order, fulfilled=False).data["id"]
    backend.wait(days=1)
    rescue(backend, event)
    assert backend.emit(order=order, fulfilled=False).data["id"] == event
    assert backend.emit(order={**order, "value": 60}).refusal == (422, "IdempotencyMismatchError")


@pytest.mark.parametrize("store", [None, "7"])
def test_a_number_that_was_used_anew_is_not_paid_twice(backend: Backend, store: str | None) -> None:
    order = {"value": 50, "purchase_id": "p1"} | ({"store_id": store} if store else {})
    event = backend.emit(order=order, fulfilled=False).data["id"]
    backend.wait(days=1)
    other = backend.emit(order=order).data["id"]
    with backend.nothing_changes():
        refused = rescue(backend, event)
    assert refused.refusal == (409, "PurchaseReplacedError")
    assert other in refused.body["message"]


def test_an_offer_that_it_had_held_is_redeemed_unless_another_event_has_it(backend: Backend) -> None:
    document = {
        "name": "A treat",
        "trigger": "VISIT",
        "rules": [{"effects": [{"offer": "free-coffee", "valid_for": "9/days"}]}],
    }
    backend.call("put_campaign", document, path={"id": "treat"})
    backend.emit(type="VISIT")
    (offer,) = backend.call("list_offers").data
    use = [{"id": offer["id"], "amount": 1}]
    one, other = (backend.emit(type="USE", redeem=use, fulfilled=False, reserve=days) for days in (1, 1))
    assert other.refusal == (422, "InsufficientBalanceError")
    backend.wait(days=1)
    event = one.data["id"]
    used = backend.emit(type="USE", redeem=use).data["id"]
    assert rescue(backend, event).refusal == (422, "InsufficientBalanceError")
    backend.call("reverse_event", path={"id": used})
    assert rescue(backend, event).data["status"] == "RESOLVED"
    (offer,) = backend.call("list_offers").data
    assert (offer["status"], offer["redeemed_by"]) == ("redeemed", event)
