"""Walk a customer's journal, newest first."""

from collections.abc import Iterator, Sequence

from loyalty.domain.customers import Customer, Ref
from loyalty.domain.events import Event
from loyalty.domain.journal import Record
from loyalty.store.customers import load_records
from loyalty.use_cases.paging import not_ours

_LONGEST_ID = 64


def walk(customer: Customer, refs: Sequence[Ref]) -> Iterator[Record]:
    """The records from these back to the first: each names those before it, so a few come with every read."""
    while refs:
        records = load_records(customer.brand_id, customer.customer_id, refs)
        yield from records
        refs = records[-1].previous if records else ()


def record_at(customer: Customer, ref: object) -> Record:
    """The record a cursor names, if it is this customer's: no cursor leads into another's history."""
    if (isinstance(ref, str) and 0 < len(ref) <= _LONGEST_ID) or (type(ref) is int and 0 < ref <= customer.version):
        records = load_records(customer.brand_id, customer.customer_id, [ref])
        if records and (not isinstance(records[0], Event) or records[0].customer_id == customer.customer_id):
            return records[0]
    raise not_ours()
