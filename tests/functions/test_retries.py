"""emit_event, twice: retries never pay twice, however late they come and whatever has happened since."""

from typing import Any

import pytest

from loyalty.store.emits import save_event
from tests.support.backend import Answer, Backend, event_body

PURCHASE = {"purchase_id": "D-1", "value": 100}

# The ways to say that a request is the same request: a header, a field of the body, the purchase itself.
WAYS: dict[str, dict[str, Any]] = {
    "header": {"key": "k1"},
    "body": {"idempotencyKey": "k1"},
    "purchase": {"order": PURCHASE},
    "header and purchase": {"key": "k1", "order": PURCHASE},
    "body and purchase": {"idempotencyKey": "k1", "order": PURCHASE},
    "header and body": {"key": "k1", "idempotencyKey": "k1"},
}
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def same(first: Answer, again: Answer) -> bool:
    """Whether the second answer is the first one again, and says so."""
    return again.replayed and (again.status, again.text) == (first.status, first.text) and not first.replayed


def test_the_sample_sent_twice_is_one_event(backend: Backend) -> None:
    first = backend.call("emit_event")
    with backend.nothing_changes():
        assert same(first, backend.call("emit_event"))


@each_way
def test_a_retry_gets_the_first_answer_and_pays_nothing(backend: Backend, way: dict[str, Any]) -> None:
    first = backend.emit(**way)
    with backend.nothing_changes():
        assert same(first, backend.emit(**way))
    assert backend.points() == (100, 0, 0)


@each_way
def test_a_retry_is_recognised_after_years(backend: Backend, way: dict[str, Any]) -> None:
    first = backend.emit(**way, issued_at="2026-03-10T11:00:00Z")
    backend.wait(days=800)
    with backend.nothing_changes():
        assert same(first, backend.emit(**way, issued_at="2026-03-10T11:00:00Z"))


@each_way
def test_another_body_is_not_a_retry(backend: Backend, way: dict[str, Any]) -> None:
    backend.emit(**way)
    with backend.nothing_changes():
        assert backend.emit(**way, weather="rain").refusal == (422, "IdempotencyMismatchError")


@each_way
def test_the_same_for_another_customer_is_not_a_retry(backend: Backend, way: dict[str, Any]) -> None:
    backend.emit(**way)
    with backend.nothing_changes():
        assert backend.emit("ben", **way).refusal == (422, "IdempotencyMismatchError")
    assert backend.call("get_customer", path={"id": "ben"}).status == 404


@each_way
def test_a_retry_is_answered_when_the_balance_is_spent(backend: Backend, way: dict[str, Any]) -> None:
    backend.emit()
    first = backend.emit(**{**way, "type": "PURCHASE", "redeem": [{"id": "points", "amount": 100}]})
    assert first.status == 201
    available, _, _ = backend.points()
    assert backend.spend(available).status == 201
    with backend.nothing_changes():
        assert same(first, backend.emit(**{**way, "type": "PURCHASE", "redeem": [{"id": "points", "amount": 100}]}))


def test_a_retry_is_answered_when_a_held_event_has_long_ended(backend: Backend) -> None:
    first = backend.emit(key="k1", fulfilled=False)
    path = {"id": first.data["id"]}
    for function, *body in (("extend_hold",), ("fulfill_event",), ("reverse_event", {"reason": "brought back"})):
        assert backend.call(function, *body, path=path).status == 200
        assert same(first, backend.emit(key="k1", fulfilled=False))


def test_a_retry_is_answered_when_a_held_event_is_dead(backend: Backend) -> None:
    first = backend.emit(key="k1", fulfilled=False, reserve_until="2026-03-10T12:05:00Z")
    backend.wait(days=2)
    assert same(first, backend.emit(key="k1", fulfilled=False, reserve_until="2026-03-10T12:05:00Z"))


def test_a_retry_is_answered_when_a_reward_it_redeemed_is_gone(backend: Backend) -> None:
    backend.emit()
    first = backend.spend(10, key="k1")
    backend.call("delete_campaign")
    assert backend.call("delete_reward").status == 204
    assert same(first, backend.spend(10, key="k1"))


def test_a_retry_is_answered_when_the_brand_is_disabled(backend: Backend) -> None:
    first = backend.emit(key="k1")
    backend.call("put_brand", {"enabled": False})
    assert same(first, backend.emit(key="k1"))


