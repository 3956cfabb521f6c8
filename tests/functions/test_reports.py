"""get_points_report: counters that the feed keeps, equal to what all wallets and journals come to, to the unit."""

import random
from decimal import Decimal
from typing import Any

import pytest

from earnest.commands.verify_brand import verify_brand
from loyalty.domain.wallet.wallet import Wallet
from loyalty.store.customers import customer_in
from loyalty.store.table import from_wire
from tests.functions.test_change_feed import Feed
from tests.functions.test_erasing import erase, tell_all, work
from tests.support.backend import Backend
from tests.support.builders import NOW

Json = dict[str, Any]
FIELDS = ("granted", "adjusted", "redeemed", "expired", "reversed", "other")


@pytest.fixture
def feed(backend: Backend) -> Feed:
    """The feed of a backend whose points expire after a year."""
    found = Feed(backend)
    found.deliver()
    return found


def report(backend: Backend, first: str = "2026-03-01", last: str = "2026-03-31", resolution: str = "day") -> Json:
    """The report of that time."""
    query = {"from": first, "to": last, "resolution": resolution}
    found: Json = backend.call("get_points_report", query=query).data
    return found


def points(found: Json) -> Json:
    """What it says of points."""
    (one,) = [reward for reward in found["rewards"] if reward["reward_id"] == "points"]
    return dict(one)


def stored_wallets(backend: Backend) -> list[Wallet]:
    """All wallets as they are stored."""
    states = (item for item in backend.stored() if item["sk"]["S"] == "STATE")
    return [customer_in("demo", "any", from_wire(item)).wallet for item in states]


def wallets(backend: Backend) -> Decimal:
    """The points of all wallets as they are stored: lots, whenever available, what is reserved, less debts."""
    total, _ = holds(backend)
    for wallet in stored_wallets(backend):
        total += sum(lot.amount for lot in wallet.lots.values())
        total -= sum(wallet.debts.values())
    return total


def holds(backend: Backend) -> tuple[Decimal, int]:
    """The points that the holds of all wallets have reserved, and how many holds there are."""
    found = [hold for wallet in stored_wallets(backend) for hold in wallet.holds.values()]
    return sum((lot.amount for hold in found for lot in hold.reserved), Decimal(0)), len(found)


def told_holds(backend: Backend) -> tuple[Decimal, int]:
    """What the report says of the same."""
    found = report(backend)
    return points(found)["held"], found["open_holds"]


def test_what_is_earned_spent_and_reversed_is_counted_by_day_reward_and_campaign(feed: Feed) -> None:
    backend = feed.backend
    first = backend.emit().data["id"]
    backend.spend(30)
    backend.wait(days=1)
    held = backend.emit(fulfilled=False, redeem=[{"id": "points", "amount": 20}]).data["id"]
    feed.deliver()
    found = report(backend)
    assert points(found)["outstanding"] == 70, "what is reserved is outstanding"
    assert told_holds(backend) == (Decimal(20), 1)
    assert points(found)["expiring"] == [{"month": "2027-03", "amount": 70}]
    assert points(found)["periods"] == [
        {"period": "2026-03-10", "granted": 100, "adjusted": 0, "redeemed": 30, "expired": 0, "reversed": 0, "other": 0}
    ]
    (campaign,) = found["campaigns"]
    assert campaign["periods"] == [{"period": "2026-03-10", "granted": 100, "redeemed": 30}]
    assert backend.call("fulfill_event", None, path={"id": held}).status == 200
    feed.deliver()
    periods = points(report(backend))["periods"]
    assert [(one["period"], one["granted"], one["redeemed"]) for one in periods] == [
        ("2026-03-10", 100, 30),
        ("2026-03-11", 100, 20),
    ]
    assert points(report(backend, resolution="month"))["periods"][0]["redeemed"] == 50
    assert told_holds(backend) == (Decimal(0), 0)
    for event in (first, held):
        assert backend.call("reverse_event", path={"id": event}).status == 200
    feed.deliver()
    found = points(report(backend))
    assert (found["outstanding"], found["owed"]) == (-30, 30)
    assert found["periods"][1]["reversed"] == 180


def test_a_record_that_is_delivered_again_is_counted_once(feed: Feed) -> None:
    backend = feed.backend
    for customer in ("ana", "luis", "ana"):
        backend.emit(customer)
    keys = feed.new()
    feed.deliver(keys[:1])
    feed.deliver(keys)
    feed.deliver(keys)
    assert points(report(backend))["outstanding"] == 300


