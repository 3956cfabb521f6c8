"""What each record of the journal is announced as. A message is made from its record alone, so it never changes.

A record leads to one message for each thing that it says: an event that was stored and earned points is two of them,
and one more if it made the customer known. Messages about a customer have the `sequence` of their record in the journal
of that customer, so a receiver can put them in order. They have no personal data but the customer's id.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from loyalty.domain import ids
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.events.event import Event
from loyalty.domain.feed.reminders import Reminder
from loyalty.domain.money import ZERO, normalize, total
from loyalty.domain.offers import Offer
from loyalty.domain.times import format_instant
from loyalty.domain.wallet.lots import EntryType, LedgerEntry, Lot

MAX_ENTRIES = 100
"""How many entries a message lists; what is more is in its totals."""


class MessageType(StrEnum):
    """What a message is about; also its detail type on the bus."""

    EVENT_STORED = "event.stored"
    EVENT_RESOLVED = "event.resolved"
    EVENT_CANCELLED = "event.cancelled"
    EVENT_EXPIRED = "event.expired"
    EVENT_EXTENDED = "event.extended"
    EVENT_PART_REVERSED = "event.part_reversed"
    EVENT_REVERSED = "event.reversed"
    POINTS_GRANTED = "points.granted"
    POINTS_VESTED = "points.vested"
    POINTS_RESERVED = "points.reserved"
    POINTS_RELEASED = "points.released"
    POINTS_SPENT = "points.spent"
    POINTS_DEDUCTED = "points.deducted"
    POINTS_REVERSED = "points.reversed"
    POINTS_EXPIRED = "points.expired"
    POINTS_EXPIRING = "points.expiring"
    OFFER_ASSIGNED = "offer.assigned"
    OFFER_REDEEMED = "offer.redeemed"
    OFFER_EXPIRED = "offer.expired"
    BUDGET_SPENT = "campaign.budget_spent"
    CUSTOMER_CREATED = "customer.created"
    CUSTOMER_MERGED = "customer.merged"
    CUSTOMER_UNMERGED = "customer.unmerged"
    CUSTOMER_ERASED = "customer.erased"


class Message(NamedTuple):
    """One thing that happened: `id` is the same whenever it is made again, and so is all else."""

    id: str
    type: str
    brand_id: str
    customer_id: str
    at: datetime
    data: Mapping[str, Any]

    @property
    def payload(self) -> dict[str, Any]:
        """What receivers get, in the form that Standard Webhooks proposes."""
        return {"type": self.type, "timestamp": format_instant(self.at), "data": self.data}


class FeedRecord(NamedTuple):
    """A journal record with the customer whose journal it is in, and the event that it is about, if it is about one.

    One that `is_moved` lies under the pseudonym of an erased customer. It is not announced: that was done before.
    """

    brand_id: str
    customer_id: str
    record: Event | JournalRecord
    event: Event | None = None
    is_moved: bool = False


class FeedReminder(NamedTuple):
    """A reminder with the customer whom it is about."""

    brand_id: str
    customer_id: str
    reminder: Reminder


class SpentBudget(NamedTuple):
    """That nothing is left of a campaign's `budget`, or of the number of `times` that it rewards; immutable."""

    at: datetime
    budget: Decimal = ZERO
    times: int = 0


def message_of_spent_budget(brand_id: str, campaign_id: str, spent: SpentBudget) -> Message:
    """The message about a campaign, which is about no customer."""
    type_ = MessageType.BUDGET_SPENT
    id_ = f"msg_{ids.derived('message', brand_id, campaign_id, f'{spent.budget:f}', str(spent.times), type_)}"
    limits = {"budget": spent.budget or None, "times": spent.times or None}
    return Message(
        id_, type_.value, brand_id, "", spent.at, {"brand_id": brand_id, "campaign_id": campaign_id, **limits}
    )


def message_of_reminder(found: FeedReminder) -> Message:
    """The message of a reminder."""
    reminder = found.reminder
    ends = format_instant(reminder.expires_at)
    type_ = MessageType.POINTS_EXPIRING
    entries = [LedgerEntry(EntryType.EXPIRATION, lot) for lot in reminder.lots]
    data = {"brand_id": found.brand_id, "customer_id": found.customer_id, "expiration_date": ends, **_sums(entries)}
    id_ = f"msg_{ids.derived('message', found.brand_id, found.customer_id, ends, type_)}"
    return Message(id_, type_.value, found.brand_id, found.customer_id, reminder.at, data)


