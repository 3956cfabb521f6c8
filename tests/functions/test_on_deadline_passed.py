"""on_deadline_passed: what ended is settled once, days late or twice, and by nothing but comparing times."""

import pytest

from loyalty.domain.times import format_instant, from_millis
from loyalty.services import lifecycle
from tests.support.backend import Answer, Backend, between_the_two_reads
from tests.support.builders import after
from tests.support.samples import sample

EVENT = sample("get_event")["pathParameters"]["id"]
HOLD, LOTS = f"DEADLINE#HOLD#{EVENT}", "DEADLINE#LOTS"


def alarm(backend: Backend, sort_key: str) -> str:
    """When the table may remove that item."""
    (ttl,) = [item["ttl"]["N"] for item in backend.stored() if item["sk"]["S"] == sort_key]
    return format_instant(from_millis(int(ttl) * 1000))


@pytest.fixture
def waiting(backend: Backend) -> Backend:
    """A backend where ana has 100 points for a year, holds 30 of them for a week and is promised 42."""
    backend.emit()
    assert alarm(backend, LOTS) == "2027-03-11T00:00:00.000Z"
    backend.call(
        "emit_event",
        {"customer_id": "ana", "brand_id": "demo", "type": "PURCHASE", "order": {"value": 42}, "fulfilled": False}
        | {"reserve": 7, "redeem": [{"id": "points", "amount": 30}]},
    )
    return backend


def test_the_sample_is_about_items_that_are_stored(waiting: Backend) -> None:
    named = [record["dynamodb"]["Keys"] for record in sample("on_deadline_passed")["Records"]]
    stored = [
        {name: item[name] for name in ("pk", "sk")}
        for item in waiting.stored()
        if "ttl" in item and item["sk"]["S"] != "PROGRAM"
    ]
    assert sorted(stored, key=str) == sorted(named, key=str)


def test_a_dead_hold_gives_back_what_it_took_and_the_ledger_shows_it(waiting: Backend) -> None:
    assert waiting.points() == (70, 30, 42)
    waiting.wait(days=7)
    assert waiting.deliver() == []
    assert waiting.points() == (100, 0, 0)
    assert waiting.ledger() == [("ACCUMULATION", 100), ("REDEMPTION", -30), ("RELEASE", 30)]
    assert waiting.call("get_event").data["status"] == "EXPIRED"


@pytest.mark.parametrize("days", [7, 8, 30, 500])
def test_the_stream_may_be_days_late(waiting: Backend, days: int) -> None:
    waiting.wait(days=days)
    as_read_before = waiting.points(), waiting.call("get_event").data["expired_at"], waiting.ledger()
    assert waiting.deliver() == []
    assert (waiting.points(), waiting.call("get_event").data["expired_at"], waiting.ledger()) == as_read_before


def test_the_stream_may_deliver_twice(waiting: Backend) -> None:
    waiting.wait(days=500)
    assert waiting.deliver() == []
    with waiting.nothing_changes():
        assert waiting.deliver() == []
        assert waiting.deliver(LOTS, HOLD, HOLD) == []


def test_in_whatever_order_deadlines_come_they_settle_the_same(waiting: Backend) -> None:
    waiting.wait(days=500)
    assert waiting.deliver(LOTS, HOLD) == []
    assert waiting.points() == (0, 0, 0)
    assert sum(amount for _, amount in waiting.ledger()) == 0
    assert waiting.call("get_event").data["status"] == "EXPIRED"


def test_a_deadline_delivered_before_its_time_settles_nothing(waiting: Backend) -> None:
    waiting.wait(days=7, milliseconds=-1)
    with waiting.nothing_changes():
        assert waiting.deliver() == []


def test_points_end_with_their_day(waiting: Backend) -> None:
    waiting.call("reverse_event")
    waiting.wait(days=366, hours=-12, milliseconds=-1)
    assert waiting.points() == (100, 0, 0)
    waiting.wait(milliseconds=1)
    assert waiting.points() == (0, 0, 0)
    assert waiting.deliver(LOTS) == []
    assert waiting.points() == (0, 0, 0)
    assert waiting.ledger()[-1] == ("EXPIRATION", -100)


