"""Settle what a deadline was about: a hold, an offer, or the lots of a customer. Harmless twice, and days late."""

from collections.abc import Callable
from datetime import datetime

from loyalty.domain.events import lifecycle
from loyalty.services.lifecycle import expire_event
from loyalty.store.customers import load_customer
from loyalty.store.events import save_change
from loyalty.store.keys import Key, read_deadline
from loyalty.store.table import retry_on_conflict


def settle_expired(pk: str, sk: str, clock: Callable[[], datetime]) -> None:
    """Settle what the removed item with that key was about, if its time is really over: only comparing times decides.

    Delivered again, it finds nothing left to do. Raises EventNotFoundError for an event that never was, and
    ServiceUnavailable; the stream then delivers it again.
    """
    deadline = read_deadline(Key(pk, sk))
    if deadline is None:
        return
    if deadline.event_id:
        expire_event(deadline.brand_id, deadline.event_id, clock)
        return
    expire = _expire_offers if deadline.offer_id else _expire_lots
    while expire(deadline.brand_id, deadline.customer_id, clock):
        pass


@retry_on_conflict
def _expire_offers(brand_id: str, customer_id: str, clock: Callable[[], datetime]) -> bool:
    """Let offers past their end leave the customer's state; whether more may be left."""
    customer = load_customer(brand_id, customer_id)
    change = lifecycle.expire_offers(customer, clock()) if customer else None
    if customer is None or change is None:
        return False
    # The offer leaves the state and its record says who redeemed it, in one transaction: whoever reads first the one
    # and then the other sees it redeemed.
    save_change(change, customer, None)
    return True


@retry_on_conflict
def _expire_lots(brand_id: str, customer_id: str, clock: Callable[[], datetime]) -> bool:
    """Let lots past their end leave the wallet, as many as one transaction takes; whether more may be left."""
    customer = load_customer(brand_id, customer_id)
    change = lifecycle.expire_lots(customer, clock()) if customer else None
    if customer is None or change is None:
        return False
    # The next deadline is set in the same transaction: no lot is ever without one.
    save_change(change, customer, None)
    return len(change.expired_amounts) >= lifecycle.MAX_EXPIRED_LOTS
