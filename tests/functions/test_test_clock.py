"""The test clock: a sandbox brand's year in seconds, in order; a live brand is never moved."""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from loyalty.domain.times import format_instant
from loyalty.services import deadlines, test_clocks
from loyalty.services.program import create_brand
from loyalty.store import keys
from tests.support.backend import Backend, Json
from tests.support.builders import NOW
from tests.support.builders import after as hence
from tests.support.samples import sample


@pytest.fixture
def sandbox(backend: Backend) -> Backend:
    """A brand to test with that has what the samples have."""
    backend.make_sandbox()
    backend.sandbox = True
    return backend


def clock(backend: Backend) -> Json:
    found: Json = backend.call("get_test_clock").data
    return found


def advance(backend: Backend, **length: float) -> Any:
    return backend.call("advance_test_clock", {"to": format_instant(hence(**length))})


def campaign(backend: Backend, name: str, *effects: Json, **more: Any) -> None:
    body = {"name": name, "trigger": name.upper(), "rules": [{"effects": list(effects)}], **more}
    assert backend.call("put_campaign", body, path={"id": name}).status == 200


def test_a_clock_that_was_never_advanced_shows_real_time(sandbox: Backend) -> None:
    assert clock(sandbox) == {"now": format_instant(NOW), "status": "ready", "to": None}
    sandbox.wait(hours=1)
    assert clock(sandbox)["now"] == format_instant(hence(hours=1))
    assert sandbox.emit().data["issued_at"] == format_instant(hence(hours=1))


def test_an_advance_is_on_its_way_until_the_queue_has_delivered_it_and_then_the_clock_ticks(sandbox: Backend) -> None:
    answer = advance(sandbox, days=30)
    expected = {"now": format_instant(NOW), "status": "advancing", "to": format_instant(hence(days=30))}
    assert (answer.status, answer.data) == (202, expected)
    sandbox.wait(seconds=3)
    assert clock(sandbox) == expected, "it stands still"
    assert sandbox.process_assignment() == []
    assert clock(sandbox) == {**expected, "now": format_instant(hence(days=30)), "status": "ready"}
    sandbox.wait(minutes=5)
    assert clock(sandbox)["now"] == format_instant(hence(days=30, minutes=5))
    assert sandbox.emit().data["issued_at"] == format_instant(hence(days=30, minutes=5))


def test_the_same_advance_again_changes_nothing_and_is_sent_again_while_it_is_under_way(sandbox: Backend) -> None:
    sandbox.carrier.broken = True
    assert advance(sandbox, days=2).refusal == (503, "ServiceUnavailable")
    sandbox.carrier.broken = False
    assert clock(sandbox)["status"] == "advancing"
    with sandbox.nothing_changes():
        assert advance(sandbox, days=2).status == 202
    assert len(sandbox.carrier.messages) == 1
    sandbox.process_assignment()
    sandbox.carrier.messages.clear()
    with sandbox.nothing_changes():
        assert advance(sandbox, days=2).data["status"] == "ready"
    assert sandbox.carrier.messages == []


def test_an_advance_under_way_can_go_further_and_not_less_far(sandbox: Backend) -> None:
    sandbox.emit(fulfilled=False, reserve=3)
    assert advance(sandbox, days=2).status == 202
    with sandbox.nothing_changes():
        refused = advance(sandbox, days=1)
        assert (refused.refusal, refused.fields) == ((400, "ValidationError"), ["to"])
        assert "2026-03-12T12:00:00.000Z" in refused.body["message"]
    assert advance(sandbox, days=4).data["to"] == format_instant(hence(days=4))
    assert sandbox.process_assignment() == []
    assert clock(sandbox)["now"] == format_instant(hence(days=4))
    assert sandbox.points() == (0, 0, 0)


@pytest.mark.parametrize("to", ["2026-03-10T12:00:00Z", "2026-03-10T11:59:59.999Z", "2036-03-11T12:00:00Z"])
def test_a_clock_never_goes_back_nor_beyond_ten_years(sandbox: Backend, to: str) -> None:
    with sandbox.nothing_changes():
        refused = sandbox.call("advance_test_clock", {"to": to})
    assert (refused.refusal, refused.fields) == ((400, "ValidationError"), ["to"])


def test_a_live_brand_has_real_time_and_nothing_to_advance(backend: Backend) -> None:
    with backend.nothing_changes():
        refused = advance(backend, days=1)
    assert refused.refusal == (403, "Forbidden")
    assert "live" in refused.body["message"]
    assert backend.carrier.messages == []
    backend.wait(hours=1)
    assert clock(backend) == {"now": format_instant(hence(hours=1)), "status": "ready", "to": None}


