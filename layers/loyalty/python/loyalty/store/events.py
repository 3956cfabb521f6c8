"""Events: read by id, and changed in one transaction with the customer and the journal."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from loyalty.domain import ids
from loyalty.domain.customers.customer import Customer, RecordRef
from loyalty.domain.customers.journal import RecordType
from loyalty.domain.events.changes import Change
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.replay import Record
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.money import ZERO
from loyalty.domain.offers import Offer
from loyalty.domain.program.rewards import Reward
from loyalty.domain.times import to_millis
from loyalty.domain.wallet.lots import LotKey
from loyalty.store import budgets, deadlines, keys
from loyalty.store.codec import Document, from_digits, pack, read_kind, to_digits, unpack
from loyalty.store.customers import (
    customer_write,
    deadline_writes,
    journal_record_in,
    journal_write,
    load_customer,
    load_with_program,
)
from loyalty.store.offers import offer_key, offer_writes
from loyalty.store.published import last_program
from loyalty.store.table import (
    MAX_TRANSACTION_WRITES,
    Item,
    Write,
    WriteConflict,
    add,
    amount_in,
    get,
    get_many,
    integer_in,
    put,
    transact,
    update,
)

_EVENT = Document(Event, beside=("brand_id", "event_id", "status", "deadline", "replaced_by"))
_ENDING = ("balances", "ended_at", "resolved_at", "reason", "replaced_tags", "parts")
_RESCUED_ENDING = (*_ENDING, "rescue")


class DuplicateEvent(Exception):
    """The id of the event is taken: the request, or one with the same idempotency key, was recorded before."""


class EventChanged(Exception):
    """The status, the deadline or the parts of the event changed since it was read."""


class Receipt(NamedTuple):
    """The receipt of a change of an event: the event as it was answered, and the request's body as it was sent.

    Once its customer has been erased there is a hash of the body in its stead.
    """

    event: Event
    sent: Mapping[str, Any]
    fingerprint: str | None = None


def load_event(brand_id: str, event_id: str) -> Event | None:
    """The event of that id, or the one that the id links to."""
    item = get(keys.event(brand_id, event_id))
    while item and "event_id" in item:
        event_id = str(item["event_id"])
        item = get(keys.event(brand_id, event_id))
    return event_in(brand_id, event_id, item) if item else None


def load_with_receipt(brand_id: str, event_id: str, idempotency_key: str) -> tuple[Event | None, Receipt | None]:
    """The event of that id, or that the id links to, and the receipt of its change with that idempotency key.

    One round trip, and one more for each link.
    """
    event_key = keys.event(brand_id, event_id)
    receipt_key = keys.receipt(brand_id, event_id, ids.derived(idempotency_key))
    items = get_many([event_key, receipt_key])
    item, receipt = items.get(event_key), items.get(receipt_key)
    if item and "event_id" in item:
        return load_with_receipt(brand_id, str(item["event_id"]), idempotency_key)
    event = event_in(brand_id, event_id, item) if item else None
    if event is None or receipt is None:
        return event, None
    # A receipt may be older than a rescue: then it does not overwrite that, so the event is taken without it.
    ending = {**event_item(event._replace(rescue=None)), **receipt}
    sent = unpack(receipt["sent"])
    return event, Receipt(event_in(brand_id, event.event_id, ending), sent.get("body", {}), sent.get("fingerprint"))


def receipt_write(event: Event, idempotency_key: str, sent: Mapping[str, Any]) -> Write:
    """Write the receipt of a change of the event; WriteConflict if there is one with that key."""
    key = keys.receipt(event.brand_id, event.event_id, ids.derived(idempotency_key))
    receipt = {**ending_attributes(event), "sent": pack({"body": sent})}
    return put(key, receipt, "attribute_not_exists(pk)", WriteConflict())


def load_customer_of(event: Event) -> Customer:
    """The customer of a stored event. There is one: it was stored in the same transaction."""
    customer = load_customer(event.brand_id, event.customer_id)
    assert customer is not None
    return customer


def load_records(brand_id: str, refs: Mapping[str, Sequence[RecordRef]]) -> dict[str, list[Record]]:
    """These records of the journals of several customers, by the customer's id, without any that do not exist.

    A round trip brings MAX_KEYS_PER_READ of them.
    """

    def key(customer_id: str, ref: RecordRef) -> keys.Key:
        return keys.event(brand_id, ref) if isinstance(ref, str) else keys.journal_record(brand_id, customer_id, ref)

    items = get_many([key(customer_id, ref) for customer_id, of_one in refs.items() for ref in of_one])
    return {
        customer_id: [
            event_in(brand_id, ref, item) if isinstance(ref, str) else journal_record_in(ref, item)
            for ref in of_one
            if "document" in (item := items.get(key(customer_id, ref), {}))
        ]
        for customer_id, of_one in refs.items()
    }


def load_for_reversal(event: Event, now: datetime) -> tuple[Customer, Mapping[str, Reward], dict[LotKey, Decimal]]:
    """The event's customer, the brand's rewards, and how much has expired unspent of the lots that the event granted.

    One round trip, and one more if such a lot may have expired. Lots that expire between the two change the version of
    the customer, so that the write fails and the decision is made again.
    """
    customer, program = load_with_program(event.brand_id, event.customer_id, now)
    # A lot that is missing has been spent, or has expired by the clock of another function.
    lots = customer.wallet.lots
    granted = [lot.as_of(now) for lot in event.granted_lots]
    expired = [lot.key for lot in granted if lot.expires_at and (lot.is_expired(now) or lot.key not in lots)]
    months = {_month(lot) for lot in expired}
    # The lots of a merged customer may have expired under any of its ids.
    items = get_many([keys.expired_lots(event.brand_id, id_, month) for id_ in customer.ids for month in months])
    expired_unspent = {
        lot: sum((amount_in(item, _short_name(lot)) for item in items.values()), ZERO) for lot in expired
    }
    return customer, program.catalog.rewards, expired_unspent


def save_change(change: Change, before: Customer, event_before: Event | None, *first: Write) -> None:
    """Store a change in one transaction with the writes in `first`, whose conditions have precedence.

    Raises EventChanged if the event is not as it was before, WriteConflict if the customer is not.
    """
    customer, record, event = change.customer, change.record, change.event
    writes: list[Write] = [*first]
    if event and event_before:
        writes.append(_ending_write(event, event_before, record.at))
    writes.append(customer_write(customer, before))
    writes.append(journal_write(customer, record))
    if event and record.type is RecordType.EXTENDED:
        writes.append(event_deadline_write(event))
    writes += _expired_lot_writes(customer, change.expired_amounts)
    writes += reservation_writes(customer.brand_id, change.budget, event.event_id if event else str(record.sequence))
    writes += [_ended_offer_write(customer.brand_id, offer) for offer in change.ended_offers]
    writes += offer_writes(customer.brand_id, *change.granted_offers)
    settled, room = event.event_id if event else None, MAX_TRANSACTION_WRITES - len(writes)
    transact(*writes, *deadline_writes(customer, before, record.at, room, settled))


def reservation_writes(brand_id: str, budget: BudgetReservation, event_id: str) -> list[Write]:
    """Consume and refund what was decided for an event.

    Refunds are spread over as many shards as this process knows of; one that knows no program takes the first eight,
    which every campaign has.
    """
    program = last_program(brand_id) if budget.refunds else None
    campaigns = program.campaigns if program else {}
    counts = {id_: campaigns[id_].all_shards for id_ in budget.refunds if id_ in campaigns}
    return budgets.budget_writes(brand_id, budget, event_id, counts)


def _ending_write(event: Event, before: Event, now: datetime) -> Write:
    # The condition restates the decision: the same status and deadline, and now is on the same side of the deadline.
    # Another event that has the number of this purchase by now has been paid, or will be, in its stead.
    condition = "#status = :status_before AND #deadline = :deadline_before AND attribute_not_exists(#replaced_by)"
    values: Item = {"status_before": before.status.value, "deadline_before": _deadline(before)}
    # Nor have other parts been taken since: of two that come together, one decides again by what is left.
    if before.parts:
        condition += " AND #parts = :parts_before"
        values |= {"parts_before": len(before.parts)}
    else:
        condition += " AND attribute_not_exists(#parts)"
    also = ""
    if event.parts:
        also, values = ", #parts = :parts", values | {"parts": len(event.parts)}
    if before.status is EventStatus.PENDING:
        condition += " AND #deadline " + ("<= :now" if event.status is EventStatus.EXPIRED else "> :now")
        values |= {"now": to_digits(now)}
    return update(
        keys.event(event.brand_id, event.event_id),
        f"SET #status = :status, #deadline = :deadline, #ending = :ending{also}",
        condition,
        EventChanged(),
        **ending_attributes(event),
        **values,
    )


def event_deadline_write(event: Event) -> Write:
    """Write the deadline of the event's hold."""
    assert event.deadline is not None
    return deadlines.hold_deadline_write(event.brand_id, event.customer_id, event.event_id, event.deadline)