def test_where_key_and_purchase_are_given_each_alone_finds_the_first(backend: Backend) -> None:
    first = backend.emit(key="k1", order=PURCHASE)
    with backend.nothing_changes():
        assert same(first, backend.emit(order=PURCHASE))
        assert backend.emit(key="k1", order={"value": 100}).refusal == (422, "IdempotencyMismatchError")
        assert backend.emit(key="k1", order={**PURCHASE, "purchase_id": "D-2"}).refusal[0] == 422
        assert backend.emit(order={**PURCHASE, "value": 7}).refusal[0] == 422


@pytest.mark.parametrize("first_key", [None, "k1"])
def test_a_key_that_comes_with_a_purchase_recorded_before_is_bound_to_it(
    backend: Backend, first_key: str | None
) -> None:
    first = backend.emit(key=first_key, order=PURCHASE)
    assert same(first, backend.emit(key="another", order=PURCHASE))
    with backend.nothing_changes():
        assert same(first, backend.emit(key="another", order=PURCHASE))
        assert backend.emit(key="another", order={"value": 7}).refusal == (422, "IdempotencyMismatchError")
        assert backend.emit(key="free", order={**PURCHASE, "value": 7}).refusal[0] == 422
    assert backend.emit(key="free", order={"value": 7}).status == 201


def test_a_key_may_come_first_without_and_then_with_its_place_in_the_body(backend: Backend) -> None:
    first = backend.emit(key="k1")
    again = backend.emit(idempotencyKey="k1")
    assert (again.replayed, again.data["id"]) == (True, first.data["id"])


def test_two_different_keys_in_one_request_are_refused(backend: Backend) -> None:
    with backend.nothing_changes():
        answer = backend.emit(key="k1", idempotencyKey="k2")
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["idempotencyKey"])


def test_all_ways_to_write_the_same_body_are_one_request(backend: Backend) -> None:
    head = '"customer_id": "ana", "brand_id": "demo"'
    first = backend.call("emit_event", f'{{{head}, "type": "PURCHASE", "order": {{"value": 10, "channel_id": "é"}}}}')
    other = f'{{"order":{{"channel_id":"\\u00e9","value":1.0e1}}, "type":"PURCHASE",\n {head}}}'
    assert same(first, backend.call("emit_event", other))


def test_without_a_key_two_events_are_two(backend: Backend) -> None:
    assert backend.emit().data["id"] != backend.emit().data["id"]
    assert backend.points() == (200, 0, 0)


@pytest.mark.parametrize("type_", ["REFUND", "purchase", "PURCHASES"])
def test_only_a_purchase_is_protected_by_its_purchase_id(backend: Backend, type_: str) -> None:
    assert not any(backend.emit(type=type_, order=PURCHASE).replayed for _ in range(2))


def test_a_purchase_id_is_no_key_and_a_key_no_purchase_id(backend: Backend) -> None:
    backend.emit(order=PURCHASE)
    assert backend.emit(key="D-1", order={"value": 100}).status == 201


def test_another_customers_purchase_of_the_same_id_is_refused_not_paid(backend: Backend) -> None:
    backend.emit(order=PURCHASE)
    assert backend.emit("ben", key="k9", order=PURCHASE).refusal == (422, "IdempotencyMismatchError")


def test_a_key_of_255_characters_is_a_key(backend: Backend) -> None:
    assert same(backend.emit(key="k" * 255), backend.emit(key="k" * 255))


@pytest.mark.parametrize(
    ("headers", "body", "field"),
    [
        ({"Idempotency-Key": ""}, {}, "Idempotency-Key"),
        ({"Idempotency-Key": "k" * 256}, {}, "Idempotency-Key"),
        ({}, {"idempotencyKey": ""}, "idempotencyKey"),
        ({}, {"idempotencyKey": "k" * 256}, "idempotencyKey"),
        ({}, {"idempotencyKey": 7}, "idempotencyKey"),
    ],
    ids=["empty header", "long header", "empty in the body", "long in the body", "a number"],
)
def test_what_can_be_no_key_is_refused(
    backend: Backend, headers: dict[str, str], body: dict[str, Any], field: str
) -> None:
    with backend.nothing_changes():
        answer = backend.call("emit_event", event_body(**body), headers=headers)
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), [field])


def test_the_first_event_is_found_by_either_of_its_ids(backend: Backend) -> None:
    event = backend.emit(key="k1", order=PURCHASE).data["id"]
    idempotency_ids = [item for item in backend.stored() if item["sk"]["S"] == "EVENT"]
    ids = [item["pk"]["S"].rpartition("#")[2] for item in idempotency_ids]
    assert len(ids) == 2
    found = [backend.call("get_event", path={"id": one}).data["id"] for one in ids]
    assert found == [event] * 2