def test_the_next_lot_gets_its_deadline_when_one_has_ended(waiting: Backend) -> None:
    waiting.wait(days=10)
    waiting.emit(order={"value": 15})
    waiting.wait(days=357)
    assert waiting.deliver(LOTS, HOLD) == []
    assert waiting.points() == (15, 0, 0)
    assert alarm(waiting, LOTS) == "2027-03-21T00:00:00.000Z"
    waiting.wait(days=10)
    assert waiting.deliver(LOTS) == []
    assert waiting.ledger()[-1] == ("EXPIRATION", -15)


@pytest.mark.parametrize("function", ["fulfill_event", "reverse_event"])
def test_an_event_that_ended_in_time_is_left_as_it_is(waiting: Backend, function: str) -> None:
    waiting.call(function)
    waiting.wait(days=8)
    with waiting.nothing_changes():
        assert waiting.deliver(HOLD) == []


def test_a_hold_that_was_extended_lives_on_when_its_old_deadline_comes(waiting: Backend) -> None:
    waiting.call("extend_hold")
    assert alarm(waiting, HOLD) == "2026-03-20T12:00:00.000Z"
    waiting.wait(days=8)
    with waiting.nothing_changes():
        assert waiting.deliver(HOLD) == []
    assert waiting.points() == (70, 30, 42)


def test_a_removal_that_an_extension_by_a_slower_clock_overtook_settles_nothing(
    waiting: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def extend() -> Answer:
        waiting.now = after(days=7, milliseconds=-5)
        answer = waiting.call("extend_hold")
        waiting.now = after(days=7)
        return answer

    waiting.now = after(days=7)
    between_the_two_reads(monkeypatch, lifecycle, extend)
    assert waiting.deliver(HOLD) == []
    assert waiting.call("get_event").data["status"] == "PENDING"
    assert waiting.points() == (70, 30, 42)


def test_what_another_event_released_is_settled_by_its_own_deadline(waiting: Backend) -> None:
    waiting.wait(days=7)
    assert waiting.spend(100).status == 201
    assert waiting.deliver(HOLD) == []
    assert waiting.call("get_event").data["status"] == "EXPIRED"
    assert waiting.points() == (0, 0, 0)
    assert [kind for kind, _ in waiting.ledger()] == ["ACCUMULATION", "REDEMPTION", "RELEASE", "REDEMPTION"]


def test_one_that_cannot_be_settled_is_reported_and_the_others_are_settled(waiting: Backend) -> None:
    waiting.wait(days=8)
    never = "DEADLINE#HOLD#never"
    assert waiting.deliver(never, HOLD) == [never]
    assert waiting.call("get_event").data["status"] == "EXPIRED"
    assert waiting.points() == (100, 0, 0)


def test_items_that_are_no_deadlines_are_none_of_its_business(waiting: Backend) -> None:
    with waiting.nothing_changes():
        assert waiting.deliver("STATE", "RECORD#0000000001") == []


def test_the_lots_of_a_customer_who_never_was_are_settled_already(empty: Backend) -> None:
    with empty.nothing_changes():
        assert empty.deliver(LOTS) == []


def test_more_lots_than_fit_one_transaction_are_settled_in_several(backend: Backend) -> None:
    ends = [{"reward_id": "points", "amount": 1, "expires_in": f"{i}/minutes"} for i in range(1, 21)]
    for i in range(6):
        rule = {"effects": ends}
        backend.call("put_campaign", {"name": "many", "trigger": "MANY", "rules": [rule]}, path={"id": f"many-{i}"})
    backend.emit(type="MANY")
    assert backend.points() == (120, 0, 0)
    backend.wait(hours=1)
    assert backend.deliver(LOTS) == []
    assert backend.points() == (0, 0, 0)
    entries = [item for item in backend.stored() if item["sk"]["S"].startswith("RECORD#")]
    assert len(entries) == 2


def test_expired_holds_are_counted_once(waiting: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    waiting.wait(days=8)
    capsys.readouterr()
    waiting.deliver(HOLD, HOLD)
    assert capsys.readouterr().out.count('"status":"EXPIRED"') == 1