_OF_EVENTS = {
    RecordType.FULFILLED: MessageType.EVENT_RESOLVED,
    RecordType.RESCUED: MessageType.EVENT_RESOLVED,
    RecordType.CANCELLED: MessageType.EVENT_CANCELLED,
    RecordType.EXPIRED: MessageType.EVENT_EXPIRED,
    RecordType.EXTENDED: MessageType.EVENT_EXTENDED,
    RecordType.PART_REVERSED: MessageType.EVENT_PART_REVERSED,
    RecordType.REVERSED: MessageType.EVENT_REVERSED,
}
_OF_MERGES = {
    RecordType.MERGED: (MessageType.CUSTOMER_MERGED, "merged_customer_id"),
    RecordType.UNMERGED: (MessageType.CUSTOMER_UNMERGED, "unmerged_customer_id"),
}
_OF_ENTRIES = {
    EntryType.ACCUMULATION: MessageType.POINTS_GRANTED,
    EntryType.EXPIRATION: MessageType.POINTS_EXPIRED,
    EntryType.REVERSAL: MessageType.POINTS_REVERSED,
    EntryType.RELEASE: MessageType.POINTS_RELEASED,
}
_WITH_OFFERS = (RecordType.FULFILLED, RecordType.RESCUED, RecordType.OFFER_ASSIGNED)


def messages_of(found: FeedRecord) -> list[Message]:
    """The messages of a record, in the order in which they are announced.

    None for records of an erased customer that were moved. An event that was imported as history is not announced, only
    what had come due by then: points that had vested, and those of holds that were over.
    """
    record = found.record
    if found.is_moved:
        return []
    messages = list(_of_event(record) if isinstance(record, Event) else _of_record(found, record))
    at = record.recorded_at if isinstance(record, Event) else record.at
    return [
        Message(
            # Without a dot: what is signed is the id, the time and the payload with dots between them.
            f"msg_{ids.derived('message', found.brand_id, found.customer_id, str(record.sequence), type_)}",
            type_.value,
            found.brand_id,
            found.customer_id,
            at,
            {
                "brand_id": found.brand_id,
                "customer_id": found.customer_id,
                "sequence": record.sequence,
                **{name: value for name, value in data.items() if value is not None},
            },
        )
        for type_, data in messages
    ]


def _of_event(event: Event) -> Iterator[tuple[MessageType, dict[str, Any]]]:
    """What an emit is announced as; what happened to the event later has records of its own."""
    if event.history:
        yield from _of_vested(event.vested)
        yield from _of_points(entry for entry in event.entries if entry.event_id != event.event_id)
        return
    if event.sequence == 1:
        yield MessageType.CUSTOMER_CREATED, {}
    yield from _of_vested(event.vested)
    summary = _summary(event)
    held = event.standby
    until = format_instant(event.first_deadline) if event.first_deadline else None
    status = {"status": "PENDING" if held else "RESOLVED", "reservation_expires_at": until}
    yield MessageType.EVENT_STORED, {**summary, **status}
    if not held:
        yield MessageType.EVENT_RESOLVED, summary
    yield from _of_points(event.entries, event_id=event.event_id)
    if not held:
        yield from _of_offers(MessageType.OFFER_REDEEMED, event.redeemed_offers, event.event_id)
        yield from _of_offers(MessageType.OFFER_ASSIGNED, event.new_offers, event.event_id)


def _of_record(found: FeedRecord, record: JournalRecord) -> Iterator[tuple[MessageType, dict[str, Any]]]:
    type_, event_id = record.type, record.event_id
    if type_ is RecordType.ERASED:  # under the pseudonym, whose journal it is in
        yield MessageType.CUSTOMER_ERASED, {"trace_id": record.trace_id}
        return
    if record.announced and record.sequence == 1:
        yield MessageType.CUSTOMER_CREATED, {}
    if type_ in _OF_EVENTS:
        until = format_instant(record.deadline) if record.deadline else None
        rescued = {"rescued": True, "reason": record.reason} if type_ is RecordType.RESCUED else {}
        yield _OF_EVENTS[type_], {"event_id": event_id, "reservation_expires_at": until, **rescued}
    if type_ in _OF_MERGES and record.other:
        message, name = _OF_MERGES[type_]
        yield message, {name: record.other}
    yield from _of_vested(record.vested)
    if type_.name in RecordType.__members__:
        source = {"source": record.source, "reference": record.reference, "trace_id": record.trace_id}
        entries = [entry for entry in record.entries if entry.type is not EntryType.MIGRATION or record.announced]
        yield from _of_points([*entries, *redemptions_of_fulfilment(found)], event_id=event_id, **source)
    if found.event and type_ in (RecordType.FULFILLED, RecordType.RESCUED):
        yield from _of_offers(MessageType.OFFER_REDEEMED, found.event.redeemed_offers, event_id)
    if type_ in _WITH_OFFERS:
        yield from _of_offers(MessageType.OFFER_ASSIGNED, record.updated_offers, event_id)
    if record.expired_offers:
        yield MessageType.OFFER_EXPIRED, {"offers": [{"offer_id": one} for one in record.expired_offers]}