def numbered(purchase_id: str = "D-1", value: int = 100, **more: Any) -> dict[str, Any]:
    """An order with that number."""
    return {"purchase_id": purchase_id, "value": value, **more}


# What makes a purchase one that never came to be, and the status that its event has then.
FREED: dict[str, str] = {"cancelled": "CANCELLED", "expired": "EXPIRED", "past its deadline": "EXPIRED"}
each_freed = pytest.mark.parametrize("how", FREED)
WITHIN: dict[str, dict[str, Any]] = {"plain": {}, "in a shop": {"store_id": "7"}}
each_within = pytest.mark.parametrize("within", WITHIN.values(), ids=WITHIN)


def free(backend: Backend, event: str, how: str) -> None:
    """Let a pending event die."""
    if how == "cancelled":
        assert backend.call("reverse_event", {"reason": "changed my mind"}, path={"id": event}).status == 200
    else:
        backend.wait(days=2)
    if how == "expired":
        assert backend.deliver(f"DEADLINE#HOLD#{event}") == []


@each_freed
@each_within
@pytest.mark.parametrize("first_key", [None, "k1"])
@pytest.mark.parametrize("value", [100, 70], ids=["the same body", "another body"])
def test_a_purchase_that_never_came_to_be_frees_its_number(
    backend: Backend, how: str, within: dict[str, Any], first_key: str | None, value: int
) -> None:
    dead = backend.emit(key=first_key, order=numbered(**within), fulfilled=False).data["id"]
    free(backend, dead, how)
    paid = backend.emit(order=numbered(value=value, **within))
    assert (paid.status, paid.data["status"], paid.replayed) == (201, "RESOLVED", False)
    assert backend.points() == (value, 0, 0)
    with backend.nothing_changes():
        assert same(paid, backend.emit(order=numbered(value=value, **within)))
        assert backend.emit(order=numbered(value=1, **within)).refusal == (422, "IdempotencyMismatchError")
        assert backend.call("fulfill_event", path={"id": dead}).status == 409
    assert same(paid, backend.emit(key="k2", order=numbered(value=value, **within)))
    assert same(paid, backend.emit(key="k2", order=numbered(value=value, **within)))
    assert backend.call("get_event", path={"id": dead}).data["status"] == FREED[how]
    assert backend.call("get_event", path={"id": paid.data["id"]}).data == paid.data


@each_freed
def test_with_the_same_key_the_first_answer_stays_even_if_the_number_is_free(backend: Backend, how: str) -> None:
    first = backend.emit(key="k1", order=numbered(), fulfilled=False)
    free(backend, first.data["id"], how)
    with backend.nothing_changes():
        assert same(first, backend.emit(key="k1", order=numbered(), fulfilled=False))
    paid = backend.emit(key="k2", order=numbered())
    assert (paid.data["status"], paid.replayed) == ("RESOLVED", False)
    assert same(first, backend.emit(key="k1", order=numbered(), fulfilled=False))
    assert same(paid, backend.emit(key="k2", order=numbered()))
    assert same(paid, backend.emit(order=numbered()))


@pytest.mark.parametrize("act", ["fulfill_event", "reverse_event"])
def test_a_purchase_that_came_to_be_keeps_its_number(backend: Backend, act: str) -> None:
    first = backend.emit(order=numbered(), fulfilled=act == "reverse_event")
    assert backend.call(act, *([{"reason": "back"}] if "reverse" in act else []), path={"id": first.data["id"]}).status
    with backend.nothing_changes():
        assert same(first, backend.emit(order=numbered(), fulfilled=act == "reverse_event"))
        assert backend.emit(order=numbered(value=7)).refusal == (422, "IdempotencyMismatchError")


@each_within
def test_a_number_can_be_freed_again_and_again(backend: Backend, within: dict[str, Any]) -> None:
    events = []
    for i in range(14):
        key = f"k{i}" if i % 3 == 2 else None
        held = backend.emit(key=key, order=numbered(value=10 + i, **within), fulfilled=False)
        assert (held.data["status"], held.replayed) == ("PENDING", False)
        events.append(held.data["id"])
        backend.wait(minutes=1)
        free(backend, events[-1], "cancelled")
    events.append(backend.emit(order=numbered(**within)).data["id"])
    assert len(set(events)) == 15
    assert backend.points() == (100, 0, 0)
    found = backend.call("find_events", query={"purchase_id": "D-1"}).data
    assert [one["id"] for one in found] == events[:-12:-1]
    assert [one["status"] for one in found] == ["RESOLVED"] + ["CANCELLED"] * 10


