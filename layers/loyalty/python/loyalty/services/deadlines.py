"""Settle expired holds, offers and lots. It may be done twice, or days late: decisions compare times themselves."""

from collections.abc import Callable
from datetime import datetime

from loyalty.domain.customers.customer import Customer
from loyalty.domain.events import lifecycle
from loyalty.domain.events.lifecycle import Change
from loyalty.services.lifecycle import expire_event
from loyalty.store.customers import load_customer
from loyalty.store.events import save_change
from loyalty.store.keys import Deadline, Key, read_deadline
from loyalty.store.table import retry_on_conflict


def settle_expired(pk: str, sk: str, clock: Callable[[], datetime]) -> None:
    """Settle what a deleted deadline item was for, if its time has come; the decision compares times itself.

    Raises EventNotFoundError if there is no such event, and ServiceUnavailable; the stream then delivers the key again.
    """
    deadline = read_deadline(Key(pk, sk))
    if deadline is None:
        return
    if deadline.event_id:
        expire_event(deadline.brand_id, deadline.event_id, clock)
        return
    if deadline.offer_id:
        while _settle(deadline, lifecycle.expire_offers, clock):
            pass
        return
    while change := _settle(deadline, lifecycle.expire_lots, clock):
        if len(change.expired_amounts) < lifecycle.MAX_EXPIRED_LOTS:
            return


@retry_on_conflict
def _settle(
    deadline: Deadline, expire: Callable[[Customer, datetime], Change | None], clock: Callable[[], datetime]
) -> Change | None:
    """Settle as much as one transaction takes; None if nothing has expired."""
    customer = load_customer(deadline.brand_id, deadline.customer_id)
    change = expire(customer, clock()) if customer else None
    if customer and change:
        # One transaction removes an offer from the state and updates its record: whoever reads the state, then the
        # record, finds in one of them which event redeemed it. It also has the deadline of the next lot.
        save_change(change, customer, None)
    return change
