"""Settle what a deadline was about: a hold, an offer, or the lots of a customer. Harmless twice, and days late."""

from collections.abc import Callable
from datetime import datetime

from loyalty.domain.events import lifecycle
from loyalty.domain.events.event import Event, Status
from loyalty.store.customers import load_customer, load_known_customer, save_change
from loyalty.store.keys import Deadline, Key, read_deadline
from loyalty.store.table import WriteConflict, attempts
from loyalty.use_cases.changing import Decided, change_event


def settle_expired(pk: str, sk: str, clock: Callable[[], datetime]) -> Event | None:
    """Settle what the removed item with that key was about, if its time is really over: only comparing times decides.

    The event that expired with it, if one did; delivered again, it finds nothing left to do. Raises EventNotFoundError
    for an event that never was, and ServiceUnavailable; the stream then delivers it again.
    """
    deadline = read_deadline(Key(pk, sk))
    if deadline and deadline.event_id:
        ended = change_event(deadline.brand_id, deadline.event_id, clock, _expire)
        return ended.event if ended.changed else None
    if deadline and deadline.offer_id:
        _expire_offers(deadline, clock)
    elif deadline:
        _expire_lots(deadline, clock)
    return None


def _expire(event: Event, now: datetime) -> Decided | None:
    if event.status is not Status.PENDING:  # most holds are fulfilled long before their deadline
        return None
    customer = load_known_customer(event)
    return Decided(customer, lifecycle.expire(event, customer, now))


def _expire_offers(deadline: Deadline, clock: Callable[[], datetime]) -> None:
    for _ in attempts():
        customer = load_customer(deadline.brand_id, deadline.customer_id)
        change = lifecycle.expire_offers(customer, clock()) if customer else None
        if customer is None or change is None:
            return
        try:
            # The offer leaves the state and its record says who redeemed it, in one transaction: whoever reads first
            # the one and then the other sees it redeemed.
            save_change(change, customer, None)
        except WriteConflict:
            continue


def _expire_lots(deadline: Deadline, clock: Callable[[], datetime]) -> None:
    for _ in attempts():
        customer = load_customer(deadline.brand_id, deadline.customer_id)
        change = lifecycle.expire_lots(customer, clock()) if customer else None
        if customer is None or change is None:
            return
        try:
            # The next alarm is set in the same transaction: no lot is ever without one.
            save_change(change, customer, None)
        except WriteConflict:
            continue
        if len(change.expired) < lifecycle.MAX_LOTS_AT_ONCE:
            return
