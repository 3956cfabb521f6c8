"""Undoing a merge: both customers and what their merge wrote are read, and the split is one transaction."""

from collections.abc import Mapping
from typing import NamedTuple

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.identities import Identities
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.customers.unmerging import Unmerge
from loyalty.store import keys
from loyalty.store.customers import (
    customer_write,
    journal_record_in,
    journal_write,
    load_owners,
    lot_deadline_writes,
)
from loyalty.store.table import get, get_many, transact, update


class MergedState(NamedTuple):
    """A merged customer as the merge left them, their record of it, and the id that each identity belongs to."""

    absorbed: Customer
    record: JournalRecord
    owners: Mapping[str, str]


def load_merge(survivor: Customer, absorbed: Customer) -> MergedState | None:
    """What the merge of the two left; None if the record of it cannot be read."""
    item = get(keys.journal_record(absorbed.brand_id, absorbed.customer_id, absorbed.version))
    record = journal_record_in(absorbed.version, item) if item else None
    if record is None or record.type is not RecordType.MERGED:
        return None
    owners: dict[str, str] = {}
    for customer in (survivor, absorbed):
        found = load_owners(customer.brand_id, Identities(customer.email, customer.mobile))
        owners |= {key.pk.partition("#BY#")[2]: owner for key, owner in found.items()}
    return MergedState(absorbed, record, owners)


def save_unmerge(split: Unmerge, survivor: Customer, absorbed: Customer) -> None:
    """Store both customers after the split, and a journal record of each.

    Ids that were merged into the split-off customer before answer as that one again, wherever they point now.
    WriteConflict if either customer changed since it was read, so that two calls cannot split the same pair twice.
    """
    came_along = get_many([keys.customer(absorbed.brand_id, one) for one in absorbed.merged_ids])
    points_to = [
        update(key, "SET #merged_into = :into", into=absorbed.customer_id)
        for key, item in came_along.items()
        if item.get("merged_into") != absorbed.customer_id
    ]
    transact(
        customer_write(split.survivor, survivor),
        customer_write(split.split_off, absorbed),
        journal_write(split.survivor, split.survivor_record),
        journal_write(split.split_off, split.split_off_record),
        *points_to,
        *lot_deadline_writes(split.split_off, absorbed),
    )
