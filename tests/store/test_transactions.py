"""Each write restates what was decided: when it no longer holds, the refusal says so and nothing at all is written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import CampaignNotFoundError, ItemTooLargeError, RewardNotFoundError
from loyalty.domain.events import changes, lifecycle
from loyalty.domain.events.emit import EmitDecision, emit
from loyalty.domain.events.event import Event
from loyalty.domain.events.purchases import PurchaseNumber
from loyalty.domain.events.schemas import EmitEventRequest
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.changes import Author, Kind
from loyalty.domain.program.rewards import Reward
from loyalty.domain.schemas import validate
from loyalty.domain.times import whole_milliseconds
from loyalty.store import keys, program, published, table
from loyalty.store.customers import load_customer, load_with_program
from loyalty.store.emits import save_event as save
from loyalty.store.events import DuplicateEvent, EventChanged, load_event, save_change
from loyalty.store.purchases import load_holder
from loyalty.store.rulesets import ruleset_of
from loyalty.store.table import Write, WriteConflict
from tests.support.api import Api
from tests.support.builders import NOW, must
from tests.support.tables import Store

CUSTOMER = "ada"
NOBODY = Author("", NOW)


def now() -> datetime:
    return whole_milliseconds(datetime.now(UTC))


def decided(api: Api, event_id: str, customer: str = CUSTOMER, **more: object) -> tuple[EmitDecision, Customer]:
    """A purchase, decided on what is stored now, and the customer that was seen."""
    sent = {"customer_id": customer, "brand_id": api.brand, "type": "PURCHASE", **more}
    before, found = load_with_program(api.brand, customer, now())
    request = validate(EmitEventRequest, sent)
    rules, budget = ruleset_of(found), BudgetReservation()
    emission = emit(
        request, sent, before, found.brand, rules, event_id=event_id, fingerprint="print", now=now(), budget=budget
    )
    return emission, before


def held(api: Api, **more: object) -> tuple[Event, Customer]:
    """An event in standby and its customer, as stored."""
    event_id = api.purchase(CUSTOMER, 10, fulfilled=False, **more).data["id"]
    return must(load_event(api.brand, event_id)), must(load_customer(api.brand, CUSTOMER))


def number(api: Api) -> PurchaseNumber:
    """The number of a purchase."""
    return PurchaseNumber(api.brand, "D-1")


@contextmanager
def nothing_written(store: Store, api: Api) -> Iterator[None]:
    before = store.items(api.brand)
    yield
    assert store.items(api.brand) == before


@pytest.mark.parametrize("count", [1, 2])
def test_what_has_no_room_in_an_item_is_refused_and_nothing_is_written(store: Store, api: Api, count: int) -> None:
    large = table.put(keys.trace(api.brand, "t"), {"document": b"x" * 420_000})
    small = table.put(keys.trace(api.brand, "u"), {"document": b"x"})
    with nothing_written(store, api), pytest.raises(ItemTooLargeError):
        table.transact(*[small, large][-count:])


def test_a_single_write_and_an_update_that_have_no_room_are_refused_as_well(store: Store, api: Api) -> None:
    key = keys.trace(api.brand, "t")
    table.write(table.put(key, {"document": b"x" * 300_000}))
    too_much: list[tuple[Callable[..., None], Write]] = [
        (table.write, table.put(key, {"document": b"x" * 420_000})),
        (table.transact, table.update(key, "SET #more = :more", more=b"x" * 150_000)),
        (table.transact, table.update(key, "SET " + ", ".join(f"#n{i:04} = :more" for i in range(400)), more=1)),
    ]
    for send, write in too_much:
        with nothing_written(store, api), pytest.raises(ItemTooLargeError):
            send(write)
    with nothing_written(store, api), pytest.raises(ItemTooLargeError):
        table.transact(*(table.put(keys.trace(api.brand, f"t{i}"), {"n": i}) for i in range(101)))


@pytest.mark.parametrize("count", [160, 500])
def test_an_event_is_reversed_whose_many_lots_have_all_ended(store: Store, count: int) -> None:
    ends = [{"reward_id": "points", "amount": 1, "expires_in": f"{i % 100 + 1}/minutes"} for i in range(count)]
    campaigns = {}
    for start in range(0, count, 100):
        rules = [{"effects": ends[i : i + 20]} for i in range(start, min(start + 100, count), 20)]
        campaigns[f"many-{start}"] = {"name": "Many", "trigger": "MANY", "rules": rules}
    api = Api().set_up(**campaigns)
    all_in_one_month = (now() - timedelta(days=40)).replace(day=15)
    event = api.emit_at(all_in_one_month, CUSTOMER, type="MANY")
    assert len(event.granted_lots) == count
    before = must(load_customer(api.brand, CUSTOMER))
    while change := changes.expire_lots(before, now()):
        save_change(change, before, None)
        before = change.customer
    assert api.reverse(event.event_id).data["status"] == "REVERSED"
    assert api.points(CUSTOMER) == (0, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_a_taken_event_slot_means_recorded(store: Store, api: Api) -> None:
    save(*decided(api, "slot"), None)
    again = decided(api, "slot", customer="another")
    with nothing_written(store, api), pytest.raises(DuplicateEvent):
        save(*again, None)


def test_a_taken_second_slot_means_recorded(store: Store, api: Api) -> None:
    save(*decided(api, number(api).event_id()), number(api))
    again = decided(api, "key", customer="another")
    with nothing_written(store, api), pytest.raises(DuplicateEvent):
        save(*again, number(api))


def test_a_second_slot_taken_by_a_pointer_means_recorded(store: Store, api: Api) -> None:
    save(*decided(api, "key"), number(api))
    again = decided(api, "another-key", customer="another")
    with nothing_written(store, api), pytest.raises(DuplicateEvent):
        save(*again, number(api))


def test_a_pointer_leads_to_the_event(store: Store, api: Api) -> None:
    save(*decided(api, "key"), number(api))
    assert load_event(api.brand, number(api).event_id()) == load_event(api.brand, "key")


def test_a_customer_that_was_new_and_is_not_any_more_means_contended(store: Store, api: Api) -> None:
    late = decided(api, "late")
    save(*decided(api, "early"), None)
    with nothing_written(store, api), pytest.raises(WriteConflict):
        save(*late, None)


def test_a_customer_that_changed_since_it_was_read_means_contended(store: Store, api: Api) -> None:
    api.purchase(CUSTOMER, 1)
    late = decided(api, "late", fulfilled=False)
    api.purchase(CUSTOMER, 1)
    with nothing_written(store, api), pytest.raises(WriteConflict):
        save(*late, number(api))


def test_a_receipt_outranks_a_customer_that_changed(store: Store, api: Api) -> None:
    late = decided(api, "slot")
    save(*decided(api, "slot"), None)
    with nothing_written(store, api), pytest.raises(DuplicateEvent):
        save(*late, None)


def test_a_receipt_in_the_second_slot_outranks_a_customer_that_changed(store: Store, api: Api) -> None:
    late = decided(api, "key")
    save(*decided(api, number(api).event_id()), number(api))
    with nothing_written(store, api), pytest.raises(DuplicateEvent):
        save(*late, number(api))


@pytest.mark.parametrize("store_id", [None, "7"], ids=["plain", "in a shop"])
def test_a_number_is_freed_by_an_event_that_is_over_and_once(store: Store, api: Api, store_id: str | None) -> None:
    taken = PurchaseNumber(api.brand, "D-1", store_id)
    save(*decided(api, taken.event_id(), fulfilled=False), taken)
    pending = must(load_holder(taken))
    api.reverse(pending.event_id)
    cancelled = must(load_holder(taken))
    with nothing_written(store, api), pytest.raises(DuplicateEvent):
        save(*decided(api, "late"), taken, pending)
    first, second = decided(api, "first"), decided(api, "second")
    save(*first, taken, cancelled)
    assert must(load_holder(taken)).event_id == "first"
    assert must(load_event(api.brand, cancelled.event_id)).replaced_by == "first"
    with nothing_written(store, api), pytest.raises(DuplicateEvent):
        save(*second, taken, cancelled)


def test_an_event_whose_number_was_given_away_ends_no_more(store: Store, api: Api) -> None:
    save(*decided(api, number(api).event_id(), fulfilled=False), number(api))
    event = must(load_holder(number(api)))
    save(*decided(api, "next"), number(api), event)
    change = lifecycle.fulfil(event, must(load_customer(api.brand, CUSTOMER)), now())
    with nothing_written(store, api), pytest.raises(EventChanged):
        save_change(must(change), must(load_customer(api.brand, CUSTOMER)), event)


def test_an_event_that_ended_since_it_was_read_means_ended(store: Store, api: Api) -> None:
    event, customer = held(api)
    api.reverse(event.event_id)
    change = lifecycle.fulfil(event, customer, now())
    with nothing_written(store, api), pytest.raises(EventChanged):
        save_change(must(change), customer, event)


def test_that_the_event_ended_outranks_a_customer_that_changed(store: Store, api: Api) -> None:
    event, customer = held(api)
    api.fulfil(event.event_id)
    api.purchase(CUSTOMER, 5)
    change = lifecycle.fulfil(event, customer, now())
    with nothing_written(store, api), pytest.raises(EventChanged):
        save_change(must(change), customer, event)


def test_a_customer_that_changed_since_the_event_was_read_means_contended(store: Store, api: Api) -> None:
    event, customer = held(api)
    api.purchase(CUSTOMER, 5)
    change = lifecycle.fulfil(event, customer, now())
    with nothing_written(store, api), pytest.raises(WriteConflict):
        save_change(must(change), customer, event)


def test_a_hold_extended_since_it_was_read_does_not_expire(store: Store, api: Api) -> None:
    event, customer = held(api)
    api.extend(event.event_id, reserve=10)
    assert event.deadline
    change = lifecycle.expire(event, customer, event.deadline + timedelta(seconds=1))
    with nothing_written(store, api), pytest.raises(EventChanged):
        save_change(must(change), customer, event)


def test_a_hold_extended_since_it_was_read_does_not_become_shorter(store: Store, api: Api) -> None:
    event, _ = held(api)
    api.extend(event.event_id, reserve=10)
    # The event was read before that, the customer after it.
    customer = must(load_customer(api.brand, CUSTOMER))
    assert event.deadline
    change = lifecycle.extend(event, customer, now(), reserve_until=event.deadline + timedelta(days=5))
    with nothing_written(store, api), pytest.raises(EventChanged):
        save_change(must(change), customer, event)


def test_a_hold_is_not_fulfilled_past_the_deadline_that_is_stored(store: Store, api: Api) -> None:
    event, customer = held(api)
    assert event.deadline
    # A decision that took the hold for longer than it is, at a time when it is over.
    longer = event._replace(deadline=event.deadline + timedelta(days=10))
    change = lifecycle.fulfil(longer, customer, event.deadline + timedelta(days=1))
    with nothing_written(store, api), pytest.raises(EventChanged):
        save_change(must(change), customer, event)


def test_an_entry_is_never_overwritten(store: Store, api: Api) -> None:
    event, customer = held(api)
    change = must(lifecycle.fulfil(event, customer, now()))
    save_change(change, customer, event)
    # A customer whose stored state was lost: the entry of that number is still there.
    place = {"pk": {"S": f"BRAND#{api.brand}#CUST#{CUSTOMER}"}, "sk": {"S": "STATE"}}
    store.look.delete_item(TableName=store.name, Key=place)
    with nothing_written(store, api), pytest.raises(WriteConflict):
        save_change(change._replace(event=None), replace(customer, version=0), None)


def test_a_brand_is_created_once(store: Store, api: Api) -> None:
    with nothing_written(store, api):
        assert not published.create_brand(Brand(api.brand, "Another name"))


def test_settings_changed_since_they_were_read_mean_contended(store: Store, api: Api) -> None:
    brand = program.load_brand(api.brand)
    api.put_reward("stars")
    with nothing_written(store, api), pytest.raises(WriteConflict):
        published.commit(brand, NOBODY, [program.brand_edit(brand, brand._replace(name="Another name"))])


def test_a_campaign_checked_against_rules_that_changed_means_contended(store: Store, api: Api) -> None:
    brand = program.load_brand(api.brand)
    api.put_reward("stars")
    late = program.campaign_edit(brand, "late", {"name": "Late"}, None, budget=None, times=None, shards=None)
    with nothing_written(store, api), pytest.raises(WriteConflict):
        published.commit(brand, NOBODY, [late])


def test_a_reward_checked_against_rules_that_changed_is_not_deleted(store: Store, api: Api) -> None:
    brand = program.load_brand(api.brand)
    api.put_reward("stars")
    points = program.delete_edit(api.brand, Kind.REWARD, "points", RewardNotFoundError("gone"))
    with nothing_written(store, api), pytest.raises(WriteConflict):
        published.commit(brand, NOBODY, [points])


def test_a_reward_that_is_not_there_is_not_deleted(store: Store, api: Api) -> None:
    with nothing_written(store, api), pytest.raises(RewardNotFoundError):
        program.delete_edit(api.brand, Kind.REWARD, "stars", RewardNotFoundError("gone"))


def test_a_campaign_that_is_not_there_is_not_deleted(store: Store, api: Api) -> None:
    with nothing_written(store, api), pytest.raises(CampaignNotFoundError):
        program.delete_edit(api.brand, Kind.CAMPAIGN, "none", CampaignNotFoundError("gone"))


def test_nothing_is_set_up_in_a_brand_that_is_not_there(store: Store) -> None:
    nobody = Brand("nobody", "Nobody")
    with pytest.raises(WriteConflict):
        published.commit(nobody, NOBODY, [program.reward_edit("nobody", Reward("points", "Points"), None)])
    assert store.items("nobody") == []


@pytest.mark.parametrize(
    ("function_name", "path", "refusal"),
    [
        ("delete_reward", "stars", (404, "RewardNotFoundError")),
        ("delete_reward", "points", (409, "RewardInUseError")),
        ("delete_campaign", "none", (404, "CampaignNotFoundError")),
        ("get_event", "none", (404, "EventNotFoundError")),
        ("fulfill_event", "none", (404, "EventNotFoundError")),
        ("get_wallet", "nobody", (404, "UserNotFoundError")),
    ],
)
def test_a_client_is_told_which_refusal_it_was(
    store: Store, api: Api, function_name: str, path: str, refusal: tuple[int, str]
) -> None:
    with nothing_written(store, api):
        assert api.call(function_name, path={"id": path}).refusal == refusal


def test_a_dry_run_writes_nothing(store: Store, api: Api) -> None:
    with nothing_written(store, api):
        answer = api.purchase(CUSTOMER, 100, dry_run=True, key="a key")
    assert answer.status == 200
    assert answer.data["result"]["accumulations"][0]["amount"] == 100


def test_what_cannot_be_paid_writes_nothing(store: Store, api: Api) -> None:
    api.purchase(CUSTOMER, 100)
    with nothing_written(store, api):
        assert api.spend(CUSTOMER, 101, key="a key").refusal == (422, "InsufficientBalanceError")
