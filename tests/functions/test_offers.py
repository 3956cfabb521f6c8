"""list_offers, and offers that events redeem: by rank and end, as of now, under every id of a customer."""

from datetime import datetime
from typing import Any

import pytest

from loyalty.domain.events import changes
from loyalty.domain.offers import OfferRecord
from loyalty.store.customers import load_customer
from loyalty.store.events import save_change
from loyalty.store.offers import offer_writes
from tests.support.backend import Answer, Backend
from tests.support.builders import NOW, after, before, must, offer

BENEFITS = {"sku": "COFFEE"}


def give(
    backend: Backend,
    offer_id: str = "o1",
    ends_at: datetime | None = None,
    *,
    rank: int = 1,
    starts_at: datetime = NOW,
    customer: str = "ana",
) -> None:
    """Assign an offer."""
    of = must(load_customer("demo", customer))
    one = offer(offer_id, ends_at, rank=rank, starts_at=starts_at, customer_id=of.customer_id)
    record = OfferRecord(one, "A free coffee", backend.now, BENEFITS, "braze", "Spring", f"trace of {offer_id}")
    save_change(changes.assign_offer(of, one, backend.now), of, None, *offer_writes("demo", record))


def shown(backend: Backend, status: str | None = None, customer: str = "ana", limit: int = 25) -> list[str]:
    """The ids of a customer's offers in the order in which they are listed."""
    found: list[str] = []
    query = {"limit": str(limit)} | ({"status": status} if status else {})
    while True:
        page = backend.call("list_offers", path={"id": customer}, query=query).body
        found += [one["id"] for one in page["data"]]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


def use(backend: Backend, offer_id: str = "o1", **more: Any) -> Answer:
    """The answer to an event that redeems an offer."""
    return backend.emit(type="VISIT", redeem=[{"id": offer_id, "amount": 1}], **more)


@pytest.fixture
def ana(backend: Backend) -> Backend:
    """A backend that knows ana."""
    backend.emit(type="VISIT")
    return backend


def test_an_offer_is_shown_with_all_that_is_known_of_it(ana: Backend) -> None:
    give(ana)
    assert ana.call("list_offers").data == [
        {
            "id": "o1",
            "config_id": "free-coffee",
            "name": "A free coffee",
            "benefits": BENEFITS,
            "status": "active",
            "rank": 1,
            "starts_at": "2026-03-10T12:00:00.000Z",
            "ends_at": "2026-03-11T12:00:00.000Z",
            "held_by": None,
            "redeemed_by": None,
            "source": "braze",
            "reference": "Spring",
            "trace_id": "trace of o1",
            "created_at": "2026-03-10T12:00:00.000Z",
        }
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_offers_are_listed_by_rank_and_then_by_end(ana: Backend, limit: int) -> None:
    give(ana, "late", after(days=9), rank=1)
    give(ana, "last", after(days=1), rank=10)
    give(ana, "soon", after(days=2), rank=1)
    give(ana, "next", after(days=1), rank=2)
    assert shown(ana, limit=limit) == ["soon", "late", "next", "last"]


def test_each_status_has_its_list(ana: Backend) -> None:
    give(ana, "active", after(days=9), starts_at=before(days=9))
    give(ana, "upcoming", after(days=9), starts_at=after(days=1))
    give(ana, "expired", after(hours=1))
    give(ana, "redeemed", after(hours=1))
    assert use(ana, "redeemed").status == 201
    ana.wait(hours=1)
    for settled in (False, True):
        if settled:
            ana.deliver("DEADLINE#OFFER#expired", "DEADLINE#OFFER#redeemed")
        for status in ("active", "upcoming", "expired", "redeemed"):
            assert shown(ana, status) == [status]
    answer = ana.call("list_offers", query={"status": "held"})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["status"])


def test_a_held_offer_says_by_whom_and_a_redeemed_one_too(ana: Backend) -> None:
    give(ana, ends_at=after(days=9))
    held = use(ana, fulfilled=False).data
    (one,) = ana.call("list_offers").data
    assert (one["status"], one["held_by"], one["redeemed_by"]) == ("active", held["id"], None)
    event = ana.call("fulfill_event", path={"id": held["id"]}).data
    (one,) = ana.call("list_offers").data
    assert (one["status"], one["held_by"], one["redeemed_by"]) == ("redeemed", None, held["id"])
    assert event["result"]["redemptions"] == [
        {
            "amount": 1,
            "reward_id": "o1",
            "campaign_id": None,
            "brand_id": "demo",
            "issued_at": "2026-03-10T12:00:00.000Z",
            "expiration_date": "2026-03-19T12:00:00.000Z",
            "available_from": None,
            "reservation_expires_at": "2026-03-11T12:00:00.000Z",
        }
    ]


