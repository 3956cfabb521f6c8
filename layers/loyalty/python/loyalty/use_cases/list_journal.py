"""List what happened to a customer, newest first: the events, or every line of the ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from loyalty.domain.customers import Customer, Ref
from loyalty.domain.events import Event
from loyalty.domain.journal import Record
from loyalty.domain.wallet import EntryType, Line, as_of
from loyalty.store.customers import load_records
from loyalty.use_cases.paging import Page, decode, not_ours, page_of
from loyalty.use_cases.read_customer import read_customer


@dataclass(frozen=True)
class Posted:
    """A line of the ledger, its id and when it was written."""

    line_id: str
    line: Line
    at: datetime | None


def list_events(brand_id: str, customer_id: str, cursor: str | None, limit: int, now: datetime) -> Page[Event]:
    """The customer's events as of now. Raises UserNotFoundError, ValidationError (cursor)."""
    customer = read_customer(brand_id, customer_id)
    start = customer.chain if cursor is None else _record(customer, decode(cursor)).previous
    events = ((one.event_id, one.as_of(now)) for one in _walk(customer, start) if isinstance(one, Event))
    return page_of(events, limit)


def list_transactions(brand_id: str, customer_id: str, cursor: str | None, limit: int, now: datetime) -> Page[Posted]:
    """The customer's ledger, what is over but not yet settled included: it adds up to `available`.

    Raises UserNotFoundError, ValidationError (cursor).
    """
    customer = read_customer(brand_id, customer_id)
    if cursor is None:
        return page_of(_lines(customer, None, 0, now), limit)
    place = decode(cursor)
    if not isinstance(place, list) or len(place) != 2 or not isinstance(place[1], int) or place[1] < 0:
        raise not_ours()
    return page_of(_lines(customer, place[0], place[1] + 1, now), limit)


def _lines(
    customer: Customer, first: Ref | None, skip: int, now: datetime
) -> Iterator[tuple[tuple[Ref | None, int], Posted]]:
    """Every line from that record on, but the first `skip` of it; no record stands for what is due to be settled."""
    if first is None:
        due = as_of(customer.wallet, now).lines[::-1]
        for i, line in enumerate(due[skip:], skip):
            yield (None, i), Posted(f"due.{i}", line, _due_at(customer, line))
        records = _walk(customer, customer.chain)
    else:
        record = _record(customer, first)
        yield from _posted(record, skip)
        records = _walk(customer, record.previous)
    for record in records:
        yield from _posted(record, 0)


def _posted(record: Record, skip: int) -> Iterator[tuple[tuple[Ref, int], Posted]]:
    ref, at = (record.event_id, record.recorded_at) if isinstance(record, Event) else (record.number, record.at)
    for i, line in enumerate(record.lines[::-1][skip:], skip):
        yield (ref, i), Posted(f"{ref}.{i}", line, at)


def _due_at(customer: Customer, line: Line) -> datetime | None:
    if line.type is EntryType.EXPIRATION or line.event_id is None:
        return line.lot.expires_at
    return customer.wallet.holds[line.event_id].deadline


def _walk(customer: Customer, refs: Sequence[Ref]) -> Iterator[Record]:
    """The records from these back to the first: each names those before it, so a few come with every read."""
    while refs:
        records = load_records(customer.brand_id, customer.customer_id, refs)
        yield from records
        refs = records[-1].previous if records else ()


def _record(customer: Customer, ref: object) -> Record:
    """The record a cursor names, if it is this customer's: no cursor leads into another's history."""
    if (isinstance(ref, str) and 0 < len(ref) < 64 and "#" not in ref) or (
        type(ref) is int and 0 < ref <= customer.version
    ):
        records = load_records(customer.brand_id, customer.customer_id, [ref])
        if records and (not isinstance(records[0], Event) or records[0].customer_id == customer.customer_id):
            return records[0]
    raise not_ours()
