"""What the function does with removals, delivered here without waiting for TTL: only comparing times decides."""

import time
from datetime import UTC, datetime, timedelta

from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.services.deadlines import settle_expired
from loyalty.store import keys
from loyalty.store.customers import load_customer
from tests.support.api import A_POINT_A_DOLLAR, Api
from tests.support.builders import must
from tests.support.overdue import A_MINUTE
from tests.support.stream import deliver, place, removed
from tests.support.tables import Store


def test_a_record_that_cannot_be_settled_is_reported_and_keeps_no_other_back(store: Store, api: Api) -> None:
    now = datetime.now(UTC)
    held = api.emit_at(now - timedelta(days=2), "fay", fulfilled=False, order={"value": 10}).event_id
    never = removed(keys.hold_deadline(api.brand, "fay", "an-event-that-never-was"))
    over = removed(keys.hold_deadline(api.brand, "fay", held))
    assert deliver(never, over) == [{"itemIdentifier": never["dynamodb"]["SequenceNumber"]}]
    assert isinstance(api.journal("fay")[-1], JournalRecord)


def test_a_deadline_removed_too_early_settles_nothing(store: Store, api: Api) -> None:
    held = api.purchase("gus", 10, fulfilled=False).data["id"]
    api.purchase("gus", 10)
    before = store.items(api.brand)
    early = [keys.hold_deadline(api.brand, "gus", held), keys.lots_deadline(api.brand, "gus")]
    assert deliver(*map(removed, early)) == []
    assert store.items(api.brand) == before


def test_what_is_not_a_deadline_settles_nothing(store: Store, api: Api) -> None:
    api.purchase("hal", 10)
    before = store.items(api.brand)
    assert deliver(removed(keys.customer(api.brand, "hal"))) == []
    assert store.items(api.brand) == before


def test_the_next_lots_get_the_next_deadline(store: Store) -> None:
    api = Api().set_up(dollar=A_POINT_A_DOLLAR, flash=A_MINUTE)
    api.purchase("ida", 10)
    far = store.look.get_item(TableName=store.name, Key=place(keys.lots_deadline(api.brand, "ida")))["Item"]["ttl"]
    # It is not over yet: what is may be removed by the table's own TTL before it is looked at.
    api.emit("ida", type="FLASH")
    place_of_lots = keys.lots_deadline(api.brand, "ida")
    near = store.look.get_item(TableName=store.name, Key=place(place_of_lots))["Item"]["ttl"]
    assert time.time() < int(near["N"]) < int(far["N"])
    settle_expired(*place_of_lots, lambda: datetime.fromtimestamp(int(near["N"]), UTC))
    again = store.look.get_item(TableName=store.name, Key=place(keys.lots_deadline(api.brand, "ida")))["Item"]["ttl"]
    assert again == far
    assert api.points("ida") == (10, 0, 0)
    api.assert_books_agree("ida")


def test_an_extended_hold_moves_its_deadline(store: Store, api: Api) -> None:
    held = api.purchase("jon", 10, fulfilled=False).data["id"]
    place_of_hold = place(keys.hold_deadline(api.brand, "jon", held))
    first = store.look.get_item(TableName=store.name, Key=place_of_hold)["Item"]["ttl"]
    api.extend(held, reserve=3)
    later = store.look.get_item(TableName=store.name, Key=place_of_hold)["Item"]["ttl"]
    assert int(later["N"]) - int(first["N"]) == 3 * 24 * 3600


def test_more_dead_lots_than_one_transaction_takes_are_settled_all(store: Store) -> None:
    effects = [{"reward_id": "points", "amount": 1, "expires_in": "1/minutes"}]
    api = Api().set_up(flash={"name": "For a minute", "trigger": "FLASH", "rules": [{"effects": effects}]})
    now = datetime.now(UTC)
    for minutes in range(120, 0, -1):
        api.emit_at(now - timedelta(minutes=minutes + 200), "kim", type="FLASH")
    assert len(must(load_customer(api.brand, "kim")).wallet.lots) == 120
    assert api.points("kim") == (0, 0, 0)
    assert deliver(removed(keys.lots_deadline(api.brand, "kim"))) == []
    customer = must(load_customer(api.brand, "kim"))
    assert not customer.wallet.lots
    assert [one.type for one in api.journal("kim") if isinstance(one, JournalRecord)] == [RecordType.LOTS_EXPIRED] * 2
    api.assert_books_agree("kim")
