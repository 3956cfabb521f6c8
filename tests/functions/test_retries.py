"""emit_event, twice: retries never pay twice, however late they come and whatever has happened since."""

from typing import Any

import pytest

from tests.support.backend import Answer, Backend, event_body
from tests.support.samples import sample

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
    backend.call("emit_event")
    idempotency_ids = [item for item in backend.stored() if item["sk"]["S"] == "EVENT"]
    ids = [item["pk"]["S"].rpartition("#")[2] for item in idempotency_ids]
    assert len(ids) == 2
    found = [backend.call("get_event", path={"id": one}).data["id"] for one in ids]
    assert found == [sample("get_event")["pathParameters"]["id"]] * 2
