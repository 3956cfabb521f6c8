"""Customers, events and entries: read together, written together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from loyalty.domain import ids
from loyalty.domain.brands import Brand
from loyalty.domain.customers import Customer, Ref
from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.events import Emission, Event, Status
from loyalty.domain.journal import Record
from loyalty.domain.lifecycle import Change, EntryKind
from loyalty.domain.times import to_millis, to_ttl
from loyalty.domain.wallet import LotKey
from loyalty.store import documents, keys
from loyalty.store.brands import read_brand
from loyalty.store.packing import pack, unpack
from loyalty.store.table import Contended, Item, Write, get, get_many, put, transact, update


class Recorded(Exception):
    """The event slot is taken: this request, or another with the same key, was recorded before."""


class Ended(Exception):
    """The event has ended, or moved its deadline, since it was read."""


def load_customer(brand_id: str, customer_id: str) -> Customer | None:
    """The customer, if there is one."""
    item = get(keys.customer(brand_id, customer_id))
    return _customer(brand_id, customer_id, item) if item else None


def load_known_customer(event: Event) -> Customer:
    """The customer of an event: stored in the same transaction as it, so always there."""
    brand_id, customer_id = event.brand_id, event.customer_id
    return _customer(brand_id, customer_id, get(keys.customer(brand_id, customer_id)) or {})


def load_with_brand(brand_id: str, customer_id: str, now: datetime) -> tuple[Customer, Brand]:
    """The customer, new if unknown, and the brand with the version of its rules: one round trip."""
    found = get_many([keys.customer(brand_id, customer_id), keys.brand(brand_id)])
    customer = _found_customer(found, brand_id, customer_id) or Customer(brand_id, customer_id, now)
    return customer, _found_brand(found, brand_id)


def load_for_reversal(event: Event) -> tuple[Customer, Brand, dict[LotKey, Decimal]]:
    """The event's customer, the brand, and what ended unspent of the lots the event granted: one round trip."""
    brand_id, customer_id = event.brand_id, event.customer_id
    lots = {
        lot.key: keys.expired_lot(brand_id, customer_id, _spell(lot.key)) for lot in event.granted if lot.expires_at
    }
    found = get_many([keys.customer(brand_id, customer_id), keys.brand(brand_id), *lots.values()])
    expired = {lot: Decimal(str(found[key]["amount"])) for lot, key in lots.items() if key in found}
    return _known_customer(found, event), _found_brand(found, brand_id), expired


def load_event(brand_id: str, event_id: str) -> Event | None:
    """The event in that slot, or the one its pointer names."""
    item = get(keys.event(brand_id, event_id))
    while item and "event" in item:
        event_id = str(item["event"])
        item = get(keys.event(brand_id, event_id))
    return _event(brand_id, event_id, item) if item else None


def load_records(brand_id: str, customer_id: str, refs: Sequence[Ref]) -> list[Record]:
    """Records of the customer's journal, in the order asked for: one round trip."""
    places = [
        keys.event(brand_id, ref) if isinstance(ref, str) else keys.entry(brand_id, customer_id, ref) for ref in refs
    ]
    found = get_many(places)
    return [
        _record(brand_id, ref, found[place])
        for ref, place in zip(refs, places, strict=True)
        if "doc" in found.get(place, {})
    ]


def save_emission(emission: Emission, before: Customer, also: str | None) -> None:
    """Store a new event and the customer it leaves behind; `also` is a second slot that shall point to it.

    Raises Recorded if a slot is taken, Contended if the customer changed meanwhile. The event slot comes first: that a
    request was recorded before outranks what happened to the wallet since.
    """
    event = emission.event
    slot: Item = {
        "status": event.status.value,
        "deadline": to_millis(event.deadline) if event.deadline else 0,
        "doc": pack(documents.from_event(event)),
    }
    writes = [put(keys.event(event.brand_id, event.event_id), slot, "attribute_not_exists(pk)", Recorded())]
    if also:
        place = keys.event(event.brand_id, also)
        writes.append(put(place, {"event": event.event_id}, "attribute_not_exists(pk)", Recorded()))
    writes.append(_save_customer(emission.customer, before))
    if event.deadline:
        writes.append(_hold_deadline(event))
    transact(*writes, *_lots_deadline(emission.customer, before))


