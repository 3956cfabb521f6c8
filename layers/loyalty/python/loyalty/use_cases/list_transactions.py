"""List every line of a customer's ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import Any

from loyalty.domain import ids
from loyalty.domain.customers.customer import Customer
from loyalty.domain.events.event import Event
from loyalty.domain.events.replay import Record
from loyalty.domain.times import to_millis
from loyalty.domain.wallet.lots import EntryType, LedgerEntry
from loyalty.domain.wallet.update import as_of
from loyalty.use_cases.paging import Page, decode, not_ours, page_of
from loyalty.use_cases.read_customer import read_customer
from loyalty.use_cases.walking import Step, record_at, walk

_SETTLING = (EntryType.RELEASE, EntryType.EXPIRATION)
Placed = Iterator[tuple[Any, "Posted"]]


@dataclass(frozen=True)
class Posted:
    """A line of the ledger, its id and when it was written."""

    line_id: str
    line: LedgerEntry
    at: datetime | None


def list_transactions(brand_id: str, customer_id: str, cursor: str | None, limit: int, now: datetime) -> Page[Posted]:
    """The customer's ledger, what is over but not yet settled included: it adds up to `available`.

    Raises UserNotFoundError, ValidationError (cursor).
    """
    customer = read_customer(brand_id, customer_id)
    of = ("transactions", brand_id, customer_id)
    if cursor is None:
        return page_of(_lines(customer, customer.version, "", now), limit, of)
    match decode(cursor, of):
        case [None, int(version), str(shown)] if version is not True and 0 < version <= customer.version:
            return page_of(_lines(customer, version, shown, now), limit, of)
        case [str(under), dict(place), int(shown)] if shown >= 0 and under in place and under in customer.ids:
            return page_of(_lines_from(customer, under, place, shown + 1), limit, of)
    raise not_ours()


def _lines(customer: Customer, version: int, shown: str, now: datetime) -> Placed:
    """What is due to be settled, after the one shown last, and every line from that version's record on.

    What has been settled since the first page was read is listed where it stood, as due, and not again as recorded.
    """
    due = [(line, _due_at(customer, line)) for line in as_of(customer.wallet, now).entries]
    steps = walk(customer)
    older: Step | None = None
    for step in steps:
        if step.customer_id != customer.customer_id or step.record.number <= version:
            older = step
            break
        due += [(line, _at(step.record)) for line in step.record.entries if line.type in _SETTLING]
    for name, line, at in sorted(((_name(line), line, at) for line, at in due), key=itemgetter(0)):
        if name > shown:
            yield [None, version, name], Posted(f"due.{name}", line, at)
    for step in chain([older] if older else [], steps):
        yield from _posted(step, 0)


def _lines_from(customer: Customer, under: str, place: dict[str, Any], skip: int) -> Placed:
    """Every line from the record of that place on, but the first `skip` of it."""
    yield from _posted(Step(record_at(customer, under, place[under]), under, place), skip)
    for step in walk(customer, place):
        yield from _posted(step, 0)


def _posted(step: Step, skip: int) -> Placed:
    record, under, place = step
    # Each of a merged customer's ids has counted its own entries; the line keeps its id whoever it belongs to later.
    ref = record.event_id if isinstance(record, Event) else f"{under}:{record.number}"
    for i, line in enumerate(record.entries[::-1][skip:], skip):
        yield [under, place, i], Posted(f"{ref}.{i}", line, _at(record))


def _at(record: Record) -> datetime:
    return record.recorded_at if isinstance(record, Event) else record.at


def _name(line: LedgerEntry) -> str:
    """A name that a due line keeps when it is settled: its hold, and its lot."""
    lot = line.lot
    ends = to_millis(lot.expires_at) if lot.expires_at else 0
    return ids.derived(line.type, line.event_id or "", lot.reward_id, lot.campaign_id or "", str(ends))


def _due_at(customer: Customer, line: LedgerEntry) -> datetime | None:
    if line.type is EntryType.EXPIRATION or line.event_id is None:
        return line.lot.expires_at
    return customer.wallet.holds[line.event_id].deadline