def test_a_refused_retry_of_a_dead_purchase_is_refused_and_changes_nothing(backend: Backend) -> None:
    dead = backend.emit(order=numbered(), fulfilled=False).data["id"]
    free(backend, dead, "past its deadline")
    with backend.nothing_changes():
        answer = backend.emit(order=numbered(), redeem=[{"id": "points", "amount": 1}])
    assert answer.refusal == (422, "InsufficientBalanceError")


def test_a_number_is_good_for_one_shop(backend: Backend) -> None:
    shops: list[dict[str, Any]] = [{}, {"store_id": "7"}, {"store_id": "8"}, {"store_id": "#"}, {"store_id": "é" * 255}]
    paid = [backend.emit(order=numbered(**shop)) for shop in shops]
    assert not any(one.replayed for one in paid)
    assert len({one.data["id"] for one in paid}) == len(shops)
    assert backend.points() == (500, 0, 0)
    with backend.nothing_changes():
        for shop, one in zip(shops, paid, strict=True):
            assert same(one, backend.emit(order=numbered(**shop)))
            refusal = backend.emit(order=numbered(value=8, **shop))
            assert (refusal.refusal, refusal.fields) == ((422, "IdempotencyMismatchError"), ["order.value"])
            assert one.data["id"] in refusal.text
            found = backend.call("find_events", query={"purchase_id": "D-1", **shop}).data
            assert {event["id"] for event in found} == {other.data["id"] for other in ([one] if shop else paid)}


@pytest.mark.parametrize("shop", [{}, {"store_id": "7"}], ids=["no shop", "a shop"])
def test_a_number_is_good_for_one_business_day_where_the_brand_says_so(backend: Backend, shop: dict[str, Any]) -> None:
    assert backend.call("get_brand").data["purchase_ids"] == "unique"
    backend.call("put_brand", {"purchase_ids": "daily", "time_zone": "America/Bogota"})
    assert backend.call("get_brand").data["purchase_ids"] == "daily"
    order = numbered("17", **shop)
    first = backend.emit(order=order)  # noon in UTC: seven in the morning in Bogotá
    backend.wait(hours=16, minutes=59)
    with backend.nothing_changes():
        assert same(first, backend.emit(order=order))
    backend.wait(hours=1, minutes=1)
    second = backend.emit(order=order)
    assert not second.replayed
    assert backend.points() == (200, 0, 0)
    with backend.nothing_changes():
        assert same(second, backend.emit(order=order))
        assert backend.emit(order=order | {"value": 3}).refusal == (422, "IdempotencyMismatchError")
        assert backend.emit(order=order | {"value": 3}, issued_at="2026-03-10T12:00:00Z").refusal[0] == 422
    found = backend.call("find_events", query={"purchase_id": "17", **shop}).data
    assert [one["id"] for one in found] == [second.data["id"], first.data["id"]]


def test_a_late_report_has_the_number_of_the_day_on_which_it_happened(backend: Backend) -> None:
    backend.call("put_brand", {"purchase_ids": "daily"})
    late: dict[str, Any] = {"order": numbered("17"), "issued_at": "2026-03-09T23:59:59.999Z"}
    first, today = backend.emit(**late), backend.emit(order=numbered("17"))
    backend.wait(days=1)
    with backend.nothing_changes():
        assert same(first, backend.emit(**late))
    assert today.data["id"] != first.data["id"]


def test_a_retry_after_midnight_is_a_retry_even_if_it_does_not_say_when_it_happened(backend: Backend) -> None:
    backend.call("put_brand", {"purchase_ids": "daily"})
    backend.wait(hours=11, minutes=59)
    first = backend.emit(order=numbered("17"))
    held = backend.emit(order=numbered("18"), fulfilled=False).data["id"]
    free(backend, held, "cancelled")
    backend.wait(minutes=2)
    with backend.nothing_changes():
        assert same(first, backend.emit(order=numbered("17")))
    assert not backend.emit(order=numbered("18"), fulfilled=False).replayed
    assert not backend.emit(order=numbered("17", value=9)).replayed


@pytest.mark.parametrize("before", [None, "a key", "the key of the first"])
def test_a_restarted_till_finds_its_purchase_across_midnight_under_another_key(
    backend: Backend, before: str | None
) -> None:
    backend.call("put_brand", {"purchase_ids": "daily"})
    backend.wait(hours=11, minutes=59)
    first = backend.emit(order=numbered("17"), key=before)
    backend.wait(minutes=2)
    assert same(first, backend.emit(order=numbered("17"), key="the key of the first"))
    backend.wait(hours=5)  # too late to be taken for a retry, but for its key
    with backend.nothing_changes():
        assert same(first, backend.emit(order=numbered("17"), key="the key of the first"))
    assert not backend.emit(order=numbered("17"), key="another key").replayed


