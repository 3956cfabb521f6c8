"""Reminders: told when they are due, whenever TTL deletes their deadline, and once for each end."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty.domain.times import earlier, format_instant, from_millis, parse_period
from loyalty.services.deadlines import settle_customer
from loyalty.store.customers import load_customer
from tests.functions.test_change_feed import Feed
from tests.support.backend import Backend
from tests.support.builders import NOW, must
from tests.support.stream import written

Json = dict[str, Any]
DEADLINE = "DEADLINE#REMINDER"
END, DUE = "2027-03-11T00:00:00.000Z", datetime(2027, 2, 25, tzinfo=UTC)


@pytest.fixture
def feed(backend: Backend) -> Feed:
    """The feed of a brand that reminds two weeks before."""
    assert (
        backend.call("put_brand", {"remind_before": "14/days", "time_zone": "UTC"}).data["remind_before"] == "14/days"
    )
    found = Feed(backend)
    found.deliver()
    return found


def deadline(backend: Backend) -> str | None:
    """When TTL may delete the deadline of ana's next reminder."""
    found = [item["ttl"]["N"] for item in backend.stored() if item["sk"]["S"] == DEADLINE]
    return format_instant(from_millis(int(found[0]) * 1000)) if found else None


def removed(backend: Backend) -> None:
    """TTL deletes the deadline, and the stream says so."""
    key = {"pk": {"S": "BRAND#demo#CUST#ana"}, "sk": {"S": DEADLINE}}
    backend.client.delete_item(TableName=backend.table, Key=key)
    assert backend.deliver(DEADLINE) == []


def reminded(feed: Feed) -> list[tuple[str, int]]:
    """End and amount of what is told now."""
    keys = {(item["pk"]["S"], item["sk"]["S"]) for item in feed.backend.stored() if "REMINDER#2" in item["sk"]["S"]}
    said = feed.deliver(sorted(keys - feed.seen))
    feed.seen |= keys
    assert {one["type"] for one in said} <= {"points.expiring"}
    return [(one["data"]["expiration_date"], one["data"]["totals"][0]["amount"]) for one in said]


def test_a_reminder_is_told_at_its_time_though_its_deadline_is_deleted_days_before(feed: Feed) -> None:
    backend = feed.backend
    backend.emit()
    feed.deliver()
    assert deadline(backend) == "2027-02-23T00:00:00.000Z"
    backend.spend(30)
    backend.now = datetime(2027, 2, 23, 1, tzinfo=UTC)
    removed(backend)
    assert reminded(feed) == []
    (message,) = (body for body in backend.carrier.messages if "reminder" in json.loads(body))
    while not backend.deliver_to_webhook(message):
        again, pause = backend.carrier.delayed.pop()
        assert (json.loads(again), 0 < pause <= 900) == (json.loads(message), True)
        backend.wait(seconds=pause)
    assert (backend.now - DUE).total_seconds() < 2, "on time"
    assert reminded(feed) == [(END, 70)]
    assert backend.deliver_to_webhook(message)
    assert backend.deliver(DEADLINE) == []
    assert reminded(feed) == [], "once for each end"


def test_a_deadline_that_is_deleted_late_is_told_at_once(feed: Feed) -> None:
    backend = feed.backend
    backend.emit()
    feed.deliver()
    backend.now = datetime(2027, 2, 26, tzinfo=UTC)
    removed(backend)
    (told,) = feed.deliver([("BRAND#demo#CUST#ana", "REMINDER#20270311000000000")])
    assert told["data"] == {
        "brand_id": "demo",
        "customer_id": "ana",
        "expiration_date": END,
        "totals": [{"reward_id": "points", "amount": 100}],
        "entries": [
            {"reward_id": "points", "amount": 100, "campaign_id": "point-a-dollar", "expiration_date": END},
        ],
    }
    backend.spend(100)
    again = feed.deliver([("BRAND#demo#CUST#ana", "REMINDER#20270311000000000")])
    assert again == [told], "made from its record alone"


def test_what_is_spent_or_over_by_then_is_not_told(feed: Feed) -> None:
    backend = feed.backend
    backend.emit()
    feed.deliver()
    backend.spend(100)
    backend.now = DUE
    removed(backend)
    assert reminded(feed) == []
    assert deadline(backend) is None


def test_each_end_is_told_of_and_the_next_one_planned(feed: Feed) -> None:
    backend = feed.backend
    backend.emit()
    backend.wait(days=20)
    backend.emit(order={"value": 70})
    feed.deliver()
    assert deadline(backend) == "2027-02-23T00:00:00.000Z", "the earlier one"
    backend.now = DUE
    removed(backend)
    assert reminded(feed) == [(END, 100)]
    assert deadline(backend) == "2027-03-15T00:00:00.000Z"
    backend.now = datetime(2027, 3, 17, tzinfo=UTC)
    removed(backend)
    assert reminded(feed) == [("2027-03-31T00:00:00.000Z", 70)]
    assert deadline(backend) is None


def test_points_that_last_shorter_than_the_reminder_are_not_told_of(feed: Feed) -> None:
    backend = feed.backend
    effects = [{"reward_id": "points", "amount": 5, "expires_in": "10/days"}]
    campaign = {"name": "Flash", "trigger": "FLASH", "rules": [{"effects": effects}]}
    assert backend.call("put_campaign", campaign, path={"id": "flash"}).status == 200
    backend.emit(type="FLASH")
    feed.deliver()
    assert deadline(backend) is None