def test_a_hold_that_is_dead_holds_nothing_any_more(ana: Backend) -> None:
    give(ana, ends_at=after(days=9))
    use(ana, fulfilled=False)
    ana.wait(days=1)
    (one,) = ana.call("list_offers").data
    assert one["held_by"] is None
    assert use(ana).status == 201


def test_two_events_cannot_have_the_same_offer_and_a_retry_gets_the_first_answer(ana: Backend) -> None:
    give(ana)
    first = use(ana, key="k")
    with ana.nothing_changes():
        assert use(ana).refusal == (422, "InsufficientBalanceError")
        assert use(ana, key="k").body == first.body
        assert use(ana, dry_run=True).status == 422


@pytest.mark.parametrize("late", [False, True])
def test_a_reversal_gives_the_offer_back_and_after_its_end_it_is_expired(ana: Backend, late: bool) -> None:
    give(ana)
    event = use(ana).data
    if late:
        ana.wait(days=1)
        assert shown(ana, "redeemed") == ["o1"]
        ana.deliver("DEADLINE#OFFER#o1")
        assert shown(ana, "redeemed") == ["o1"]
    assert ana.call("reverse_event", path={"id": event["id"]}).status == 200
    assert shown(ana, "expired" if late else "active") == ["o1"]


def test_a_removal_that_comes_twice_or_too_early_changes_nothing(ana: Backend) -> None:
    give(ana)
    ana.wait(hours=23)
    with ana.nothing_changes():
        assert ana.deliver("DEADLINE#OFFER#o1") == []
    ana.wait(hours=1)
    assert ana.deliver("DEADLINE#OFFER#o1") == []
    with ana.nothing_changes():
        assert ana.deliver("DEADLINE#OFFER#o1", "DEADLINE#OFFER#o1", "DEADLINE#OFFER#never") == []
    assert shown(ana, "expired") == ["o1"]


def test_a_merged_customers_offers_are_listed_together_and_can_be_redeemed(ana: Backend) -> None:
    ana.call("put_brand", {"channel_merging": "email"})
    give(ana, "hers", after(days=3))
    ana.call("patch_customer", {"email": "ana@example.com"})
    ana.wait(hours=1)
    ana.emit("anita", type="VISIT")
    give(ana, "nickname", after(days=2), customer="anita")
    give(ana, "third", after(days=4), customer="anita")
    batch = {"customerId": "anita", "email": "ana@example.com", "events": {"visit": {}}}
    assert ana.call("track_events", batch).status == 200
    assert shown(ana, customer="anita") == shown(ana, limit=1) == ["nickname", "hers", "third"]
    assert use(ana, "nickname").status == 201
    ana.wait(days=2)
    batch_of_one = ana.deliver("DEADLINE#OFFER#nickname")
    assert batch_of_one == []
    assert shown(ana, "redeemed") == ["nickname"]


@pytest.mark.parametrize(
    ("ending", "status"), [("fulfill_event", "redeemed"), ("reverse_event", "active"), ("its deadline", "active")]
)
def test_an_offer_held_before_a_merge_ends_with_its_hold_under_every_id(ana: Backend, ending: str, status: str) -> None:
    ana.call("put_brand", {"channel_merging": "email"})
    ana.call("patch_customer", {"email": "ana@example.com"})
    ana.wait(hours=1)
    ana.emit("anita", type="VISIT")
    give(ana, ends_at=after(days=3), customer="anita")
    held = use(ana, customer="anita", fulfilled=False, reserve=1).data["id"]
    batch = {"customerId": "anita", "email": "ana@example.com", "events": {"visit": {}}}
    assert ana.call("track_events", batch).status == 200
    assert [one["held_by"] for one in ana.call("list_offers").data] == [held]
    assert use(ana).refusal == (422, "InsufficientBalanceError")
    if ending == "its deadline":
        ana.wait(days=1)
        assert ana.deliver(f"DEADLINE#HOLD#{held}") == []
    else:
        assert ana.call(ending, path={"id": held}).status == 200
    for customer in ("ana", "anita"):
        assert shown(ana, status, customer) == ["o1"]
        (one,) = ana.call("list_offers", path={"id": customer}).data
        assert (one["held_by"], one["redeemed_by"]) == (None, held if status == "redeemed" else None)
    again = use(ana, customer="anita")
    assert again.status == (422 if status == "redeemed" else 201)


