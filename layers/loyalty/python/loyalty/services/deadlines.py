"""Settle expired holds, offers and lots. It may be done twice, or days late: decisions compare times themselves."""

from collections.abc import Callable
from datetime import datetime

from loyalty.domain.customers.customer import Customer
from loyalty.domain.events import changes
from loyalty.domain.events.changes import Change
from loyalty.sandbox import served, serving
from loyalty.services.lifecycle import expire_event
from loyalty.services.reminders import plan_reminder, remind
from loyalty.store.customers import load_customer
from loyalty.store.deadlines import instant_in, restore
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
    with serving(deadline.brand_id if deadline.instant else None):
        # TTL goes by real time; while an advance is under way, the brand's clock may not have come to this instant.
        sandbox = served()
        if sandbox and (ends_at := instant_in(sk)) > clock():
            restore(sandbox, Key(pk, sk), ends_at)
        else:
            settle(deadline, clock)


def settle(deadline: Deadline, clock: Callable[[], datetime]) -> None:
    """Settle what a deadline is for, if its time has come. Raises EventNotFoundError and ServiceUnavailable."""
    if deadline.is_reminder:
        remind(deadline.brand_id, deadline.customer_id, clock)
    elif deadline.event_id:
        expire_event(deadline.brand_id, deadline.event_id, clock)
    elif deadline.offer_id is not None:
        _settle_offers(deadline.brand_id, deadline.customer_id, clock)
    else:
        _settle_lots(deadline.brand_id, deadline.customer_id, clock)


def settle_customer(customer: Customer, clock: Callable[[], datetime]) -> None:
    """Settle all that is overdue in this state of a customer, whether or not its deadlines ever come.

    Raises EventNotFoundError and ServiceUnavailable; what was settled until then is settled.
    """
    now = clock()
    for event_id, hold in customer.wallet.holds.items():
        if not hold.is_active(now):
            expire_event(customer.brand_id, event_id, clock)
    _settle_lots(customer.brand_id, customer.customer_id, clock)
    _settle_offers(customer.brand_id, customer.customer_id, clock)
    # The brand may have set `remind_before` after the last record of this customer, which would have planned it.
    plan_reminder(customer, now)


def _settle_lots(brand_id: str, customer_id: str, clock: Callable[[], datetime]) -> None:
    while change := _settle(brand_id, customer_id, changes.expire_lots, clock):
        if len(change.expired_amounts) < changes.MAX_EXPIRED_LOTS:
            return


def _settle_offers(brand_id: str, customer_id: str, clock: Callable[[], datetime]) -> None:
    while _settle(brand_id, customer_id, changes.expire_offers, clock):
        pass


@retry_on_conflict
def _settle(
    brand_id: str,
    customer_id: str,
    expire: Callable[[Customer, datetime], Change | None],
    clock: Callable[[], datetime],
) -> Change | None:
    """Settle as much as one transaction takes; None if nothing has expired."""
    customer = load_customer(brand_id, customer_id)
    change = expire(customer, clock()) if customer else None
    if customer and change:
        # One transaction removes an offer from the state and updates its record: whoever reads the state, then the
        # record, finds in one of them which event redeemed it. It also has the deadline of the next lot.
        save_change(change, customer, None)
    return change