def _of_vested(lots: Sequence[Lot]) -> Iterator[tuple[MessageType, dict[str, Any]]]:
    if lots:
        yield MessageType.POINTS_VESTED, _sums([LedgerEntry(EntryType.ACCUMULATION, lot) for lot in lots])


def redemptions_of_fulfilment(found: FeedRecord) -> Iterator[LedgerEntry]:
    """What a fulfilment spends of what its hold had reserved, as entries.

    The ledger has no such entries: its REDEMPTION entries are from the emit, with `reserved` set.
    """
    record, event = found.record, found.event
    if event is None or not isinstance(record, JournalRecord) or record.type is not RecordType.FULFILLED:
        return
    released: dict[Any, Decimal] = {}
    for entry in record.entries:
        if entry.type is EntryType.RELEASE and entry.event_id == event.event_id:
            released[entry.lot.key] = released.get(entry.lot.key, ZERO) + entry.amount
    for lot in event.first_redeemed_lots:
        back = min(released.get(lot.key, ZERO), lot.amount)
        released[lot.key] = released.get(lot.key, ZERO) - back
        if lot.amount != back:
            spent = lot._replace(amount=normalize(back - lot.amount))
            yield LedgerEntry(EntryType.REDEMPTION, spent, event.event_id)


def _of_points(entries: Iterable[LedgerEntry], **more: Any) -> Iterator[tuple[MessageType, dict[str, Any]]]:
    by_type: dict[MessageType, list[LedgerEntry]] = {}
    for entry in entries:
        message = _type_of(entry)
        if message and entry.amount:
            by_type.setdefault(message, []).append(entry)
    for message in MessageType:
        if found := by_type.get(message):
            yield message, {**more, **_sums(found)}


def _sums(entries: Sequence[LedgerEntry]) -> dict[str, Any]:
    """Entries, as many as a message lists, and their sums by reward."""
    rewards = dict.fromkeys(entry.lot.reward_id for entry in entries)
    left_out = len(entries) - MAX_ENTRIES
    return {
        "totals": [
            {"reward_id": one, "amount": total(entry.amount for entry in entries if entry.lot.reward_id == one)}
            for one in rewards
        ],
        "entries": [_entry(entry) for entry in entries[:MAX_ENTRIES]],
        **({"entries_left_out": left_out} if left_out > 0 else {}),
    }


def _type_of(entry: LedgerEntry) -> MessageType | None:
    """What an entry is announced as; None for transfers, and for what only the next release knows."""
    if entry.type is EntryType.REDEMPTION:
        return MessageType.POINTS_RESERVED if entry.reserved else MessageType.POINTS_SPENT
    if entry.type in (EntryType.ADJUSTMENT, EntryType.MIGRATION):
        return MessageType.POINTS_GRANTED if entry.amount > 0 else MessageType.POINTS_DEDUCTED
    return _OF_ENTRIES.get(entry.type)


def _of_offers(
    type_: MessageType, offers: Iterable[Offer], event_id: str | None
) -> Iterator[tuple[MessageType, dict[str, Any]]]:
    if shown := [_offer(offer) for offer in offers]:
        yield type_, {"event_id": event_id, "offers": shown}


def _summary(event: Event) -> dict[str, Any]:
    order = event.data.get("order")
    numbers = {name: order.get(name) for name in ("purchase_id", "store_id")} if isinstance(order, Mapping) else {}
    return {
        "event_id": event.event_id,
        "type": event.type,
        **{name: value for name, value in numbers.items() if value},
        "issued_at": format_instant(event.issued_at),
        "evaluated": event.evaluated,
        "rewarding_campaigns": list(event.campaign_ids),
    }


def _entry(entry: LedgerEntry) -> dict[str, Any]:
    lot: Lot = entry.lot
    return {
        "reward_id": lot.reward_id,
        "amount": entry.amount,
        "campaign_id": lot.campaign_id,
        "expiration_date": format_instant(lot.expires_at) if lot.expires_at else None,
        **({"available_from": format_instant(lot.available_from)} if lot.available_from else {}),
        **({"event_id": entry.event_id} if entry.event_id else {}),
    }


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "offer_id": offer.offer_id,
        "config_id": offer.config_id,
        "starts_at": format_instant(offer.starts_at),
        "ends_at": format_instant(offer.ends_at),
    }
