"""Customers with long histories and many offers, written straight into the table: as the product would leave them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from loyalty.domain.customers.customer import Customer
from loyalty.domain.offers import Offer, OfferRecord
from loyalty.store import keys
from loyalty.store.customers import customer_item
from loyalty.store.events import event_item
from loyalty.store.offers import offer_writes
from loyalty.store.table import Item, to_wire
from tests.support.builders import NOW, emit
from tests.support.tables import Store

_ITEMS_PER_WRITE = 25


def lay_events(
    store: Store, brand: str, customer_id: str, times: Iterable[datetime], **body: Any
) -> tuple[Customer, list[str]]:
    """A customer who did the same thing at each of these times, and the ids of the events, oldest first."""
    state, event_ids, items = Customer("demo", customer_id, NOW), list[str](), list[tuple[keys.Key, Item]]()
    for i, at in enumerate(times):
        event_ids.append(f"{customer_id}-{i}")
        decision = emit(state, event_id=event_ids[-1], now=at, customer_id=customer_id, brand_id=brand, **body)
        items.append((keys.event(brand, event_ids[-1]), event_item(decision.event)))
        state = decision.customer
    _write(store, [*items, (keys.customer(brand, customer_id), customer_item(state))])
    return state, event_ids


def lay_merged(store: Store, brand: str, survivor: Customer, absorbed: Sequence[Customer]) -> None:
    """Let the survivor be all of these customers, without the records that a merge writes."""
    merged = replace(survivor, merged_ids=tuple(one.customer_id for one in absorbed))
    pointer: Item = {"merged_into": survivor.customer_id}
    _write(
        store,
        [
            (keys.customer(brand, survivor.customer_id), customer_item(merged)),
            *((keys.customer(brand, one.customer_id), customer_item(one) | pointer) for one in absorbed),
        ],
    )


def lay_offers(store: Store, brand: str, offers: Iterable[Offer], assigned_at: datetime = NOW) -> None:
    """The records of these offers; those that have not ended must be in the customer's state as well."""
    records = [OfferRecord(offer, "An offer", assigned_at) for offer in offers]
    wire = [offer_writes(brand, record)[0].request["Put"]["Item"] for record in records]
    _write_wire(store, wire)


def every_second(count: int, start: datetime = NOW, step: int = 1) -> list[datetime]:
    """So many times, `step` seconds apart."""
    return [start + timedelta(seconds=step * i) for i in range(count)]


def _write(store: Store, items: Iterable[tuple[keys.Key, Item]]) -> None:
    _write_wire(store, [to_wire({**key._asdict(), **item}) for key, item in items])


def _write_wire(store: Store, items: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(items), _ITEMS_PER_WRITE):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + _ITEMS_PER_WRITE]]
        assert not store.look.batch_write_item(RequestItems={store.name: puts})["UnprocessedItems"]