def test_ids_that_have_no_room_in_one_key_are_counted_and_told_whole(feed: Feed) -> None:
    backend, reward, campaign = feed.backend, "点" * 250, "活动" * 125
    assert backend.call("put_reward", {"name": "Points"}, path={"id": reward}).status == 200
    rules = [{"effects": [{"reward_id": reward, "amount": 5}]}]
    settings = {"name": "Visits", "trigger": "VISIT", "rules": rules}
    assert backend.call("put_campaign", settings, path={"id": campaign}).status == 200
    for _ in range(2):
        backend.emit(type="VISIT")
        keys = feed.new()
        feed.deliver(keys)
        feed.deliver(keys)
    found = report(backend)
    (one,) = found["rewards"]
    assert (one["reward_id"], one["outstanding"], one["periods"][0]["granted"]) == (reward, 10, 10)
    (one,) = found["campaigns"]
    assert (one["campaign_id"], one["reward_id"], one["periods"][0]["granted"]) == (campaign, reward, 10)


def test_points_that_expire_are_breakage(feed: Feed) -> None:
    backend = feed.backend
    backend.emit()
    backend.spend(40)
    backend.wait(days=370)
    assert backend.deliver("DEADLINE#LOTS") == []
    feed.deliver()
    found = points(report(backend, "2027-03-01", "2027-03-31"))
    assert (found["outstanding"], found["expiring"]) == (0, [])
    assert [(one["period"], one["expired"]) for one in found["periods"]] == [("2027-03-15", 60)]


def assert_all_is_told_again_in_the_same_words(feed: Feed, dice: random.Random) -> None:
    """Every record once more, in any order: whatever has come later, one id has one content."""
    told = [one for _, one in feed.backend.carrier.said if "id" in one]
    keys = sorted(one for one in feed.seen if one[1] == "EVENT" or one[1].startswith("RECORD#"))
    dice.shuffle(keys)
    again = {one["id"]: one for one in feed.deliver(keys)}
    assert all(one == again[one["id"]] for one in told)


@pytest.mark.parametrize("seed", range(6))
def test_outstanding_is_the_sum_of_all_wallets_whatever_happens(feed: Feed, seed: int) -> None:
    backend, dice = feed.backend, random.Random(seed)
    assert backend.call("put_brand", {"channel_merging": "email", "time_zone": "America/New_York"}).status == 200
    # Each has something to reserve.
    events: list[str] = [backend.emit(customer).data["id"] for customer in ("ana", "luis", "kim", "noor")]
    for step in range(40):
        customer = dice.choice(["ana", "luis", "kim", "noor"])
        match dice.randrange(11):
            case 0 | 1 | 2:
                order = {"value": dice.randrange(200), "products": [{"sku": "A", "amount": 4, "value": 10}]}
                redeem = [{"id": "points", "amount": dice.randrange(1, 60)}] if dice.random() < 0.5 else []
                made = backend.emit(customer, order=order, redeem=redeem, fulfilled=dice.random() < 0.5)
                events += [made.data["id"]] if made.status == 201 else []
            case 3 if events:
                shipped = {"products": [{"sku": "A", "amount": dice.randrange(1, 4)}]} if dice.random() < 0.5 else None
                backend.call("fulfill_event", shipped, path={"id": dice.choice(events)}, headers={})
            case 4 if events:
                backend.call("reverse_event", path={"id": dice.choice(events)})
            case 5 if events:
                part = {"reason": "back", "products": [{"sku": "A", "amount": 1}]}
                backend.call("reverse_event", part, path={"id": dice.choice(events)}, headers={})
            case 6:
                amount = dice.randrange(-50, 80)
                body = {"userId": customer, "pointsEarned": amount, "source": "s", "reference": str(step)}
                backend.call("assign_cold_points", {**body, "rewardId": "points"})
                backend.process_assignment()
            case 7:
                body = {"customerId": customer, "events": {"visit": {}}, "email": f"{step % 2}@example.com"}
                backend.call("track_events", body, headers={})
            case 8:
                backend.wait(days=dice.choice([1, 2, 200]))
                removed = [one["sk"]["S"] for one in backend.stored() if one["pk"]["S"] == "BRAND#demo#CUST#ana"]
                backend.deliver(*[one for one in removed if one.startswith("DEADLINE#")][:5] or ["DEADLINE#LOTS"])
            case 9 if events:
                backend.call("rescue_event", {"reason": "sorry"}, path={"id": dice.choice(events)}, headers={})
            case 10 if events:
                backend.call("extend_hold", {"reserve": dice.randrange(2, 300)}, path={"id": dice.choice(events)})
        if dice.random() < 0.3:
            keys = feed.new()
            feed.deliver(keys)
            feed.deliver(keys[: dice.randrange(len(keys) + 1)])
    feed.deliver()
    assert_all_is_told_again_in_the_same_words(feed, dice)
    assert verify_brand(backend.client, backend.table, "demo").differences == []
    assert backend.now > NOW
    found = points(report(backend, "2026-03-01", "2029-02-28", "month"))
    assert found["outstanding"] == wallets(backend)
    assert told_holds(backend) == holds(backend)
    sums = {name: sum(one[name] for one in found["periods"]) for name in FIELDS}
    gone = sums["redeemed"] + sums["expired"] + sums["reversed"]
    assert found["outstanding"] == sums["granted"] + sums["adjusted"] + sums["other"] - gone
    assert found["outstanding"] == sum(one["amount"] for one in found["expiring"]) - found["owed"]