def test_a_reminder_within_two_days_waits_in_the_queue_at_once(feed: Feed) -> None:
    backend = feed.backend
    effects = [{"reward_id": "points", "amount": 5, "expires_in": "15/days"}]
    campaign = {"name": "Flash", "trigger": "FLASH", "rules": [{"effects": effects}]}
    assert backend.call("put_campaign", campaign, path={"id": "flash"}).status == 200
    for _ in range(3):
        backend.emit(type="FLASH")
        feed.deliver()
    (message,) = [body for body in backend.carrier.messages if "reminder" in json.loads(body)]
    assert not backend.deliver_to_webhook(message)
    backend.wait(days=2)
    assert backend.deliver_to_webhook(message)
    assert reminded(feed) == [("2026-03-26T00:00:00.000Z", 15)]


def test_whoever_has_points_when_the_brand_begins_is_reminded_after_settling_or_anything_that_happens(
    backend: Backend,
) -> None:
    for customer in ("ana", "luis"):
        backend.emit(customer)
    feed = Feed(backend)
    feed.deliver()
    assert deadline(backend) is None
    assert backend.call("put_brand", {"remind_before": "2/weeks"}).status == 200
    settle_customer(must(load_customer("demo", "luis")), lambda: backend.now)
    assert [item["pk"]["S"] for item in backend.stored() if item["sk"]["S"] == DEADLINE] == ["BRAND#demo#CUST#luis"]
    backend.spend(1)
    feed.deliver()
    assert deadline(backend) is not None
    assert backend.call("put_brand", {"remind_before": None}).data["remind_before"] is None
    backend.now = DUE
    removed(backend)
    assert reminded(feed) == []


@pytest.fixture
def later(feed: Feed) -> Feed:
    """The feed of a brand whose campaign grants points that are available after two weeks."""
    effect = {"reward_id": "points", "amount": 7, "available_after": "14/days", "expires_in": "12/months"}
    campaign = {"name": "Later", "trigger": "BOUGHT", "rules": [{"effects": [effect]}]}
    assert feed.backend.call("put_campaign", campaign, path={"id": "later"}).status == 200
    return feed


@pytest.mark.parametrize("reminds", [True, False])
def test_points_are_told_of_when_they_are_available_though_nothing_happens(later: Feed, reminds: bool) -> None:
    backend = later.backend
    if not reminds:
        assert backend.call("put_brand", {"remind_before": None}).status == 200
    backend.emit(type="BOUGHT")
    granted = [one for one in later.deliver() if one["type"] == "points.granted"]
    assert granted[0]["data"]["entries"][0]["available_from"] == "2026-03-25T00:00:00.000Z"
    assert deadline(backend) == "2026-03-23T00:00:00.000Z"
    backend.now = datetime(2026, 3, 24, 23, 59, tzinfo=UTC)
    removed(backend)
    assert later.deliver() == []
    (message,) = (body for body in backend.carrier.messages if "reminder" in json.loads(body))
    assert not backend.deliver_to_webhook(message)
    backend.wait(minutes=1)
    before = backend.points(), backend.ledger()
    for _ in range(2):
        assert backend.deliver_to_webhook(message)
    (told,) = later.deliver()
    assert (told["type"], told["data"]["totals"]) == ("points.vested", [{"reward_id": "points", "amount": 7}])
    assert told["data"]["sequence"] == 2
    assert (backend.points(), backend.ledger()) == before == ((7, 0, 0), [("ACCUMULATION", 7)])
    assert deadline(backend) == ("2027-02-23T00:00:00.000Z" if reminds else None)


def test_points_that_are_available_are_told_of_by_whatever_happens_first_and_by_that_alone(later: Feed) -> None:
    backend = later.backend
    backend.emit(type="BOUGHT")
    later.deliver()
    backend.wait(days=20)
    backend.spend(3)
    told = [one["type"] for one in later.deliver()]
    assert told == ["points.vested", "event.stored", "event.resolved", "points.spent"]
    removed(backend)
    assert later.deliver() == []


@pytest.mark.parametrize("before", ["2/months", "1/year", "366/days", "60/weeks", "14 days", "0/days", 14])
def test_a_reminder_is_some_days_before_and_a_year_at_most(backend: Backend, before: object) -> None:
    assert backend.call("put_brand", {"remind_before": before}).fields == ["remind_before"]


def test_days_are_those_of_the_calendar() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    end = datetime(2026, 4, 5, tzinfo=berlin).astimezone(UTC)  # the clocks were set a week before
    assert earlier(end, parse_period("14/days"), berlin) == datetime(2026, 3, 22, tzinfo=berlin)
    assert earlier(end, parse_period("2/weeks"), berlin) == datetime(2026, 3, 22, tzinfo=berlin)
    assert earlier(NOW, parse_period("36/hours"), berlin) == datetime(2026, 3, 9, tzinfo=UTC)


def test_the_feed_is_told_of_reminders_by_the_stream(feed: Feed) -> None:
    assert feed.backend.run("on_record_written", written(("BRAND#demo#CUST#ana", "REMINDER#20270311000000000"))) == {
        "batchItemFailures": []
    }


def test_a_brand_to_test_with_reminds_by_its_clock(feed: Feed) -> None:
    backend = feed.backend
    backend.make_sandbox()
    backend.sandbox = True
    assert backend.call("put_brand", {"name": "Laboratory"}).status == 200
    backend.emit()
    feed.deliver()
    assert deadline(backend) is None, "among the brand's deadlines"
    backend.advance(days=351)  # DUE is 352 days after NOW
    assert reminded(feed) == []
    backend.advance(days=2)
    assert reminded(feed) == [(END, 100)]
    backend.advance(days=30)
    assert reminded(feed) == []
    assert backend.call("get_wallet").data["totals"][0]["available"] == 0
