"""Walk a customer's journal, newest first."""

import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from loyalty.domain.customers.customer import Customer, Ref
from loyalty.domain.events.event import Event
from loyalty.domain.events.replay import Record
from loyalty.store.customers import load_chains, load_records
from loyalty.use_cases.paging import not_ours

_LONGEST_ID = 64
_LARGEST_NUMBER = 10**10

Place = dict[str, Ref]
"""How far a walk has come: for each id of the customer, the last record passed."""


class Step(NamedTuple):
    """A record on the way, the id it lies under, and the place to go on from after it."""

    record: Record
    customer_id: str
    place: Place


def walk(customer: Customer, after: object = None) -> Iterator[Step]:
    """The customer's records, newest first, from a place that an earlier walk came to, or from the newest.

    A merged customer's records lie under each of its ids; they are walked side by side. Raises ValidationError if the
    place is not one of this customer's.
    """
    starts = load_chains(customer)
    place: Place = {}
    if after is not None:
        place = _checked(customer, after)
        starts |= {one: record_at(customer, one, ref).previous for one, ref in place.items()}
    paths = [_path(customer.brand_id, one, refs) for one, refs in starts.items()]
    for customer_id, record in heapq.merge(*paths, key=_when, reverse=True):
        place = {**place, customer_id: record.event_id if isinstance(record, Event) else record.number}
        yield Step(record, customer_id, place)


def record_at(customer: Customer, customer_id: str, ref: object) -> Record:
    """The record a cursor names, if it is this customer's: no cursor leads into another's history."""
    if (isinstance(ref, str) and 0 < len(ref) <= _LONGEST_ID) or (type(ref) is int and 0 < ref < _LARGEST_NUMBER):
        records = load_records(customer.brand_id, customer_id, [ref])
        if records and (not isinstance(records[0], Event) or records[0].customer_id == customer_id):
            return records[0]
    raise not_ours()


def _path(brand_id: str, customer_id: str, refs: Sequence[Ref]) -> Iterator[tuple[str, Record]]:
    """The records from these back to the first: each names those before it, so a few come with every read."""
    while refs:
        records = load_records(brand_id, customer_id, refs)
        yield from ((customer_id, record) for record in records)
        refs = records[-1].previous if records else ()


def _when(step: tuple[str, Record]) -> datetime:
    _, record = step
    return record.recorded_at if isinstance(record, Event) else record.at


def _checked(customer: Customer, after: object) -> Place:
    if isinstance(after, dict) and after and customer.ids.issuperset(after):
        return after
    raise not_ours()