@pytest.mark.parametrize("text", ["", "!", "NQ", "bnVsbA", "WyJhIiwgMV0", "IlNUQVRFIg"])
def test_a_made_up_cursor_is_refused(ana: Backend, text: str) -> None:
    answer = ana.call("list_offers", query={"cursor": text})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["cursor"])


def test_an_unknown_customer_has_no_list(backend: Backend) -> None:
    assert backend.call("list_offers", path={"id": "nobody"}).refusal == (404, "UserNotFoundError")


def test_points_beside_an_offer_that_is_refused_stay(ana: Backend) -> None:
    ana.emit()
    give(ana)
    use(ana)
    with ana.nothing_changes():
        answer = ana.emit(type="VISIT", redeem=[{"id": "points", "amount": 5}, {"id": "o1", "amount": 1}])
    assert answer.refusal == (422, "InsufficientBalanceError")


@pytest.fixture
def treating(backend: Backend) -> Backend:
    """A backend with a campaign that gives an offer for every visit."""
    config = backend.call("put_config_offer", {"name": "A treat", "benefits": BENEFITS}, path={"id": "treat"})
    effects = [{"offer": "treat", "valid_for": "7/days"}]
    campaign = {"name": "Treats", "trigger": "VISIT", "rules": [{"effects": effects}]}
    put = backend.call("put_campaign", campaign, path={"id": "treats"})
    assert (config.status, put.status) == (200, 200)
    return backend


def test_a_campaign_gives_an_offer_with_its_event(treating: Backend) -> None:
    event = treating.emit(type="VISIT").data
    (given,) = event["result"]["offers"]
    assert (given["config_id"], given["campaign_id"]) == ("treat", "treats")
    (listed,) = treating.call("list_offers", path={"id": "ana"}).data
    assert {name: listed[name] for name in ("id", "name", "benefits", "status", "source", "reference")} == {
        "id": given["id"],
        "name": "A treat",
        "benefits": BENEFITS,
        "status": "active",
        "source": "campaign",
        "reference": "treats",
    }
    (why,) = treating.call("explain_event", path={"id": event["id"]}).data["campaigns"]
    assert (why["offers"], why["sentence"]) == (["treat"], "It gave the offer treat.")
    assert use(treating, given["id"]).status == 201


def test_an_offer_is_promised_and_given_when_its_event_is_fulfilled(treating: Backend) -> None:
    event = treating.emit(type="VISIT", fulfilled=False).data
    (promised,) = event["result"]["offers"]
    assert shown(treating) == []
    treating.call("put_config_offer", {"name": "Another"}, path={"id": "treat"})
    assert treating.call("fulfill_event", path={"id": event["id"]}).status == 200
    (listed,) = treating.call("list_offers", path={"id": "ana"}).data
    assert (listed["id"], listed["name"]) == (promised["id"], "A treat")


def test_an_offer_is_taken_back_with_its_event_unless_it_has_been_redeemed(treating: Backend) -> None:
    events = [treating.emit(type="VISIT").data for _ in range(2)]
    kept = events[1]["result"]["offers"][0]["id"]
    assert treating.emit(type="SPEND", redeem=[{"id": kept, "amount": 1}]).status == 201
    for event in events:
        assert treating.call("reverse_event", path={"id": event["id"]}).status == 200
    assert shown(treating) == [kept]
    assert shown(treating, "redeemed") == [kept]


@pytest.mark.parametrize("fulfilled", [True, False])
def test_an_offer_whose_event_was_reversed_is_gone_when_it_is_given_back(treating: Backend, fulfilled: bool) -> None:
    visit = treating.emit(type="VISIT").data
    redeem = [{"id": one["id"], "amount": 1} for one in visit["result"]["offers"]]
    spent = treating.emit(type="SPEND", redeem=redeem, fulfilled=fulfilled).data
    for event in (visit, spent):
        assert treating.call("reverse_event", path={"id": event["id"]}).status == 200
    assert shown(treating) == []
    assert treating.emit(type="SPEND", redeem=redeem).refusal == (400, "ValidationError")


def test_a_dry_run_gives_no_offer(treating: Backend) -> None:
    with treating.nothing_changes():
        assert treating.emit(type="VISIT", dry_run=True).data["result"]["offers"]


def test_a_campaign_cannot_give_an_offer_that_is_not_the_brands(treating: Backend) -> None:
    effects = [{"offer": "trick", "valid_for": "7/days"}]
    refused = treating.call("put_campaign", {"name": "Tricks", "trigger": "VISIT", "rules": [{"effects": effects}]})
    assert (refused.status, refused.fields) == (400, ["rules.0.effects.0.offer"])