def _ended_offer_write(brand_id: str, offer: Offer) -> Write:
    return update(
        offer_key(brand_id, offer),
        "SET #used_by = :used_by, #recalled = :recalled",
        "attribute_exists(pk)",
        used_by=offer.used_by or "",
        recalled=int(offer.recalled and not offer.used_by),
    )


def _expired_lot_writes(customer: Customer, amounts: Mapping[LotKey, Decimal]) -> list[Write]:
    # They need no condition: the customer's version guards them, in the same transaction.
    months: dict[str, dict[str, Any]] = {}
    for lot, amount in amounts.items():
        months.setdefault(_month(lot), {})[_short_name(lot)] = amount
    return [
        add(keys.expired_lots(customer.brand_id, customer.customer_id, month), by_name)
        for month, by_name in months.items()
    ]


def _month(lot: LotKey) -> str:
    return lot.expires_at.strftime("%Y-%m") if lot.expires_at else ""


def _short_name(lot: LotKey) -> str:
    """A short name for a lot, of 60 bits."""
    ends = str(to_millis(lot.expires_at) if lot.expires_at else 0)
    return ids.derived(lot.reward_id, lot.campaign_id or "", ends)[:12]


def event_item(event: Event) -> Item:
    """A new event as an item."""
    return {"status": event.status.value, "deadline": _deadline(event), "document": _EVENT.pack(event)}


def ending_attributes(event: Event) -> Item:
    """The attributes of an event's item that a change of its status or deadline sets."""
    return {
        "status": event.status.value,
        "deadline": _deadline(event),
        "ending": _EVENT.pack_part(event, *(_RESCUED_ENDING if event.rescue else _ENDING)),
    }


def event_in(brand_id: str, event_id: str, item: Item) -> Event:
    """The event in that item."""
    deadline = integer_in(item, "deadline")
    return _EVENT.unpack(
        *(item[part] for part in ("document", "ending") if part in item),
        brand_id=brand_id,
        event_id=event_id,
        status=read_kind(EventStatus, str(item["status"])),
        deadline=from_digits(deadline) if deadline else None,
        replaced_by=str(item["replaced_by"]) if "replaced_by" in item else None,
    )


def _deadline(event: Event) -> int:
    return to_digits(event.deadline) if event.deadline else 0
