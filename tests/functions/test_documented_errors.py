"""Every error that the description of a function names can be had: whoever documents one shows here how."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from loyalty.domain.events.parts import MAX_PARTS
from loyalty.store import table
from tests.support.backend import Answer, Backend
from tests.support.published import codes, operations
from tests.support.samples import body_of, sample

# What the gateway answers before a function is asked, or when one has failed; no function says it.
GATEWAY = {"Unauthorized", "TooManyRequests", "InternalError"}
DOCUMENTED = sorted(
    (function, status, code)
    for function in operations()
    for status, found in codes(function).items()
    for code in found
    if code not in GATEWAY and operations()[function]["security"]
)

Provoke = Callable[[Backend], Answer]


def _held(backend: Backend) -> str:
    event: str = backend.emit(fulfilled=False).data["id"]
    return event


def _cancelled(backend: Backend) -> str:
    event = _held(backend)
    backend.call("reverse_event", path={"id": event})
    return event


def _expired(backend: Backend) -> str:
    event = _held(backend)
    backend.wait(days=1)
    return event


def _reversed(backend: Backend) -> str:
    event: str = backend.emit().data["id"]
    backend.call("reverse_event", path={"id": event})
    return event


def _resolved(backend: Backend) -> str:
    event: str = backend.emit().data["id"]
    return event


def _on(function: str, event: Callable[[Backend], str]) -> Provoke:
    return lambda backend: backend.call(function, path={"id": event(backend)})


def _another_body(function: str) -> Provoke:
    def act(backend: Backend) -> Answer:
        once = {"Idempotency-Key": "k1"}
        backend.call(function, headers=once)
        return backend.call(function, {**body_of(function), "more": 1}, headers=once)

    return act


def _another_migration(backend: Backend) -> Answer:
    backend.call("migrate_customer")
    return backend.call("migrate_customer", {**body_of("migrate_customer"), "tags": {}})


def _another_extension(backend: Backend) -> Answer:
    backend.call("emit_event")
    return _another_body("extend_hold")(backend)


def _with_a_key(function: str, **changes: Any) -> Provoke:
    def act(backend: Backend) -> Answer:
        backend.emit("ana")
        assert backend.call(function).status == 202
        return backend.call(function, {**body_of(function), **changes})

    return act


def _a_part(value: int) -> dict[str, Any]:
    return {"reason": "so", "value": value}


def _another_part_with_its_key(backend: Backend) -> Answer:
    path, once = {"id": _resolved(backend)}, {"Idempotency-Key": "k1"}
    assert backend.call("reverse_event", _a_part(1), path=path, headers=once).status == 200
    return backend.call("reverse_event", _a_part(2), path=path, headers=once)


def _another_fulfilment_with_its_key(backend: Backend) -> Answer:
    path, once = {"id": _held(backend)}, {"Idempotency-Key": "k1"}
    assert backend.call("fulfill_event", {"order": {"value": 1}}, path=path, headers=once).status == 200
    return backend.call("fulfill_event", {"order": {"value": 2}}, path=path, headers=once)


def _more_than_was_bought(backend: Backend) -> Answer:
    return backend.call("reverse_event", _a_part(9_999), path={"id": _resolved(backend)})


def _more_than_was_ordered(backend: Backend) -> Answer:
    return backend.call("fulfill_event", {"order": {"value": 9_999}}, path={"id": _held(backend)})


def _fulfilled_otherwise(backend: Backend) -> Answer:
    return backend.call("fulfill_event", {"order": {"value": 1}}, path={"id": _resolved(backend)})


def _too_many_parts(backend: Backend) -> Answer:
    path = {"id": _resolved(backend)}
    for _ in range(MAX_PARTS):
        backend.call("reverse_event", {"reason": "so", "value": 0.0001}, path=path)
    return backend.call("reverse_event", _a_part(1), path=path)


def _part_of(event: Callable[[Backend], str]) -> Provoke:
    return lambda backend: backend.call("reverse_event", _a_part(1), path={"id": event(backend)})


def _too_many_holds(backend: Backend) -> Answer:
    for _ in range(100):
        _held(backend)
    return backend.emit(fulfilled=False)


def _taken(backend: Backend) -> Answer:
    backend.emit("ana")
    backend.emit("ben")
    email = {"email": "ana@example.com"}
    backend.call("patch_customer", email, path={"id": "ana"})
    return backend.call("patch_customer", email, path={"id": "ben"})


def _too_many_lots(function: str) -> Provoke:
    def act(backend: Backend) -> Answer:
        ends = [{"reward_id": "points", "amount": 1, "expires_in": f"{i}/days"} for i in range(1, 502)]
        rules = [{"effects": ends[i : i + 20]} for i in range(0, 501, 20)]
        backend.call("put_campaign", {"name": "Many", "trigger": "MANY", "rules": rules}, path={"id": "many"})
        if function == "record_history":
            return backend.call(function, {**body_of(function), "type": "MANY"}, query={"evaluate": "true"})
        change: dict[str, Any] = {"type": "MANY"} if function == "emit_event" else {"events": {"MANY": {}}}
        return backend.call(function, {**body_of(function), **change})

    return act


def _rescue(backend: Backend, event: str) -> Answer:
    return backend.call("rescue_event", path={"id": event})


def _rescue_without_its_points(backend: Backend) -> Answer:
    backend.emit()
    event = backend.spend(60, fulfilled=False).data["id"]
    backend.wait(days=1)
    backend.spend(60)
    return _rescue(backend, event)


def _rescue_without_its_number(backend: Backend) -> Answer:
    order = {"value": 20, "purchase_id": "p1"}
    event = backend.emit(fulfilled=False, order=order).data["id"]
    backend.wait(days=1)
    backend.emit(order=order)
    return _rescue(backend, event)


def _rescue_beyond(**limits: Any) -> Provoke:
    def act(backend: Backend) -> Answer:
        effects = [{"reward_id": "points", "amount": 5}]
        document = {"name": "Once", "trigger": "ONCE", "rules": [{"effects": effects}], "limits": limits}
        backend.call("put_campaign", document, path={"id": "once"})
        event = backend.emit(type="ONCE", fulfilled=False).data["id"]
        backend.wait(days=1)
        for _ in range(2):  # what the hold had of a budget goes back with the first of them
            backend.emit(type="ONCE")
        return _rescue(backend, event)

    return act


def _rescue_of_too_many_lots(backend: Backend) -> Answer:
    ends = [{"reward_id": "points", "amount": 1, "expires_in": f"{i}/days"} for i in range(30, 530)]
    rules = [{"effects": ends[i : i + 20]} for i in range(0, 500, 20)]
    for i in range(9):
        document = {"name": "Many", "trigger": f"MANY {i}", "rules": rules}
        backend.call("put_campaign", document, path={"id": f"many-{i}"})
    event = backend.emit(type="MANY 0", fulfilled=False).data["id"]
    backend.wait(days=1)
    for i in range(1, 9):
        backend.emit(type=f"MANY {i}")
    return _rescue(backend, event)


def _history_beyond_the_balance(backend: Backend) -> Answer:
    body = {**body_of("record_history"), "redeem": [{"id": "points", "amount": 1}]}
    return backend.call("record_history", body, query={"evaluate": "true"})


OWN: dict[tuple[str, str], Provoke] = {
    ("rescue_event", "EventPendingError"): _on("rescue_event", _held),
    ("rescue_event", "EventResolvedError"): _on("rescue_event", _resolved),
    ("rescue_event", "EventCancelledError"): _on("rescue_event", _cancelled),
    ("rescue_event", "EventReversedError"): _on("rescue_event", _reversed),
    ("rescue_event", "InsufficientBalanceError"): _rescue_without_its_points,
    ("rescue_event", "PurchaseReplacedError"): _rescue_without_its_number,
    ("rescue_event", "LimitReachedError"): _rescue_beyond(per_customer={"times": 1}),
    ("rescue_event", "BudgetSpentError"): _rescue_beyond(budget=5),
    ("rescue_event", "TooManyLotsError"): _rescue_of_too_many_lots,
    ("unmerge_customer", "NotMergedError"): lambda backend: (backend.emit("kim"), backend.call("unmerge_customer"))[1],
    ("migrate_customer", "IdempotencyMismatchError"): _another_migration,
    ("emit_event", "InsufficientBalanceError"): lambda backend: backend.spend(1),
    ("emit_event", "TooManyHoldsError"): _too_many_holds,
    ("delete_reward", "RewardInUseError"): lambda backend: backend.call("delete_reward"),
    ("patch_customer", "IdentityTakenError"): _taken,
    ("preview_rewards", "UserNotFoundError"): lambda backend: backend.call("preview_rewards"),
    ("record_history", "InsufficientBalanceError"): _history_beyond_the_balance,
    **{
        (function, "IdempotencyMismatchError"): _another_body(function)
        for function in ("emit_event", "track_events", "record_history")
    },
    **{
        (function, code): _with_a_key(function, **changes)
        for function in ("create_hot_offer", "create_cold_offer", "assign_hot_points", "assign_cold_points")
        for code, changes in {
            "IdempotencyMismatchError": {"source": "another"},
            "UserNotFoundError": {"userId": "6d13456a-1304-5109-a117-af4de20b2487", "idempotencyKey": "k2"},
            "OfferNotFoundError": {"configId": "nobody-knows-it", "idempotencyKey": "k2"},
            "RewardNotFoundError": {"rewardId": "nobody-knows-it", "idempotencyKey": "k2"},
        }.items()
    },
    **{
        (function, "TooManyLotsError"): _too_many_lots(function)
        for function in ("emit_event", "track_events", "track_event_v3", "record_history")
    },
    ("extend_hold", "IdempotencyMismatchError"): _another_extension,
    ("track_event_v3", "IdempotencyMismatchError"): _another_body("track_event_v3"),
    **{
        (function, code): _on(function, state)
        for function in ("fulfill_event", "extend_hold", "reverse_event")
        for code, state in {
            "EventExpiredError": _expired,
            "EventCancelledError": _cancelled,
            "EventReversedError": _reversed,
            "EventResolvedError": _resolved,
        }.items()
    },
    ("reverse_event", "IdempotencyMismatchError"): _another_part_with_its_key,
    ("fulfill_event", "IdempotencyMismatchError"): _another_fulfilment_with_its_key,
    ("reverse_event", "MoreThanLeftError"): _more_than_was_bought,
    ("fulfill_event", "MoreThanLeftError"): _more_than_was_ordered,
    ("reverse_event", "TooManyPartsError"): _too_many_parts,
    ("fulfill_event", "EventResolvedError"): _fulfilled_otherwise,
    **{
        ("reverse_event", code): _part_of(state)
        for code, state in {"EventCancelledError": _cancelled, "EventReversedError": _reversed}.items()
    },
}


def _unreadable(function: str) -> dict[str, Any]:
    asked = sample(function)
    if asked["pathParameters"]:
        return {"path": dict.fromkeys(asked["pathParameters"], "a%23b")}
    return {"body": "[]"} if asked["body"] else {"query": {"limit": "0"}}


def _provoked(backend: Backend, function: str, code: str) -> Answer:
    if act := OWN.get((function, code)):
        return act(backend)
    if code == "ValidationError":
        return backend.call(function, **_unreadable(function))
    if code == "Forbidden":
        return backend.call(function, scopes="")
    if code == "PayloadTooLargeError":
        return backend.call(function, " " * 300_000)
    if code.endswith("NotFoundError") and (ids := sample(function)["pathParameters"]):
        return backend.call(function, path=dict.fromkeys(ids, "nobody-knows-it"))
    raise AssertionError(f"{function} is documented to answer {code}; say here how to provoke it")


@pytest.mark.parametrize(("function", "status", "code"), DOCUMENTED)
def test_a_documented_error_can_be_had(
    empty: Backend, monkeypatch: pytest.MonkeyPatch, function: str, status: int, code: str
) -> None:
    if code == "ServiceUnavailable":
        monkeypatch.setattr(table, "client", _Gone)
        empty.carrier.broken = True  # one of them asks queues alone
        answer = empty.call(function)
    elif code == "ItemTooLargeError":
        empty.set_up()
        if function != "emit_event":  # what the others are about has to be there
            empty.call("emit_event")
            empty.tell_of_one_that_has_expired()
        monkeypatch.setattr(empty.client, "transact_write_items", _no_room)
        answer = empty.call(function)
    elif code == "BrandNotFoundError":
        # Without its country a number is read in the brand's.
        query = {"query": {"mobile": "0171 1234567"}} if function == "find_customers" else {}
        answer = empty.call(function, **query)
    else:
        empty.set_up()
        answer = _provoked(empty, function, code)
    assert answer.refusal == (status, code)


def _no_room(**_request: Any) -> None:
    """DynamoDB's answer if an item would be larger than 400 kB."""
    reasons = [{"Code": "None"}, {"Code": "ValidationError", "Message": "Item size to update has exceeded the maximum"}]
    refusal = {"Code": "TransactionCanceledException", "Message": "see reasons"}
    answer: Any = {"Error": refusal, "CancellationReasons": reasons}
    raise ClientError(answer, "TransactWriteItems")


class _Gone:
    """A client of a store that does not answer."""

    def __getattr__(self, operation: str) -> Any:
        def call(**_request: Any) -> None:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1")

        return call