def save_change(change: Change, before: Customer, was: Event | None) -> None:
    """Store what one act changed, all of it or nothing.

    Raises Ended if the event is no longer as the decision saw it, Contended if the customer is not.
    """
    customer, entry, event = change.customer, change.entry, change.event
    writes: list[Write] = []
    if event and was:
        writes.append(_save_ending(event, was, entry.at))
    writes.append(_save_customer(customer, before))
    place = keys.entry(customer.brand_id, customer.customer_id, entry.number)
    writes.append(put(place, {"doc": pack(documents.from_entry(entry))}, "attribute_not_exists(pk)", Contended()))
    if event and entry.kind is EntryKind.EXTENDED:
        writes.append(_hold_deadline(event))
    writes += [_expired_lot(customer, lot, amount) for lot, amount in change.expired.items()]
    transact(*writes, *_lots_deadline(customer, before))


def _save_customer(customer: Customer, before: Customer) -> Write:
    item: Item = {"version": customer.version, "doc": pack(documents.from_customer(customer))}
    place = keys.customer(customer.brand_id, customer.customer_id)
    if before.version:
        return put(place, item, "#version = :version", Contended(), version=before.version)
    return put(place, item, "attribute_not_exists(pk)", Contended())


def _save_ending(event: Event, was: Event, now: datetime) -> Write:
    # The decision is restated: still the status and the deadline it saw, and on the same side of that deadline.
    condition = "#status = :was AND #deadline = :seen"
    values: Item = {"was": was.status.value, "seen": to_millis(was.deadline) if was.deadline else 0}
    if was.status is Status.PENDING:
        condition += " AND #deadline " + ("<= :now" if event.status is Status.EXPIRED else "> :now")
        values |= {"now": to_millis(now)}
    return update(
        keys.event(event.brand_id, event.event_id),
        "SET #status = :status, #deadline = :deadline, #ending = :ending",
        condition,
        Ended(),
        status=event.status.value,
        deadline=to_millis(event.deadline) if event.deadline else 0,
        ending=pack(documents.from_ending(event)),
        **values,
    )


def _hold_deadline(event: Event) -> Write:
    assert event.deadline is not None
    return put(keys.hold_deadline(event.brand_id, event.customer_id, event.event_id), {"ttl": to_ttl(event.deadline)})


def _lots_deadline(customer: Customer, before: Customer) -> list[Write]:
    if customer.lots_alarm is None or customer.lots_alarm == before.lots_alarm:
        return []
    return [put(keys.lots_deadline(customer.brand_id, customer.customer_id), {"ttl": to_ttl(customer.lots_alarm)})]


def _expired_lot(customer: Customer, lot: LotKey, change: Decimal) -> Write:
    # Guarded by the customer's version in the same transaction, so the sum cannot be read by two at once.
    place = keys.expired_lot(customer.brand_id, customer.customer_id, _spell(lot))
    return update(place, "ADD #amount :change", change=change)


def _spell(lot: LotKey) -> str:
    # Two ids of 255 characters are more than a sort key can have.
    return ids.derived(lot.reward_id, lot.campaign_id or "", str(to_millis(lot.expires_at) if lot.expires_at else 0))


def _found_customer(found: Mapping[keys.Key, Item], brand_id: str, customer_id: str) -> Customer | None:
    item = found.get(keys.customer(brand_id, customer_id))
    return _customer(brand_id, customer_id, item) if item else None


def _known_customer(found: Mapping[keys.Key, Item], event: Event) -> Customer:
    return _customer(event.brand_id, event.customer_id, found[keys.customer(event.brand_id, event.customer_id)])


def _found_brand(found: Mapping[keys.Key, Item], brand_id: str) -> Brand:
    item = found.get(keys.brand(brand_id))
    if item is None:
        raise BrandNotFoundError("this brand has not been set up")
    return read_brand(brand_id, item)


def _customer(brand_id: str, customer_id: str, item: Item) -> Customer:
    return documents.to_customer(brand_id, customer_id, int(item["version"]), unpack(item["doc"]))


def _event(brand_id: str, event_id: str, item: Item) -> Event:
    ending = unpack(item["ending"]) if "ending" in item else None
    document = unpack(item["doc"])
    return documents.to_event(brand_id, event_id, str(item["status"]), int(item["deadline"]), document, ending)


def _record(brand_id: str, ref: Ref, item: Item) -> Record:
    return _event(brand_id, ref, item) if isinstance(ref, str) else documents.to_entry(ref, unpack(item["doc"]))
