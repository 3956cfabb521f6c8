"""Changes of an event after its emit: fulfil, reverse, extend and expire."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import EventExpiredError, EventNotFoundError
from loyalty.domain.events import lifecycle
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.lifecycle import Change, HoldNotFound
from loyalty.services.idempotency import mismatch
from loyalty.services.metrics import count_event
from loyalty.store.events import (
    EventChanged,
    extension_write,
    load_customer_of,
    load_event,
    load_extension,
    load_for_reversal,
    save_change,
)
from loyalty.store.table import Write, WriteConflict, retry_on_conflict, transact

Decide = Callable[[Event, datetime], tuple[Customer, Change | None] | None]


class Extended(NamedTuple):
    """The event, and whether it is the first answer to an earlier call."""

    event: Event
    replayed: bool = False


def event_now(event: Event, now: datetime) -> Event:
    """The event as it is shown now. Its customer is read only if its hold has expired and is not settled yet."""
    is_overdue = event.status is EventStatus.PENDING and event.is_expired(now)
    return lifecycle.event_as_of(event, load_customer_of(event), now) if is_overdue else event


def fulfil_event(brand_id: str, event_id: str, clock: Callable[[], datetime], *, dry_run: bool = False) -> Event:
    """Grant what an event in standby would earn; returns the RESOLVED event. A dry run stores nothing.

    Raises EventNotFoundError, EventExpiredError, EventCancelledError, EventReversedError, ServiceUnavailable.
    """
    return _change_event(brand_id, event_id, clock, _fulfil, dry_run=dry_run)


def reverse_event(
    brand_id: str, event_id: str, reason: str, clock: Callable[[], datetime], *, dry_run: bool = False
) -> Event:
    """Undo all that an event did, or cancel it if it is PENDING; returns the REVERSED or CANCELLED event.

    A dry run stores nothing. Raises EventNotFoundError, EventExpiredError, ServiceUnavailable.
    """

    def decide(event: Event, now: datetime) -> tuple[Customer, Change | None]:
        customer, rewards, expired_unspent = load_for_reversal(event, now)
        allow_negative = {reward_id: reward.allow_negative for reward_id, reward in rewards.items()}
        change = lifecycle.reverse(
            event, customer, now, reason=reason, allow_negative=allow_negative, expired_unspent=expired_unspent
        )
        return customer, change

    return _change_event(brand_id, event_id, clock, decide, dry_run=dry_run)


@retry_on_conflict
def extend_hold(
    brand_id: str,
    event_id: str,
    clock: Callable[[], datetime],
    *,
    reserve: int | None = None,
    reserve_until: datetime | None = None,
    key: str | None = None,
    sent: Mapping[str, Any] | None = None,
    dry_run: bool = False,
) -> Extended:
    """Extend the hold of an event in standby: `reserve` days after the present deadline, or exactly `reserve_until`.

    A call with an idempotency key gets its first answer whenever it is repeated with the same body as it was `sent`. A
    dry run stores nothing.

    Raises EventNotFoundError, ValidationError, EventResolvedError, EventExpiredError, EventCancelledError,
    EventReversedError, IdempotencyMismatchError, ServiceUnavailable.
    """
    body = {name: value for name, value in (sent or {}).items() if name != "idempotencyKey"}
    first = load_extension(brand_id, event_id, key) if key else None
    if first:
        if first.sent != body:
            raise mismatch("Idempotency-Key", "another extension needs a key of its own", first.sent, body)
        return Extended(first.event, replayed=True)

    def decide(event: Event, now: datetime) -> tuple[Customer, Change | None]:
        customer = load_customer_of(event)
        return customer, lifecycle.extend(event, customer, now, reserve=reserve, reserve_until=reserve_until)

    # The receipt of the key is written in the transaction that moves the deadline: no failure leaves one without the
    # other. If the deadline is there already, it is written alone.
    def receipt_of(event: Event) -> list[Write]:
        return [extension_write(event, key, body)] if key else []

    return Extended(_change_once(brand_id, event_id, clock, decide, dry_run=dry_run, receipt_of=receipt_of))


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
    brand_id: str, event_id: str, clock: Callable[[], datetime], decide: Decide, *, dry_run: bool = False
) -> Event:
    """The event after the change; or as it is, if the change was made before."""
    return _change_once(brand_id, event_id, clock, decide, dry_run=dry_run)


def _change_once(
    brand_id: str,
    event_id: str,
    clock: Callable[[], datetime],
    decide: Decide,
    *,
    dry_run: bool,
    receipt_of: Callable[[Event], list[Write]] = lambda _: [],
) -> Event:
    """One attempt to change the event, with the receipt of the call if it has one. Raises WriteConflict."""
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
        if not dry_run and (receipt := receipt_of(event)):
            transact(*receipt)
        return event.as_of(now) if customer is None else lifecycle.event_as_of(event, customer, now)
    if dry_run:
        return change.event
    try:
        # One transaction changes the event, the customer and the journal. A failure before it changed nothing; after it
        # only the response is lost, and the repeated call finds the event changed.
        save_change(change, customer, event, *receipt_of(change.event))
    except EventChanged as changed:
        raise WriteConflict from changed
    if change.event.status is not event.status:
        count_event(change.event, now)
    return change.event
