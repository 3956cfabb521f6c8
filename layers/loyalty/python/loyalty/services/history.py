"""A customer's history, newest first: the records of the journal, the events among them, and their ledger entries."""

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from loyalty import json
from loyalty.domain import ids
from loyalty.domain.customers.customer import Customer, RecordRef
from loyalty.domain.errors import EventNotFoundError
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.lifecycle import shown
from loyalty.domain.events.replay import Record
from loyalty.domain.times import to_millis
from loyalty.domain.wallet.lots import EntryType, LedgerEntry
from loyalty.domain.wallet.update import as_of
from loyalty.services.customers import read_customer
from loyalty.services.paging import Page, decode, invalid_cursor, page_of
from loyalty.store.customers import load_latest_refs
from loyalty.store.events import load_customer_of, load_event, load_records

_MAX_ID_LENGTH = 64
_MAX_NUMBER = 10**10
_SETTLEMENTS = (EntryType.RELEASE, EntryType.EXPIRATION)

HistoryPosition = dict[str, RecordRef]
"""How far the history has been read: the last record read under each id of the customer."""


class HistoryStep(NamedTuple):
    """A journal record, the id of the customer that it is stored under, and the position after it."""

    record: Record
    customer_id: str
    position: HistoryPosition


@dataclass(frozen=True)
class Transaction:
    """A ledger entry, its id, and when it was written."""

    entry_id: str
    entry: LedgerEntry
    at: datetime | None


def read_event(brand_id: str, event_id: str, now: datetime) -> Event:
    """The event as of now, strongly consistent. Raises EventNotFoundError."""
    event = load_event(brand_id, event_id)
    if event is None:
        raise EventNotFoundError("there is no event with this id")
    is_overdue = event.status is EventStatus.PENDING and event.is_expired(now)
    return shown(event, load_customer_of(event), now) if is_overdue else event


def list_events(brand_id: str, customer_id: str, cursor: str | None, limit: int, now: datetime) -> Page[Event]:
    """A page of events as of now, newest first. Raises UserNotFoundError, ValidationError (cursor)."""
    customer = read_customer(brand_id, customer_id)
    list_id = ("events", brand_id, customer_id)
    steps = iter_history(customer, None if cursor is None else decode(cursor, list_id))
    events = ((step.position, shown(step.record, customer, now)) for step in steps if isinstance(step.record, Event))
    return page_of(events, limit, list_id, size=lambda event: len(json.dumps(event.data).encode()))


def list_transactions(
    brand_id: str, customer_id: str, cursor: str | None, limit: int, now: datetime
) -> Page[Transaction]:
    """A page of the customer's ledger, newest first. All pages together add up to `available`.

    They include entries for holds and lots that have expired and are not settled yet. Raises UserNotFoundError,
    ValidationError (cursor).
    """
    customer = read_customer(brand_id, customer_id)
    list_id = ("transactions", brand_id, customer_id)
    if cursor is None:
        return page_of(_transactions(customer, customer.version, "", now), limit, list_id)
    match decode(cursor, list_id):
        case [None, int(version), str(last)] if version is not True and 0 < version <= customer.version:
            return page_of(_transactions(customer, version, last, now), limit, list_id)
        case [str(under), dict(position), int(last)] if last >= 0 and under in position and under in customer.ids:
            return page_of(_transactions_from(customer, under, position, last + 1), limit, list_id)
    raise invalid_cursor()


def iter_history(customer: Customer, after: object = None) -> Iterator[HistoryStep]:
    """The customer's journal records, newest first, or those after a position.

    A merged customer has records under several ids, which are merged by time. Raises ValidationError if the position is
    not one of this customer's history.
    """
    starts = load_latest_refs(customer)
    position: HistoryPosition = {}
    if after is not None:
        position = _checked(customer, after)
        starts |= {under: _record_at(customer, under, ref).previous for under, ref in position.items()}
    histories = [_records_under(customer.brand_id, under, refs) for under, refs in starts.items()]
    for customer_id, record in heapq.merge(*histories, key=lambda pair: _written_at(pair[1]), reverse=True):
        position = {**position, customer_id: record.event_id if isinstance(record, Event) else record.sequence}
        yield HistoryStep(record, customer_id, position)


