"""List every line of a customer's ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loyalty.domain.customers import Customer
from loyalty.domain.events import Event
from loyalty.domain.journal import Record
from loyalty.domain.wallet import EntryType, Line, as_of
from loyalty.use_cases.paging import Page, decode, not_ours, page_of
from loyalty.use_cases.read_customer import read_customer
from loyalty.use_cases.walking import record_at, walk

Placed = Iterator[tuple[Any, "Posted"]]


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
        return page_of(_lines(customer, 0, now), limit)
    match decode(cursor):
        case [None, None, int(shown)] if shown >= 0:
            return page_of(_lines(customer, shown + 1, now), limit)
        case [str(under), dict(place), int(shown)] if shown >= 0 and under in place and under in customer.ids:
            return page_of(_lines_from(customer, under, place, shown + 1), limit)
    raise not_ours()


def _lines(customer: Customer, skip: int, now: datetime) -> Placed:
    """What is due to be settled, but the first `skip` of it, and every line from the newest record on."""
    due = as_of(customer.wallet, now).lines[::-1]
    for i, line in enumerate(due[skip:], skip):
        yield [None, None, i], Posted(f"due.{i}", line, _due_at(customer, line))
    for record, under, place in walk(customer):
        yield from _posted(record, under, place, 0)


def _lines_from(customer: Customer, under: str, place: dict[str, Any], skip: int) -> Placed:
    """Every line from the record of that place on, but the first `skip` of it."""
    yield from _posted(record_at(customer, under, place[under]), under, place, skip)
    for record, beneath, further in walk(customer, place):
        yield from _posted(record, beneath, further, 0)


def _posted(record: Record, under: str, place: dict[str, Any], skip: int) -> Placed:
    ref, at = (record.event_id, record.recorded_at) if isinstance(record, Event) else (record.number, record.at)
    for i, line in enumerate(record.lines[::-1][skip:], skip):
        yield [under, place, i], Posted(f"{ref}.{i}", line, at)


def _due_at(customer: Customer, line: Line) -> datetime | None:
    if line.type is EntryType.EXPIRATION or line.event_id is None:
        return line.lot.expires_at
    return customer.wallet.holds[line.event_id].deadline
