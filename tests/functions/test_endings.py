"""fulfill_event, reverse_event, extend_hold, get_event: each ending once, and late ones refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from loyalty.services import lifecycle
from tests.support.backend import Backend, between_the_two_reads
from tests.support.builders import after
from tests.support.samples import sample

EVENT = sample("get_event")["pathParameters"]["id"]
ENDINGS = ("fulfill_event", "reverse_event", "extend_hold")
each_ending = pytest.mark.parametrize("function", ENDINGS)


@pytest.fixture
def held(backend: Backend) -> Backend:
    """A backend where the sample event is held for seven days."""
    assert backend.call("emit_event").data["id"] == EVENT
    return backend


def event_now(backend: Backend) -> Any:
    """The sample event as anyone reads it now."""
    return backend.call("get_event").data


@pytest.mark.parametrize(
    ("function", "status", "changes"),
    [
        ("fulfill_event", "RESOLVED", {"resolved_at": "2026-03-10T13:00:00.000Z", "fulfilled": True}),
        (
            "reverse_event",
            "CANCELLED",
            {"cancelled_at": "2026-03-10T13:00:00.000Z", "reason": "The mug came back broken"},
        ),
        ("extend_hold", "PENDING", {"reservation_expires_at": "2026-03-20T12:00:00.000Z"}),
    ],
)
def test_the_samples_end_the_sample_event(held: Backend, function: str, status: str, changes: dict[str, Any]) -> None:
    before = event_now(held)
    held.wait(hours=1)
    answer = held.call(function)
    assert answer.status == 200
    event = answer.data
    assert event["status"] == status
    assert {name: event[name] for name in changes} == changes
    assert event == event_now(held)
    same = set(before) - set(changes) - {"status", "result"}
    assert {name: event[name] for name in same} == {name: before[name] for name in same}


def test_fulfilling_pays_the_promise(held: Backend) -> None:
    assert held.points() == (0, 0, 42)
    event = held.call("fulfill_event").data
    assert held.points() == (42, 0, 0)
    assert event["result"]["wallet"]["totals"][0]["available"] == 42
    assert held.ledger() == [("ACCUMULATION", 42)]


def test_reversing_a_held_event_gives_everything_back(backend: Backend) -> None:
    backend.emit()
    path = {"id": backend.spend(30, fulfilled=False).data["id"]}
    assert backend.points() == (70, 30, 0)
    assert backend.call("reverse_event", path=path).data["status"] == "CANCELLED"
    assert backend.points() == (100, 0, 0)
    assert backend.ledger() == [("ACCUMULATION", 100), ("REDEMPTION", -30), ("RELEASE", 30)]


def test_reversing_a_paid_event_undoes_it_and_leaves_a_debt_that_later_earnings_pay(held: Backend) -> None:
    held.call("fulfill_event")
    held.spend(40)
    event = held.call("reverse_event").data
    assert (event["status"], event["reversed_at"]) == ("REVERSED", "2026-03-10T12:00:00.000Z")
    assert (event["fulfilled"], event["resolved_at"]) == (True, "2026-03-10T12:00:00.000Z")
    assert held.points() == (-40, 0, 0)
    assert held.spend(1).refusal == (422, "InsufficientBalanceError")
    held.emit()
    assert held.points() == (60, 0, 0)
    assert sum(amount for _, amount in held.ledger()) == 60


def test_a_reward_may_refuse_to_be_owed(held: Backend) -> None:
    held.call("put_reward", {"name": "Points", "allow_negative": False})
    held.call("fulfill_event")
    held.spend(40)
    assert held.call("reverse_event").data["status"] == "REVERSED"
    assert held.points() == (0, 0, 0)


@pytest.mark.parametrize("deleted", [False, True], ids=["", "after the reward was deleted"])
def test_what_a_reversal_let_go_makes_no_points_when_it_comes_back(backend: Backend, deleted: bool) -> None:
    backend.call("put_reward", {"name": "Points", "allow_negative": False})
    earned, spent = ({"id": answer.data["id"]} for answer in (backend.emit(), backend.spend(100)))
    if deleted:
        assert backend.call("delete_campaign").status == 204
        assert backend.call("delete_reward").status == 204
    for path, available in ((earned, 0), (spent, 0)):
        answer = backend.call("reverse_event", path=path)
        assert answer.status == 200
        assert answer.data["result"]["wallet"]["totals"][0]["available"] == available
    assert backend.points() == (0, 0, 0)
    assert sum(amount for _, amount in backend.ledger()) == 0


def test_what_expired_unspent_is_not_owed_when_its_event_is_reversed(held: Backend) -> None:
    held.call("fulfill_event")
    held.spend(2)
    held.wait(days=400)
    assert held.deliver("DEADLINE#LOTS") == []
    assert held.ledger()[-1] == ("EXPIRATION", -40)
    assert held.call("reverse_event").data["status"] == "REVERSED"
    assert held.points() == (-2, 0, 0)


@each_ending
def test_the_same_ending_again_is_answered_with_the_stored_event(held: Backend, function: str) -> None:
    bodies = {"reverse_event": {"reason": "brought back"}, "extend_hold": {"reserve_until": "2026-03-19T12:00:00Z"}}
    body = bodies.get(function)
    first = held.call(function, body)
    held.wait(days=3)
    with held.nothing_changes():
        again = held.call(function, body)
    assert (again.status, again.data) == (200, first.data)


def test_a_reversed_event_reversed_again_keeps_its_reason(held: Backend) -> None:
    held.call("reverse_event", {"reason": "the first"})
    assert held.call("reverse_event", {"reason": "the second"}).data["reason"] == "the first"


@pytest.mark.parametrize(
    ("ended_by", "function", "code"),
    [
        (["reverse_event"], "fulfill_event", "EventCancelledError"),
        (["reverse_event"], "extend_hold", "EventCancelledError"),
        (["fulfill_event"], "extend_hold", "EventResolvedError"),
        (["fulfill_event", "reverse_event"], "fulfill_event", "EventReversedError"),
        (["fulfill_event", "reverse_event"], "extend_hold", "EventReversedError"),
    ],
)
def test_another_ending_is_refused(held: Backend, ended_by: list[str], function: str, code: str) -> None:
    for ending in ended_by:
        assert held.call(ending).status == 200
    with held.nothing_changes():
        assert held.call(function).refusal == (409, code)


@each_ending
@pytest.mark.parametrize("settled", [False, True], ids=["before anyone settled it", "after it was settled"])
def test_a_dead_hold_is_dead(held: Backend, function: str, settled: bool) -> None:
    held.wait(days=7)
    if settled:
        assert held.deliver() == []
    with held.nothing_changes():
        assert held.call(function).refusal == (409, "EventExpiredError")
    event = event_now(held)
    assert (event["status"], event["expired_at"]) == ("EXPIRED", "2026-03-17T12:00:00.000Z")
    assert held.points() == (0, 0, 0)


@each_ending
def test_a_hold_lives_until_its_last_millisecond(held: Backend, function: str) -> None:
    held.wait(days=7, milliseconds=-1)
    assert event_now(held)["status"] == "PENDING"
    assert held.call(function).status == 200


def test_an_extended_hold_lives_longer(held: Backend) -> None:
    held.call("extend_hold", {"reserve": 3})
    held.wait(days=9)
    assert held.deliver() == []
    assert held.points() == (0, 0, 42)
    assert held.call("fulfill_event").status == 200


def test_a_hold_is_not_extended_beyond_a_year_or_shortened(held: Backend) -> None:
    with held.nothing_changes():
        for body, field in (
            ({"reserve": 365}, "reserve"),
            ({"reserve_until": "2027-03-11T12:00:00Z"}, "reserve_until"),
            ({"reserve_until": "2026-03-11T12:00:00Z"}, "reserve_until"),
        ):
            answer = held.call("extend_hold", body)
            assert (answer.refusal, answer.fields) == ((400, "ValidationError"), [field])


@pytest.mark.parametrize("function", [*ENDINGS, "get_event"])
def test_an_event_that_never_was_is_not_found(backend: Backend, function: str) -> None:
    with backend.nothing_changes():
        assert backend.call(function).refusal == (404, "EventNotFoundError")


@pytest.mark.parametrize("function", [*ENDINGS, "get_event"])
def test_an_event_of_another_brand_is_not_found(held: Backend, function: str) -> None:
    with held.nothing_changes():
        assert held.call(function, brand="other").refusal == (404, "EventNotFoundError")


@pytest.mark.parametrize(
    ("first", "code"), [("fulfill_event", "EventResolvedError"), ("reverse_event", "EventCancelledError")]
)
def test_an_extension_that_an_ending_overtook_is_told_of_it(
    held: Backend, monkeypatch: pytest.MonkeyPatch, first: str, code: str
) -> None:
    between_the_two_reads(monkeypatch, lifecycle, lambda: held.call(first))
    assert held.call("extend_hold").refusal == (409, code)


def test_a_fulfilment_that_a_cancellation_overtook_pays_nothing(held: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    between_the_two_reads(monkeypatch, lifecycle, lambda: held.call("reverse_event"))
    assert held.call("fulfill_event").refusal == (409, "EventCancelledError")
    assert held.points() == (0, 0, 0)


@pytest.mark.parametrize("function", ENDINGS)
def test_a_hold_that_a_faster_clock_saw_dead_is_dead_for_a_slower_one(backend: Backend, function: str) -> None:
    backend.emit()
    path = {"id": backend.spend(30, fulfilled=False).data["id"]}
    backend.now = after(days=1)
    assert backend.spend(100).status == 201, "what the dead hold had taken is there to be spent"
    backend.now, backend.tick = after(days=1, milliseconds=-5), timedelta(milliseconds=2)
    backend.call(function, path=path)
    backend.now = after(days=2)
    assert backend.call("get_event", path=path).data["status"] in ("EXPIRED", "CANCELLED")
    assert backend.points() == (0, 0, 0)


def test_endings_are_counted_once(held: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    def counted() -> list[str]:
        lines = capsys.readouterr().out.splitlines()
        return [line for line in lines if "_aws" in line]

    held.call("fulfill_event")
    assert ['"Events":[1.0]' in line for line in counted()] == [True, False]
    held.call("fulfill_event")
    assert counted() == []


def test_times_are_told_in_utc_with_milliseconds(held: Backend) -> None:
    held.now = datetime.fromisoformat("2026-03-10T15:00:00.123+02:00")
    assert held.call("fulfill_event").data["resolved_at"] == "2026-03-10T13:00:00.123Z"


@each_ending
def test_a_dry_run_answers_what_would_be_and_stores_nothing(held: Backend, function: str) -> None:
    with held.nothing_changes():
        would_be = held.call(function, query={"dry_run": "true"})
    assert would_be.status == 200
    assert event_now(held)["status"] == "PENDING"
    assert held.call(function).data == would_be.data


def test_a_dry_run_of_a_reversal_of_what_is_paid_stores_nothing(held: Backend) -> None:
    held.call("fulfill_event")
    with held.nothing_changes():
        would_be = held.call("reverse_event", query={"dry_run": "TRUE"})
    assert (would_be.data["status"], would_be.data["result"]["wallet"]["totals"][0]["available"]) == ("REVERSED", 0)
    assert held.points() == (42, 0, 0)


@each_ending
def test_a_dry_run_is_refused_for_what_the_call_itself_would_be(held: Backend, function: str) -> None:
    held.wait(days=7)
    assert held.call(function, query={"dry_run": "true"}).refusal == (409, "EventExpiredError")


@pytest.mark.parametrize("more", [{}, {"Idempotency-Key": "k"}])
def test_a_fulfilment_takes_an_empty_body_and_a_key(held: Backend, more: dict[str, str]) -> None:
    for body in (None, "", " ", {}, {"idempotencyKey": "k"}):
        assert held.call("fulfill_event", body, headers=more).status == 200


PARTS: list[dict[str, Any]] = [
    {"order": {"value": 80}},
    {"products": [{"sku": "A1", "amount": 1}]},
    {"amount": 5},
    {"value": 5},
    {"products": []},
]
NOT_TAKEN = [
    (function, part)
    for function in ENDINGS
    for part in PARTS
    # A fulfilment takes what has shipped; test_parts.py says how.
    if not (function == "fulfill_event" and part in PARTS[:2])
]


@pytest.mark.parametrize(("function", "part"), NOT_TAKEN, ids=str)
def test_a_part_of_an_event_is_refused_by_name_and_nothing_of_it_is_done(
    held: Backend, function: str, part: dict[str, Any]
) -> None:
    wholes: dict[str, dict[str, Any]] = {"reverse_event": {"reason": "so"}, "extend_hold": {"reserve": 1}}
    whole = wholes.get(function, {})
    with held.nothing_changes():
        answer = held.call(function, {**whole, **part})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), list(part))


def test_an_extension_with_a_key_moves_the_deadline_once(held: Backend) -> None:
    once = {"Idempotency-Key": "k1"}
    first = held.call("extend_hold", {"reserve": 1}, headers=once)
    assert (first.data["reservation_expires_at"], first.replayed) == ("2026-03-18T12:00:00.000Z", False)
    with held.nothing_changes():
        again = held.call("extend_hold", {"reserve": 1, "idempotencyKey": "k1"})
    assert (again.data, again.replayed) == (first.data, True)
    second = held.call("extend_hold", {"reserve": 1}, headers={"Idempotency-Key": "k2"})
    assert second.data["reservation_expires_at"] == "2026-03-19T12:00:00.000Z"
    held.call("fulfill_event")
    late = held.call("extend_hold", {"reserve": 1}, headers=once)
    assert (late.status, late.data, late.replayed) == (200, first.data, True)


@pytest.mark.parametrize(
    ("body", "differing"),
    [
        ({"reserve": 2}, ["reserve"]),
        ({"reserve_until": "2026-03-19T12:00:00Z"}, ["reserve", "reserve_until"]),
        ({"reserve": 1, "why": "so"}, ["why"]),
    ],
)
def test_the_key_of_an_extension_is_refused_with_another_body(
    held: Backend, body: dict[str, Any], differing: list[str]
) -> None:
    once = {"Idempotency-Key": "k1"}
    held.call("extend_hold", {"reserve": 1}, headers=once)
    with held.nothing_changes():
        answer = held.call("extend_hold", body, headers=once)
    assert (answer.refusal, answer.fields) == ((422, "IdempotencyMismatchError"), differing)


def test_the_key_of_an_extension_that_had_nothing_to_move_is_used_as_well(held: Backend) -> None:
    once = {"Idempotency-Key": "k1"}
    body = {"reserve_until": "2026-03-17T12:00:00Z"}
    assert held.call("extend_hold", body, headers=once).data == event_now(held)
    assert held.call("extend_hold", body, headers=once).replayed
    assert held.call("extend_hold", {"reserve": 1}, headers=once).refusal == (422, "IdempotencyMismatchError")


def test_a_key_means_its_own_event_alone(held: Backend) -> None:
    once = {"Idempotency-Key": "k1"}
    other = {"id": held.emit(fulfilled=False, key="k1").data["id"]}
    for path in (None, other):
        changes = {"path": path} if path else {}
        assert not held.call("extend_hold", {"reserve": 1}, headers=once, **changes).replayed


@pytest.mark.parametrize("later", [False, True], ids=["", "after another event has released the hold"])
def test_an_expired_event_shows_the_wallet_of_its_end(backend: Backend, later: bool) -> None:
    backend.emit()
    order = {"purchase_id": "o7", "redeem": [{"id": "points", "amount": 30}]}
    path = {"id": backend.emit(order=order, fulfilled=False).data["id"]}
    if not later:
        backend.emit(order={"value": 70})
    backend.wait(days=1)
    if later:
        backend.emit(order={"value": 50})

    def seen() -> list[tuple[int, int, int]]:
        (listed,) = (one for one in backend.everything("list_events") if one["id"] == path["id"])
        (found,) = backend.call("find_events", query={"purchase_id": "o7"}).data
        events = [backend.call("get_event", path=path).data, listed, found]
        totals = [event["result"]["wallet"]["totals"][0] for event in events]
        return [(total["available"], total["reserved"], total["pending"]) for total in totals]

    at_end = [(100 if later else 170, 0, 0)] * 3
    assert seen() == at_end
    backend.emit(order={"value": 10})
    assert backend.deliver(f"DEADLINE#HOLD#{path['id']}") == []
    assert seen() == [(100, 0, 0)] * 3
