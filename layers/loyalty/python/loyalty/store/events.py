"""Events after they were emitted: read by their id, and ended together with the wallet and the journal."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty.domain import ids
from loyalty.domain.customers.customer import Customer, RecordRef
from loyalty.domain.customers.journal import RecordType
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.lifecycle import Change
from loyalty.domain.events.replay import Record
from loyalty.domain.money import ZERO
from loyalty.domain.offers import Offer
from loyalty.domain.program.rewards import Reward
from loyalty.domain.times import to_millis, to_ttl
from loyalty.domain.wallet.lots import LotKey
from loyalty.store import budgets, keys
from loyalty.store.codec import Document, from_digits, to_digits
from loyalty.store.customers import (
    customer_write,
    journal_record_in,
    journal_write,
    load_customer,
    load_with_brand,
    lot_deadline_writes,
)
from loyalty.store.offers import offer_key, offer_writes
from loyalty.store.program import catalog_of
from loyalty.store.table import Item, Write, get, get_many, put, transact, update

_EVENT = Document(Event, beside=("brand_id", "event_id", "status", "deadline"))
_ENDING = ("balances", "ended_at", "resolved_at", "reason", "replaced_tags")


class DuplicateEvent(Exception):
    """The event's id is taken: this request, or another with the same idempotency key, was recorded before."""


class EventChanged(Exception):
    """The event has ended, or moved its deadline, since it was read."""


def load_event(brand_id: str, event_id: str) -> Event | None:
    """The event of that id, or the one that the id was linked to."""
    item = get(keys.event(brand_id, event_id))
    while item and "event_id" in item:
        event_id = str(item["event_id"])
        item = get(keys.event(brand_id, event_id))
    return event_in(brand_id, event_id, item) if item else None


def load_customer_of(event: Event) -> Customer:
    """The customer of an event: stored in the same transaction as it, so always there."""
    customer = load_customer(event.brand_id, event.customer_id)
    assert customer is not None
    return customer


def load_records(brand_id: str, customer_id: str, refs: Sequence[RecordRef]) -> list[Record]:
    """Records of the customer's journal, in the order asked for: one round trip."""
    asked = [
        keys.event(brand_id, ref) if isinstance(ref, str) else keys.journal_record(brand_id, customer_id, ref)
        for ref in refs
    ]
    found = get_many(asked)
    return [
        _record(brand_id, ref, found[key])
        for ref, key in zip(refs, asked, strict=True)
        if "document" in found.get(key, {})
    ]


def load_for_reversal(event: Event, now: datetime) -> tuple[Customer, Mapping[str, Reward], dict[LotKey, Decimal]]:
    """The event's customer, the brand's rewards, and what ended unspent of the lots the event granted: one round trip.

    Where such a lot is gone or dead by now it takes one more, after the first: what ends in between changes the
    customer's version, so the decision is refused and made again. A merged customer's lots may have ended under any id.
    """
    customer, brand = load_with_brand(event.brand_id, event.customer_id, now)
    # A lot that is gone may have been spent, or a faster clock saw it end.
    lots = customer.wallet.lots
    ended = [one.key for one in event.granted_lots if one.expires_at and not (one.is_active(now) and one.key in lots)]
    months = {_month(lot) for lot in ended}
    items = get_many([keys.expired_lots(event.brand_id, one, month) for one in customer.ids for month in months])
    expired = {
        lot: sum((Decimal(str(item.get(_short_name(lot), 0))) for item in items.values()), ZERO) for lot in ended
    }
    return customer, catalog_of(brand).rewards, expired


