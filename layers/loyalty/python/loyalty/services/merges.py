"""Merges of two customers who turn out to be one person, apart from requests about them: workers merge as well."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, NoReturn

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.merging import Merge, contradicted, fits_in_one, merge, same_person
from loyalty.domain.customers.unmerging import may_merge
from loyalty.domain.program.brands import Brand
from loyalty.store.customers import load_customer, save_merge
from loyalty.store.table import WriteConflict


class PendingMerge(NamedTuple):
    """Two customers who turned out to be one person, and their merge, which is not stored yet."""

    one: Customer
    other: Customer
    merge: Merge


def find_merge(
    brand: Brand, customer: Customer, owners: Mapping[str, str | None], now: datetime
) -> PendingMerge | None:
    """The merge with the owner of the request's identity of the brand's merging channel; None if there is none.

    If the request's other identity belongs to a third customer, the two contradict each other, and nobody is merged;
    nor if one customer's state has no room for both, or if an admin has split the two.
    """
    channel = brand.channel_merging
    other_id = same_person(channel, customer, owners)
    other = load_customer(brand.brand_id, other_id) if other_id else None
    if other is None or other.customer_id in customer.ids or contradicted(channel, customer, other, owners):
        return None
    if not fits_in_one(customer, other) or not may_merge(customer, other):
        return None
    return PendingMerge(customer, other, merge(customer, other, now))


def commit_merge(pending: PendingMerge) -> NoReturn:
    """Store the merge, then raise WriteConflict, so that the request is decided again for the merged customer."""
    # One transaction has both customers and their journal records. After a failure between it and the next attempt they
    # stay merged, as the repeated request finds.
    save_merge(pending.merge, pending.one, pending.other)
    raise WriteConflict