def _record_at(customer: Customer, customer_id: str, ref: object) -> Record:
    """The record that a cursor names. Raises ValidationError if it is not one of this customer's."""
    if (isinstance(ref, str) and 0 < len(ref) <= _MAX_ID_LENGTH) or (type(ref) is int and 0 < ref < _MAX_NUMBER):
        records = load_records(customer.brand_id, customer_id, [ref])
        if records and (not isinstance(records[0], Event) or records[0].customer_id == customer_id):
            return records[0]
    raise invalid_cursor()


def _records_under(brand_id: str, customer_id: str, refs: Sequence[RecordRef]) -> Iterator[tuple[str, Record]]:
    """These records and all before them. Each names several before it, so a read brings as many."""
    while refs:
        records = load_records(brand_id, customer_id, refs)
        yield from ((customer_id, record) for record in records)
        refs = records[-1].previous if records else ()


def _written_at(record: Record) -> datetime:
    return record.recorded_at if isinstance(record, Event) else record.at


def _checked(customer: Customer, after: object) -> HistoryPosition:
    if isinstance(after, dict) and after and customer.ids.issuperset(after):
        return after
    raise invalid_cursor()


def _transactions(customer: Customer, version: int, last: str, now: datetime) -> Iterator[tuple[Any, Transaction]]:
    """The entries due to be settled, from the one after `last`, then those of the records up to that version.

    An entry that has been settled since the first page was read stays among those due, under the same id, so that it is
    neither skipped nor listed twice.
    """
    due = [(entry, _due_at(customer, entry)) for entry in as_of(customer.wallet, now).entries]
    steps = iter_history(customer)
    older: HistoryStep | None = None
    for step in steps:
        if step.customer_id != customer.customer_id or step.record.sequence <= version:
            older = step
            break
        due += [(entry, _written_at(step.record)) for entry in _settlements(step.record)]
    for due_id, entry, at in sorted(_with_due_ids(due), key=itemgetter(0)):
        if due_id > last:
            yield [None, version, due_id], Transaction(f"due.{due_id}", entry, at)
    for step in chain([older] if older else [], steps):
        yield from _transactions_of(step, 0)


def _transactions_from(
    customer: Customer, under: str, position: dict[str, Any], skip: int
) -> Iterator[tuple[Any, Transaction]]:
    """The entries from the record at that position on, without the first `skip` of that record."""
    yield from _transactions_of(HistoryStep(_record_at(customer, under, position[under]), under, position), skip)
    for step in iter_history(customer, position):
        yield from _transactions_of(step, 0)


def _transactions_of(step: HistoryStep, skip: int) -> Iterator[tuple[Any, Transaction]]:
    record, under, position = step
    # Records are numbered for each id of a merged customer. An entry keeps its id when its customer is merged later.
    ref = record.event_id if isinstance(record, Event) else f"{under}:{record.sequence}"
    for i, entry in enumerate(record.entries[::-1][skip:], skip):
        yield [under, position, i], Transaction(f"{ref}.{i}", entry, _written_at(record))


def _settlements(record: Record) -> Iterator[LedgerEntry]:
    """The entries that may have been due before the record was written; of reversals, those of released holds."""
    for entry in record.entries:
        if entry.type in _SETTLEMENTS or (entry.type is EntryType.REVERSAL and entry.event_id in record.closed_holds):
            yield entry


def _with_due_ids(due: Sequence[tuple[LedgerEntry, datetime | None]]) -> Iterator[tuple[str, LedgerEntry, Any]]:
    """Each entry that is due with an id that it keeps when it is settled: derived from its hold and its lot."""
    same: Counter[tuple[str, ...]] = Counter()
    for entry, at in due:
        lot = entry.lot
        ends = str(to_millis(lot.expires_at) if lot.expires_at else 0)
        name = (entry.type, entry.event_id or "", lot.reward_id, lot.campaign_id or "", ends)
        yield ids.derived(*name, *([str(same[name])] if same[name] else [])), entry, at
        same[name] += 1


def _due_at(customer: Customer, entry: LedgerEntry) -> datetime | None:
    if entry.type is EntryType.EXPIRATION or entry.event_id is None:
        return entry.lot.expires_at
    return customer.wallet.holds[entry.event_id].deadline