def _part(backend: Backend, held: str) -> None:
    assert backend.call("fulfill_event", {"products": [{"sku": "A", "amount": 1}]}, path={"id": held}).status == 200


def _expire(backend: Backend, _held: str) -> None:
    backend.wait(days=2)
    assert backend.emit().status == 201


def _rescue(backend: Backend, held: str) -> None:
    backend.wait(days=2)
    assert backend.call("rescue_event", path={"id": held}).status == 200


def _merge(backend: Backend, _held: str) -> None:
    for customer in ("ana", "luis"):
        body: Json = {"customerId": customer, "events": {"visit": {}}, "email": "one@example.com"}
        assert backend.call("track_events", body, headers={}).status == 200


def _unmerge(backend: Backend, held: str) -> None:
    _merge(backend, held)
    body = {"customer_id": "luis", "reason": "two persons"}
    assert backend.call("unmerge_customer", body, path={"id": "ana"}).status == 200


def _erase(backend: Backend, _held: str) -> None:
    erase(backend, "ana")
    work(backend)


ENDINGS: list[tuple[Any, int, int]] = [
    (lambda backend, held: backend.call("extend_hold", path={"id": held}), 40, 2),
    (lambda backend, held: backend.call("fulfill_event", None, path={"id": held}), 15, 1),
    (lambda backend, held: backend.call("reverse_event", path={"id": held}), 15, 1),
    (_part, 15, 1),
    # That of the other is over as well, and counts until it is settled.
    (_expire, 15, 1),
    (_rescue, 15, 1),
    (_merge, 40, 2),
    (_unmerge, 40, 2),
    (_erase, 15, 1),
]


@pytest.mark.parametrize(("end", "held", "number"), ENDINGS)
def test_what_is_held_follows_a_hold_to_whatever_end_it_comes(feed: Feed, end: Any, held: int, number: int) -> None:
    backend = feed.backend
    assert backend.call("put_brand", {"channel_merging": "email"}).status == 200
    order = {"value": 40, "products": [{"sku": "A", "amount": 4, "value": 10}]}
    opened = []
    for customer, amount in (("luis", 15), ("ana", 25)):
        assert backend.emit(customer).status == 201
        redeem = [{"id": "points", "amount": amount}]
        opened.append(backend.emit(customer, order=order, redeem=redeem, fulfilled=False).data["id"])
    feed.deliver()
    assert told_holds(backend) == (Decimal(40), 2)
    end(backend, opened[-1])
    keys = feed.new()
    feed.deliver(keys)
    feed.deliver(keys)
    assert told_holds(backend) == holds(backend)
    assert told_holds(backend) == (Decimal(held), number)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-03-01"}, "to"),
        ({"to": "2026-03-01"}, "from"),
        ({"from": "2026-03-32", "to": "2026-03-01"}, "from"),
        ({"from": "20260301", "to": "2026-03-01"}, "from"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ({"from": "2026-03-01", "to": "2026-06-09"}, "to"),
        ({"from": "2026-03-01", "to": "2029-03-05", "resolution": "month"}, "to"),
        ({"from": "2026-03-01", "to": "2026-03-05", "resolution": "hour"}, "resolution"),
    ],
)
def test_a_time_that_is_none_is_refused_by_its_name(backend: Backend, query: Json, field: str) -> None:
    answer = backend.call("get_points_report", query=query)
    assert answer.refusal == (400, "ValidationError")
    assert answer.fields == [field]


@pytest.mark.parametrize("told", ["before", "after", "both"])
def test_who_is_erased_stays_counted_and_is_not_told_of_again(feed: Feed, told: str) -> None:
    backend = feed.backend
    tell_all(backend)
    before = feed.new()
    if told != "after":
        feed.deliver(before)
    erase(backend)
    work(backend)
    moved = feed.new()
    assert any(sk.startswith("RECORD#") and "#CUST#erased-" in pk for pk, sk in moved)
    again = [*before, *moved] if told != "before" else moved
    said = [one for one in feed.deliver(again) if "erased-" in str(one["data"]["customer_id"])]
    assert [one["type"] for one in said] == ["customer.erased"]
    assert points(report(backend))["outstanding"] == wallets(backend)
    assert told_holds(backend) == holds(backend)
    feed.deliver([*before, *moved])
    assert points(report(backend))["outstanding"] == wallets(backend)
    assert told_holds(backend) == holds(backend)