def test_whether_a_brand_is_one_to_test_with_is_settled_when_it_is_made(backend: Backend) -> None:
    with backend.nothing_changes():
        refused = backend.call("put_brand", {"sandbox": True, "name": "Other"})
    assert (refused.refusal, refused.fields) == ((400, "ValidationError"), ["sandbox"])
    assert backend.call("put_brand", {"sandbox": False}).data["sandbox"] is False
    create_brand("tests", "Tests", sandbox=True)
    create_brand("tests", "Tests", sandbox=True)
    assert backend.call("get_brand", brand="tests").data["sandbox"] is True
    assert backend.call("put_brand", {"sandbox": True}, brand="tests").status == 200


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What an advance settles, as it does so: the kind of deadline, and what time it is then."""
    found: list[tuple[str, str]] = []
    settle = deadlines.settle

    def note(deadline: keys.Deadline, now: Callable[[], datetime]) -> None:
        kind = "hold" if deadline.event_id else "lots" if deadline.offer_id is None else "offer"
        found.append((kind, format_instant(now())[:16]))
        settle(deadline, now)

    monkeypatch.setattr(test_clocks, "settle", note)
    return found


def test_what_ends_on_the_way_ends_in_the_order_of_its_instants(
    sandbox: Backend, settled: list[tuple[str, str]]
) -> None:
    campaign(sandbox, "short", {"reward_id": "points", "amount": 7, "expires_in": "2/days"})
    campaign(sandbox, "long", {"reward_id": "points", "amount": 1, "expires_in": "6/days"})
    campaign(sandbox, "coffee", *[{"offer": "free-coffee", "valid_for": "3/days"}] * 2)
    sandbox.call("put_config_offer", path={"id": "free-coffee"})
    for kind in ("SHORT", "LONG", "COFFEE"):
        assert sandbox.emit(type=kind).status == 201
    first = sandbox.emit(type="SHORT", fulfilled=False, reserve=1).data["id"]
    second = sandbox.emit(type="SHORT", fulfilled=False, reserve=4).data["id"]
    kept = sandbox.emit(type="SHORT", fulfilled=False, reserve=5).data["id"]
    extended = sandbox.emit("luis", type="SHORT", fulfilled=False, reserve=1).data["id"]
    assert sandbox.call("extend_hold", {"reserve": 2}, path={"id": extended}).status == 200
    assert sandbox.call("fulfill_event", None, path={"id": kept}).status == 200
    assert sandbox.points() == (15, 0, 14)
    assert sandbox.advance(days=7) == hence(days=7)
    assert settled == [
        ("hold", "2026-03-11T12:00"),  # the first
        ("hold", "2026-03-11T12:00"),  # the one that was extended since
        ("lots", "2026-03-13T00:00"),
        ("hold", "2026-03-13T12:00"),
        ("offer", "2026-03-14T00:00"),
        ("hold", "2026-03-14T12:00"),
        ("hold", "2026-03-15T12:00"),  # which was fulfilled
        ("lots", "2026-03-17T00:00"),  # which the first of the lots brought
    ]
    events = {one["id"]: one for one in sandbox.everything("list_events")}
    assert [events[one]["status"] for one in (first, second, kept)] == ["EXPIRED", "EXPIRED", "RESOLVED"]
    assert events[first]["expired_at"] == format_instant(hence(days=1))
    assert events[second]["expired_at"] == format_instant(hence(days=4))
    assert sandbox.call("get_event", path={"id": extended}).data["expired_at"] == format_instant(hence(days=3))
    lines = [
        (line["created_at"][:16], line["type"], line["amount"]) for line in sandbox.everything("list_transactions")
    ]
    assert lines[:2] == [("2026-03-17T00:00", "EXPIRATION", -1), ("2026-03-13T00:00", "EXPIRATION", -14)]
    assert [one["status"] for one in sandbox.everything("list_offers")] == ["expired", "expired"]
    assert sandbox.points() == (0, 0, 0)
    assert [one for one in sandbox.stored() if one["pk"]["S"].endswith("#DEADLINES")] == []


def test_a_year_of_a_program_in_seconds(sandbox: Backend) -> None:
    """Windows of limits, dates and hours of campaigns, vesting and expiry, month by month."""
    monthly = {"per_customer": {"times": 1, "period": "month"}}
    campaign(sandbox, "monthly", {"reward_id": "points", "amount": 10, "expires_in": "2/months"}, limits=monthly)
    campaign(sandbox, "later", {"reward_id": "points", "amount": 1, "available_after": "14/days"})
    campaign(sandbox, "summer", {"reward_id": "points", "amount": 5}, start_date="2026-06-01", end_date="2026-08-31")
    sandbox.emit(type="LATER")
    assert sandbox.points() == (0, 0, 1)
    earned = []
    for _ in range(12):
        before = sandbox.points()[0]
        sandbox.emit(type="MONTHLY")
        assert sandbox.emit(type="MONTHLY").data["rewarding_campaigns"] == []
        sandbox.emit(type="SUMMER")
        earned.append(sandbox.points()[0] - before)
        sandbox.advance(days=30.5)
    assert earned == [10, 10, 10, 15, 15, 15, 10, 10, 10, 10, 10, 10]
    assert clock(sandbox)["now"] == format_instant(hence(days=366))
    # Of the monthly ones, two months' are there; what vests and what the summer brought never ends.
    assert sandbox.points()[1:] == (0, 0)
    assert sandbox.points()[0] == 1 + 15 + 10 * len([line for line in _lines(sandbox) if line["expiration_date"]])
    expired = [one["created_at"] for one in sandbox.everything("list_transactions") if one["type"] == "EXPIRATION"]
    assert expired == sorted(expired, reverse=True)
    assert len(expired) + len([line for line in _lines(sandbox) if line["expiration_date"]]) == 12


def _lines(backend: Backend) -> list[Json]:
    found: list[Json] = backend.call("get_wallet", path={"id": "ana"}).data["lines"]
    return found


def test_whatever_looks_at_the_time_looks_at_the_brands(sandbox: Backend) -> None:
    campaign(sandbox, "june", {"reward_id": "points", "amount": 5}, start_date="2026-06-01")
    asked = {"customerId": "ana", "events": {"JUNE": None}}
    sandbox.emit()
    sandbox.advance(days=100)
    issued = format_instant(hence(days=98))
    assert sandbox.emit(type="JUNE", issued_at=issued).data["issued_at"] == issued
    assert sandbox.emit(type="JUNE", issued_at=format_instant(NOW)).fields == ["issued_at"]
    dry = sandbox.emit(type="JUNE", dry_run=True).data
    assert (dry["issued_at"], dry["rewarding_campaigns"]) == (format_instant(hence(days=100)), ["june"])
    assert sandbox.call("preview_rewards", asked).body["totalPoints"] == 5
    event = sandbox.emit(type="JUNE").data
    (june,) = [
        one
        for one in sandbox.call("explain_event", path={"id": event["id"]}).data["campaigns"]
        if one["campaign_id"] == "june"
    ]
    assert june["granted"]
    points = {"userId": "ana", "pointsEarned": 7, "source": "s", "rewardId": "points"}
    trace_id = sandbox.call("assign_cold_points", points).body["traceId"]
    assert sandbox.process_assignment() == []
    steps = sandbox.trace(trace_id)["timeline"]
    assert {step["at"] for step in steps} == {format_instant(hence(days=100))}
    sandbox.advance(days=91)
    assert sandbox.call("get_trace", path={"traceId": trace_id}).refusal == (404, "TraceNotFoundError")
    assert sandbox.call("put_reward", path={"id": "stars"}).status == 200
    assert sandbox.call("create_key", {"name": "x", "scopes": ["admin"]}).data["created_at"] == format_instant(NOW)


def test_what_ttl_removes_before_its_instant_ends_at_it_all_the_same(sandbox: Backend) -> None:
    """While an advance is under way the clock stands still, so real time can come first."""
    event = sandbox.emit(fulfilled=False, reserve=2).data["id"]
    assert advance(sandbox, days=3).status == 202
    before = sandbox.stored()
    (deadline,) = [one for one in before if one["pk"]["S"].endswith("#DEADLINES")]
    batch = sample("on_deadline_passed")
    batch["Records"] = batch["Records"][:1]
    batch["Records"][0]["dynamodb"]["Keys"] = {name: deadline[name] for name in ("pk", "sk")}
    sandbox.client.delete_item(TableName=sandbox.table, Key=batch["Records"][0]["dynamodb"]["Keys"])
    assert sandbox.run("on_deadline_passed", batch)["batchItemFailures"] == []
    assert [(one["pk"], one["sk"]) for one in sandbox.stored()] == [(one["pk"], one["sk"]) for one in before]
    assert sandbox.process_assignment() == []
    with sandbox.nothing_changes():
        assert sandbox.call("get_event", path={"id": event}).data["expired_at"] == format_instant(hence(days=2))
        assert sandbox.run("on_deadline_passed", batch)["batchItemFailures"] == []


def test_without_an_advance_ttl_settles_as_in_life(sandbox: Backend) -> None:
    sandbox.advance(days=10)
    event = sandbox.emit(fulfilled=False, reserve=2).data
    (deadline,) = [one for one in sandbox.stored() if one["pk"]["S"].endswith("#DEADLINES")]
    assert int(deadline["ttl"]["N"]) == hence(days=2).timestamp(), "in real time"
    sandbox.wait(days=2)
    batch = sample("on_deadline_passed")
    batch["Records"] = batch["Records"][:1]
    batch["Records"][0]["dynamodb"]["Keys"] = {name: deadline[name] for name in ("pk", "sk")}
    assert sandbox.run("on_deadline_passed", batch)["batchItemFailures"] == []
    (stored,) = [one for one in sandbox.stored() if one["pk"]["S"].endswith(f"#EVENT#{event['id']}")]
    assert stored["status"]["S"] == "EXPIRED"
    assert sandbox.call("get_event", path={"id": event["id"]}).data["expired_at"] == format_instant(hence(days=12))


def test_a_live_brand_beside_it_is_not_moved(sandbox: Backend) -> None:
    create_brand("other", "Other")
    sandbox.sandbox = False
    assert sandbox.emit("luis", brand="other", fulfilled=False, reserve=2).status == 201
    live = [one for one in sandbox.stored() if one["pk"]["S"].startswith("BRAND#other")]
    sandbox.sandbox = True
    sandbox.emit(fulfilled=False, reserve=2)
    sandbox.advance(days=400)
    sandbox.sandbox = False
    assert [one for one in sandbox.stored() if one["pk"]["S"].startswith("BRAND#other")] == live
    assert sandbox.emit("luis", brand="other").data["issued_at"] == format_instant(NOW)


def test_a_live_brand_asks_for_no_clock_and_a_sandbox_once_a_call(backend: Backend) -> None:
    backend.emit()
    with backend.store_calls() as live:
        backend.emit(fulfilled=False)
    backend.make_sandbox()
    backend.sandbox = True
    backend.emit()
    with backend.store_calls() as own:
        backend.emit(fulfilled=False)
    assert [name for name, _ in live] == ["BatchGetItem", "TransactWriteItems"]
    assert own == [("GetItem", 1), *live]


def test_a_sweep_settles_what_a_call_promised_in_the_time_before(sandbox: Backend) -> None:
    """A call that was told the time just before the clock arrived writes a deadline that nobody would pass again."""
    assert advance(sandbox, days=3).status == 202
    late = sandbox.carrier.messages.copy()
    (before,) = [one for one in sandbox.stored() if one["sk"]["S"] == "CLOCK"]
    assert sandbox.process_assignment() == []
    (after,) = [one for one in sandbox.stored() if one["sk"]["S"] == "CLOCK"]
    (sweep,) = sandbox.carrier.messages
    sandbox.client.put_item(TableName=sandbox.table, Item=before)
    event = sandbox.emit(fulfilled=False, reserve=2).data["id"]
    sandbox.client.put_item(TableName=sandbox.table, Item=after)
    assert (late, sandbox.process_assignment()) == ([sweep], [])
    (stored,) = [one for one in sandbox.stored() if one["pk"]["S"].endswith(f"#EVENT#{event}")]
    assert stored["status"]["S"] == "EXPIRED"


def test_an_advance_with_much_on_the_way_goes_on_with_a_message_of_its_own(
    sandbox: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_clocks, "_SLICE_SECONDS", 1.5)
    monkeypatch.setattr(test_clocks, "time", SimpleNamespace(monotonic=count().__next__))
    for days in (1, 2, 3):
        sandbox.emit(fulfilled=False, reserve=days)
    assert advance(sandbox, days=5).status == 202
    seen = []
    while clock(sandbox)["status"] == "advancing":
        assert sandbox.process_assignment() == []
        seen.append(clock(sandbox)["now"][:10])
    assert seen == sorted(seen)
    assert seen[-1] == "2026-03-15"
    assert sandbox.points() == (0, 0, 0)
