"""Undoing a merge of two customers who turn out not to be one person."""

from collections.abc import Callable
from datetime import datetime

from loyalty.domain.customers.unmerging import Unmerge, unmerge
from loyalty.domain.errors import NotMergedError
from loyalty.services.customers import read_customer
from loyalty.store.customers import load_merged
from loyalty.store.table import retry_on_conflict
from loyalty.store.unmerging import load_merge, save_unmerge


@retry_on_conflict
def unmerge_customer(
    brand_id: str,
    customer_id: str,
    split_off_id: str,
    reason: str,
    clock: Callable[[], datetime],
    *,
    dry_run: bool = False,
) -> Unmerge:
    """Split a customer off who was merged into this one; `customer_id` is any id of whoever they are now.

    A dry run decides and stores nothing.

    Raises UserNotFoundError, NotMergedError, also if it was done before, and ServiceUnavailable.
    """
    survivor = read_customer(brand_id, customer_id)
    merged = load_merged(survivor)
    absorbed = merged.get(split_off_id)
    if absorbed is None:
        raise NotMergedError(f"customer_id: no customer with this id has been merged into {survivor.customer_id}")
    within = next((one for one in merged.values() if split_off_id in one.merged_ids), None)
    if within:
        # It came to the survivor with the other, and no record says what part of the other's wallet it had brought.
        raise NotMergedError(f"customer_id: was merged into {within.customer_id} before; split that one off first")
    state = load_merge(survivor, absorbed)
    if state is None:
        raise NotMergedError("customer_id: the record of this merge cannot be read")
    split = unmerge(survivor, absorbed, state.record, state.owners, reason, clock())
    if not dry_run:
        # One transaction has both customers and their journal records. A failure before it changed nothing; after it
        # only the response is lost, and the repeated call says that the two are not merged.
        save_unmerge(split, survivor, absorbed)
    return split
