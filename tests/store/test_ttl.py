"""What ends by itself, with DynamoDB's own TTL: it deletes late, the stream tells, and the function settles."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.store import keys
from loyalty.store.customers import load_customer
from tests.support.api import Api
from tests.support.backend import Json
from tests.support.builders import must
from tests.support.overdue import Overdue
from tests.support.stream import deliver, matches, pattern, place, records
from tests.support.tables import Store

TTL_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Scene:
    """A brand whose deadlines are over, and the stream's records about it: those of TTL by customer, and the others."""

    api: Api
    holds: dict[str, str]
    passed: dict[str, Json]
    others: list[Json]


@pytest.fixture(scope="module")
def store(overdue: Overdue) -> Iterator[Store]:
    """The table in which something was overdue when the session began."""
    with overdue.store.in_use():
        yield overdue.store


@pytest.fixture(scope="module")
def scene(store: Store, overdue: Overdue) -> Scene:
    """What came of it, once TTL has removed all that is over."""
    until = time.monotonic() + TTL_PATIENCE_SECONDS
    wanted = set(overdue.holds) | {"cem", "dee"}
    while True:
        ours = [one for one in records(store) if about(one).startswith(f"BRAND#{overdue.api.brand}#")]
        passed = {about(one).rpartition("#")[2]: one for one in ours if matches(pattern(), one)}
        if passed.keys() >= wanted:
            return Scene(overdue.api, overdue.holds, passed, [one for one in ours if one not in passed.values()])
        assert time.monotonic() < until, f"TTL has removed nothing of {wanted - passed.keys()}"
        time.sleep(1)


def about(record: Json) -> str:
    """The partition a record is about."""
    key: str = record["dynamodb"]["Keys"]["pk"]["S"]
    return key


def test_ttl_removes_each_deadline_that_is_over_and_no_other(scene: Scene) -> None:
    assert set(scene.passed) == {"ada", "bob", "cem", "dee"}


def test_the_filter_lets_through_what_ttl_removed_and_nothing_else(scene: Scene) -> None:
    assert {one["eventName"] for one in scene.others} == {"INSERT", "MODIFY", "REMOVE"}
    (by_hand,) = (one for one in scene.others if one["eventName"] == "REMOVE")
    assert by_hand["dynamodb"]["Keys"] == place(keys.lots_deadline(scene.api.brand, "eve"))


def test_the_stream_tells_keys_only(scene: Scene) -> None:
    for record in scene.passed.values():
        assert {"NewImage", "OldImage"}.isdisjoint(record["dynamodb"])


def test_a_removed_hold_is_settled(store: Store, scene: Scene) -> None:
    api, event_id = scene.api, scene.holds["ada"]
    before = api.event(event_id).data
    assert deliver(scene.passed["ada"]) == []
    event = api.event(event_id).data
    assert event["status"] == before["status"] == "EXPIRED"
    assert event["expired_at"] == before["expired_at"] == before["reservation_expires_at"]
    assert api.points("ada") == (100, 0, 0)
    entry = api.journal("ada")[-1]
    assert isinstance(entry, JournalRecord)
    assert (entry.type, entry.event_id) == (RecordType.EXPIRED, event_id)
    newest = api.everything("list_transactions", "ada")[0]
    assert (newest["type"], newest["amount"], newest["event_id"]) == ("RELEASE", 60, event_id)
    assert api.fulfil(event_id).refusal == (409, "EventExpiredError")
    api.assert_books_agree("ada")


def test_a_hold_whose_points_were_spent_before_its_removal_is_settled_too(store: Store, scene: Scene) -> None:
    api = scene.api
    assert api.points("bob") == (0, 0, 0)
    assert deliver(scene.passed["bob"]) == []
    assert api.event(scene.holds["bob"]).data["status"] == "EXPIRED"
    assert api.points("bob") == (0, 0, 0)
    api.assert_books_agree("bob")


def test_removed_lots_are_settled(store: Store, scene: Scene) -> None:
    api = scene.api
    assert api.points("cem") == (0, 0, 0)
    assert deliver(scene.passed["cem"]) == []
    assert api.points("cem") == (0, 0, 0)
    newest = api.everything("list_transactions", "cem")[0]
    assert (newest["type"], newest["amount"]) == ("EXPIRATION", -30)
    customer = must(load_customer(api.brand, "cem"))
    assert not customer.wallet.lots
    assert customer.next_lot_expiry is None
    api.assert_books_agree("cem")


def test_lots_granted_past_their_end_are_settled(store: Store, scene: Scene) -> None:
    api = scene.api
    assert deliver(scene.passed["dee"]) == []
    lines = [(one["type"], one["amount"]) for one in api.everything("list_transactions", "dee")]
    assert lines == [("EXPIRATION", -50), ("ACCUMULATION", 50)]
    api.assert_books_agree("dee")


def test_all_of_it_delivered_again_changes_nothing(store: Store, scene: Scene) -> None:
    everything = list(scene.passed.values())
    assert deliver(*everything) == []
    settled = store.items(scene.api.brand)
    assert deliver(*everything) == []
    assert deliver(*everything[::-1]) == []
    assert store.items(scene.api.brand) == settled
