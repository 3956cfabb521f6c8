"""Numbers of purchases: which event has one, and which events had it before."""

from collections.abc import Iterable
from functools import lru_cache

from loyalty.domain import ids
from loyalty.domain.events.event import Event
from loyalty.domain.events.purchases import PurchaseNumber
from loyalty.store import keys
from loyalty.store.events import DuplicateEvent, event_in, load_event
from loyalty.store.table import Item, Write, get, get_many, put, query_once, update

MAX_LISTED = 100


class TooManyShops(Exception):
    """Purchases of more than MAX_LISTED shops and days have the number."""


def load_holder(number: PurchaseNumber) -> Event | None:
    """The event that has the number, or had it last: one round trip, or two if it is stored under another id."""
    key = _key(number)
    item = get(key)
    if item is None:
        return None
    event_id = _holder_id(item, number.event_id())
    if event_id == number.event_id() and "document" in item:
        return event_in(number.brand_id, event_id, item)
    return load_event(number.brand_id, event_id)


def load_by_number(brand_id: str, purchase_id: str, store_id: str | None) -> list[Event]:
    """The events that have the number, newest first, each with those that had it before: at most MAX_LISTED.

    Those of one shop, or of the whole brand; a number that starts anew every day is in the answer for every day, the
    last days first. Four round trips at most. Raises TooManyShops if it would take a shop to choose among them.
    """
    partition = keys.purchase(brand_id, purchase_id, "", "").pk
    prefix = keys.NUMBERS + (f"{_shop(store_id)}#" if store_id else "")
    items, has_more = query_once(partition, prefix, MAX_LISTED, newest_first=True)
    if has_more and not store_id and not str(items[0]["sk"]).startswith(f"{keys.NUMBERS}#"):
        raise TooManyShops
    holder_ids = [str(item["latest"]) for item in items]
    plain = PurchaseNumber(brand_id, purchase_id)
    if store_id is None and (item := get(keys.event(brand_id, plain.event_id()))):
        holder_ids.append(_holder_id(item, plain.event_id()))
    holders = _load_events(brand_id, holder_ids)
    replaced = _load_events(brand_id, [event_id for event in holders for event_id in event.replaces])
    return sorted([*holders, *replaced], key=lambda event: event.recorded_at, reverse=True)[:MAX_LISTED]


def refuse_duplicate(brand_id: str, event_id: str, number: PurchaseNumber | None = None) -> None:
    """Raise DuplicateEvent if a new event with this id and number could not be stored. One round trip."""
    wanted = [keys.event(brand_id, event_id), *([_key(number)] if number else [])]
    if get_many(list(dict.fromkeys(wanted))):
        raise DuplicateEvent


def number_writes(number: PurchaseNumber, event: Event, freed_by: Event | None) -> list[Write]:
    """Give the number to an event; `freed_by` had it before and is cancelled or expired.

    Of two events that want it one gets it, and one that is rescued at the same time keeps it: DuplicateEvent.
    """
    key = _key(number)
    if freed_by is None:
        if key == keys.event(event.brand_id, event.event_id):  # the event's own item
            return []
        name = "event_id" if number.is_plain else "latest"
        return [put(key, {name: event.event_id}, "attribute_not_exists(pk)", DuplicateEvent())]
    freeing = keys.event(event.brand_id, freed_by.event_id)
    replace = "SET #replaced_by = :event_id"
    condition, status = "#status = :status AND attribute_not_exists(#replaced_by)", freed_by.status.value
    if key == freeing:
        replace += ", #latest = :event_id"
    writes = [update(freeing, replace, condition, DuplicateEvent(), event_id=event.event_id, status=status)]
    if key != freeing:
        named = "attribute_exists(pk)"
        writes.append(update(key, "SET #latest = :event_id", named, DuplicateEvent(), event_id=event.event_id))
    return writes


def _key(number: PurchaseNumber) -> keys.Key:
    if number.is_plain:
        return keys.event(number.brand_id, number.event_id())
    shop = _shop(number.store_id) if number.store_id else ""
    return keys.purchase(number.brand_id, number.purchase_id, shop, number.day or "")


@lru_cache(maxsize=1000)
def _shop(store_id: str) -> str:
    """The shop as sort keys name it, whatever its id is made of."""
    return ids.derived(store_id)


def _holder_id(item: Item, own_id: str) -> str:
    return str(item.get("latest") or item.get("event_id") or own_id)


def _load_events(brand_id: str, event_ids: Iterable[str]) -> list[Event]:
    by_id = {event_id: keys.event(brand_id, event_id) for event_id in [*dict.fromkeys(event_ids)][:MAX_LISTED]}
    items = get_many(list(by_id.values()))
    return [
        event_in(brand_id, event_id, items[key]) for event_id, key in by_id.items() if "document" in items.get(key, {})
    ]
