"""Changes of an event after its emit: fulfil, reverse, extend and expire."""

from collections.abc import Callable
from datetime import datetime

from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import EventExpiredError, EventNotFoundError
from loyalty.domain.events import lifecycle
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.lifecycle import Change, HoldNotFound
from loyalty.services.metrics import count_event
from loyalty.store.events import EventChanged, load_customer_of, load_event, load_for_reversal, save_change
from loyalty.store.table import WriteConflict, retry_on_conflict


def fulfil_event(brand_id: str, event_id: str, clock: Callable[[], datetime]) -> Event:
    """Grant what an event in standby would earn; returns the RESOLVED event.

    Raises EventNotFoundError, EventExpiredError, EventCancelledError, EventReversedError, ServiceUnavailable.
    """
    return _change_event(brand_id, event_id, clock, _fulfil)


def reverse_event(brand_id: str, event_id: str, reason: str, clock: Callable[[], datetime]) -> Event:
    """Undo all that an event did, or cancel it if it is PENDING; returns the REVERSED or CANCELLED event.

    Raises EventNotFoundError, EventExpiredError, ServiceUnavailable.
    """

    def decide(event: Event, now: datetime) -> tuple[Customer, Change | None]:
        customer, rewards, expired_unspent = load_for_reversal(event, now)
        allow_negative = {reward_id: reward.allow_negative for reward_id, reward in rewards.items()}
        change = lifecycle.reverse(
            event, customer, now, reason=reason, allow_negative=allow_negative, expired_unspent=expired_unspent
        )
        return customer, change

    return _change_event(brand_id, event_id, clock, decide)


def extend_hold(
    brand_id: str,
    event_id: str,
    clock: Callable[[], datetime],
    *,
    reserve: int | None = None,
    reserve_until: datetime | None = None,
) -> Event:
    """Extend the hold of an event in standby: `reserve` days after the present deadline, or exactly `reserve_until`.

    Raises EventNotFoundError, ValidationError, EventResolvedError, EventExpiredError, EventCancelledError,
    EventReversedError, ServiceUnavailable.
    """

    def decide(event: Event, now: datetime) -> tuple[Customer, Change | None]:
        customer = load_customer_of(event)
        return customer, lifecycle.extend(event, customer, now, reserve=reserve, reserve_until=reserve_until)

    return _change_event(brand_id, event_id, clock, decide)


def expire_event(brand_id: str, event_id: str, clock: Callable[[], datetime]) -> Event:
    """Settle the hold of an event if it has expired; returns the event.

    Raises EventNotFoundError, ServiceUnavailable.
    """
    return _change_event(brand_id, event_id, clock, _expire)


def _fulfil(event: Event, now: datetime) -> tuple[Customer, Change | None]:
    customer = load_customer_of(event)
    return customer, lifecycle.fulfil(event, customer, now)


def _expire(event: Event, now: datetime) -> tuple[Customer, Change | None] | None:
    if event.status is not EventStatus.PENDING:  # saves a read: most holds are fulfilled before their deadline
        return None
    customer = load_customer_of(event)
    return customer, lifecycle.expire(event, customer, now)


@retry_on_conflict
def _change_event(
    brand_id: str,
    event_id: str,
    clock: Callable[[], datetime],
    decide: Callable[[Event, datetime], tuple[Customer, Change | None] | None],
) -> Event:
    """The event after the change; or as it is, if the change was made before."""
    now = clock()
    event = load_event(brand_id, event_id)
    if event is None:
        raise EventNotFoundError("there is no event with this id")
    try:
        decided = decide(event, now)
    except HoldNotFound:
        # A change of status removes the hold in the same transaction. If the event is still PENDING when it is read
        # again, the hold was released because it had expired, by the clock of another function.
        again = load_event(brand_id, event_id)
        if again is not None and again.status is EventStatus.PENDING:
            raise EventExpiredError("the event has expired") from None
        raise WriteConflict from None
    customer, change = decided or (None, None)
    if customer is None or change is None or change.event is None:
        return event.as_of(now)
    try:
        # One transaction changes the event, the customer and the journal. A failure before it changed nothing; after it
        # only the response is lost, and the repeated call finds the event changed.
        save_change(change, customer, event)
    except EventChanged as changed:
        raise WriteConflict from changed
    if change.event.status is not event.status:
        count_event(change.event)
    return change.event