def save_change(change: Change, before: Customer, was: Event | None, *more: Write) -> None:
    """Store what one act changed and what else is given, all of it or nothing; of refusals `more` come first.

    Raises EventChanged if the event is no longer as the decision saw it, WriteConflict if the customer is not.
    """
    customer, entry, event = change.customer, change.record, change.event
    writes: list[Write] = [*more]
    if event and was:
        writes.append(_ending_write(event, was, entry.at))
    writes.append(customer_write(customer, before))
    writes.append(journal_write(customer, entry))
    if event and entry.type is RecordType.EXTENDED:
        writes.append(hold_deadline_write(event))
    writes += _expired_lot_writes(customer, change.expired_amounts)
    writes += budgets.budget_writes(customer.brand_id, change.budget)
    writes += [_offer_noted_write(customer.brand_id, offer) for offer in change.ended_offers]
    writes += [write for record in change.granted_offers for write in offer_writes(customer.brand_id, record)]
    transact(*writes, *lot_deadline_writes(customer, before))


def _ending_write(event: Event, was: Event, now: datetime) -> Write:
    # The decision is restated: still the status and the deadline it saw, and on the same side of that deadline.
    condition = "#status = :was AND #deadline = :seen"
    values: Item = {"was": was.status.value, "seen": _deadline(was)}
    if was.status is EventStatus.PENDING:
        condition += " AND #deadline " + ("<= :now" if event.status is EventStatus.EXPIRED else "> :now")
        values |= {"now": to_digits(now)}
    return update(
        keys.event(event.brand_id, event.event_id),
        "SET #status = :status, #deadline = :deadline, #ending = :ending",
        condition,
        EventChanged(),
        **ending_attributes(event),
        **values,
    )


def hold_deadline_write(event: Event) -> Write:
    """The deadline of the event's hold."""
    assert event.deadline is not None
    return put(keys.hold_deadline(event.brand_id, event.customer_id, event.event_id), {"ttl": to_ttl(event.deadline)})


def _offer_noted_write(brand_id: str, offer: Offer) -> Write:
    place = offer_key(brand_id, offer)
    used_by, recalled = offer.used_by or "", int(offer.recalled and not offer.used_by)
    return update(
        place,
        "SET #used_by = :used_by, #recalled = :recalled",
        "attribute_exists(pk)",
        used_by=used_by,
        recalled=recalled,
    )


def _expired_lot_writes(customer: Customer, changes: Mapping[LotKey, Decimal]) -> list[Write]:
    # Guarded by the customer's version in the same transaction, so no sum can be read by two at once.
    months: dict[str, dict[str, Any]] = {}
    for lot, change in changes.items():
        months.setdefault(_month(lot), {})[_short_name(lot)] = change
    return [
        update(
            keys.expired_lots(customer.brand_id, customer.customer_id, month),
            "ADD " + ", ".join(f"#{name} :{name}" for name in by_name),
            **by_name,
        )
        for month, by_name in months.items()
    ]


def _month(lot: LotKey) -> str:
    return lot.expires_at.strftime("%Y-%m") if lot.expires_at else ""


def _short_name(lot: LotKey) -> str:
    """A short name for a lot: 60 bits, as an expression that names 90 of them may have 4 kB."""
    ends = str(to_millis(lot.expires_at) if lot.expires_at else 0)
    return ids.derived(lot.reward_id, lot.campaign_id or "", ends)[:12]


def event_item(event: Event) -> Item:
    """A new event as an item."""
    return {"status": event.status.value, "deadline": _deadline(event), "document": _EVENT.pack(event)}


def ending_attributes(event: Event) -> Item:
    """What an ending, or an extension, changes of an event's item."""
    return {
        "status": event.status.value,
        "deadline": _deadline(event),
        "ending": _EVENT.pack_part(event, *_ENDING),
    }


def event_in(brand_id: str, event_id: str, item: Item) -> Event:
    """The event in that item."""
    deadline = int(str(item["deadline"]))
    return _EVENT.unpack(
        *(item[part] for part in ("document", "ending") if part in item),
        brand_id=brand_id,
        event_id=event_id,
        status=EventStatus(str(item["status"])),
        deadline=from_digits(deadline) if deadline else None,
    )


def _deadline(event: Event) -> int:
    return to_digits(event.deadline) if event.deadline else 0


def _record(brand_id: str, ref: RecordRef, item: Item) -> Record:
    return event_in(brand_id, ref, item) if isinstance(ref, str) else journal_record_in(ref, item)