def test_a_retry_is_found_by_a_function_whose_clock_has_not_reached_midnight(backend: Backend) -> None:
    backend.call("put_brand", {"purchase_ids": "daily"})
    backend.wait(hours=12, seconds=1)
    first = backend.emit(order=numbered("17"))
    backend.wait(seconds=-2)
    with backend.nothing_changes():
        assert same(first, backend.emit(order=numbered("17")))
    backend.wait(minutes=-2)
    assert not backend.emit(order=numbered("17")).replayed


def test_of_two_calls_that_overlap_at_midnight_one_is_recorded(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.call("put_brand", {"purchase_ids": "daily"})
    backend.wait(hours=11, minutes=59, seconds=59)
    others: list[Any] = []

    def save_late(*args: Any) -> None:
        monkeypatch.setattr("loyalty.services.events.save_event", save_event)
        backend.wait(seconds=2)
        others.append(backend.emit(order=numbered("17")))
        save_event(*args)

    monkeypatch.setattr("loyalty.services.events.save_event", save_late)
    late = backend.emit(order=numbered("17"))
    assert late.replayed
    assert (late.data["id"], backend.points()) == (others[0].data["id"], (100, 0, 0))


def test_at_midnight_the_receipt_of_the_morning_before_is_another_one(backend: Backend) -> None:
    backend.call("put_brand", {"purchase_ids": "daily"})
    first = backend.emit(order=numbered("17"))
    backend.wait(hours=12, minutes=1)
    assert backend.emit(order=numbered("17")).data["id"] != first.data["id"]


@pytest.mark.parametrize(
    ("changes", "differ"),
    [
        ({"order": numbered(value=7)}, ["order.value"]),
        ({"order": numbered(channel_id="web")}, ["order.channel_id"]),
        ({"customer": "ben", "order": numbered()}, ["customer_id"]),
        ({"order": numbered(products=[{"sku": "A"}]), "fulfilled": True}, ["order.products", "fulfilled"]),
    ],
    ids=["value", "more", "customer", "several"],
)
def test_what_differs_is_named(backend: Backend, changes: dict[str, Any], differ: list[str]) -> None:
    first = backend.emit(order=numbered())
    answer = backend.emit(**changes)
    assert (answer.refusal, answer.fields) == ((422, "IdempotencyMismatchError"), differ)
    assert all(one in answer.body["message"] for one in [*differ, first.data["id"], "order.purchase_id"])
    backend.emit(key="k1", order={"value": 5})
    answer = backend.emit(key="k1", order={"value": 6})
    assert (answer.fields, "Idempotency-Key" in answer.body["message"]) == (["order.value"], True)


def test_a_purchase_is_found_by_its_number(backend: Backend) -> None:
    def find(**query: str) -> list[Any]:
        return [one["id"] for one in backend.call("find_events", query={"purchase_id": "D-1", **query}).data]

    assert find() == []
    plain = backend.emit(key="k1", order=numbered()).data["id"]
    backend.wait(minutes=1)
    west = backend.emit(order=numbered(store_id="West"), fulfilled=False).data["id"]
    backend.wait(minutes=1)
    north = backend.emit(order=numbered(store_id="North")).data["id"]
    backend.emit(order=numbered("D-2"))
    assert find() == [north, west, plain]
    assert find(store_id="West") == [west]
    assert find(store_id="west") == []
    backend.wait(days=2)
    (shown,) = backend.call("find_events", query={"purchase_id": "D-1", "store_id": "West"}).data
    assert shown["status"] == "EXPIRED"
    assert shown == backend.call("get_event", path={"id": west}).data
    assert backend.call("find_events", query={"purchase_id": "D-1"}, brand="other").data == []


def test_a_number_that_too_many_shops_have_is_found_in_a_shop(backend: Backend) -> None:
    for shop in range(101):
        backend.emit(order=numbered(store_id=f"{shop}"))
    answer = backend.call("find_events", query={"purchase_id": "D-1"})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["store_id"])
    assert len(backend.call("find_events", query={"purchase_id": "D-1", "store_id": "42"}).data) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [({}, "purchase_id"), ({"purchase_id": ""}, "purchase_id"), ({"purchase_id": "D-1", "store_id": ""}, "store_id")],
)
def test_what_names_no_purchase_is_refused(backend: Backend, query: dict[str, str], field: str) -> None:
    answer = backend.call("find_events", query=query)
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), [field])
