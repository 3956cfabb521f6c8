"""List every line of a customer's ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from loyalty.domain.customers import Customer, Ref
from loyalty.domain.events import Event
from loyalty.domain.journal import Record
from loyalty.domain.wallet import EntryType, Line, as_of
from loyalty.use_cases.paging import Page, decode, not_ours, page_of
from loyalty.use_cases.read_customer import read_customer
from loyalty.use_cases.walking import record_at, walk


@dataclass(frozen=True)
class Posted:
    """A line of the ledger, its id and when it was written."""

    line_id: str
    line: Line
    at: datetime | None


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
        records = walk(customer, customer.chain)
    else:
        record = record_at(customer, first)
        yield from _posted(record, skip)
        records = walk(customer, record.previous)
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
