"""Changes of an event after its emit: fulfil, reverse, extend and expire."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import EventExpiredError, EventNotFoundError
from loyalty.domain.events import lifecycle
from loyalty.domain.events.changes import Change
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.lifecycle import HoldNotFound
from loyalty.domain.events.returns import Shipped, WantedPart
from loyalty.domain.limits.usage import NOTHING
from loyalty.services.idempotency import fingerprint_of, mismatch
from loyalty.services.metrics import count_event
from loyalty.store.events import (
    EventChanged,
    load_customer_of,
    load_event,
    load_for_reversal,
    load_with_receipt,
    receipt_write,
    save_change,
)
from loyalty.store.table import Write, WriteConflict, retry_on_conflict, transact

Decide = Callable[[Event, datetime], tuple[Customer, Change | None] | None]


class Changed(NamedTuple):
    """The event, and whether it is the first answer to an earlier call."""

    event: Event
    replayed: bool = False


@retry_on_conflict
def fulfil_event(
    brand_id: str,
    event_id: str,
    clock: Callable[[], datetime],
    *,
    shipped: Shipped | None = None,
    key: str | None = None,
    sent: Mapping[str, Any] | None = None,
    dry_run: bool = False,
) -> Changed:
    """Grant what an event in standby would earn, or what has `shipped` of it; returns the RESOLVED event.

    A part with an idempotency key gets its first answer whenever it is repeated with the same body as it was `sent`. A
    dry run stores nothing.

    Raises EventNotFoundError, EventExpiredError, EventCancelledError, EventReversedError, ServiceUnavailable,
    IdempotencyMismatchError; of a part also ValidationError, EventResolvedError, MoreThanLeftError.
    """

    def decide(event: Event, now: datetime) -> tuple[Customer, Change | None]:
        customer = load_customer_of(event)
        return customer, lifecycle.fulfil(event, customer, now, shipped)

    call = _Call(brand_id, event_id, key, _body(sent), has_receipt=shipped is not None)
    return _change_once(call, clock, decide, dry_run=dry_run)


@retry_on_conflict
def reverse_event(
    brand_id: str,
    event_id: str,
    reason: str,
    clock: Callable[[], datetime],
    *,
    part: WantedPart | None = None,
    key: str | None = None,
    sent: Mapping[str, Any] | None = None,
    dry_run: bool = False,
) -> Changed:
    """Undo all that an event did, or what a `part` of its order did, or cancel it if it is PENDING; returns the event.

    A part with an idempotency key gets its first answer whenever it is repeated with the same body as it was `sent`; a
    whole event is undone once anyway. A dry run stores nothing.

    Raises EventNotFoundError, EventExpiredError, IdempotencyMismatchError, ServiceUnavailable; of a part also
    ValidationError, EventCancelledError, EventReversedError, MoreThanLeftError, TooManyPartsError.
    """

    def decide(event: Event, now: datetime) -> tuple[Customer, Change | None]:
        customer, rewards, expired_unspent = load_for_reversal(event, now)
        change = lifecycle.reverse(
            event,
            customer,
            now,
            reason=reason,
            allow_negative={reward_id: reward.allow_negative for reward_id, reward in rewards.items()},
            expired_unspent=expired_unspent,
            wanted=part,
        )
        return customer, change

    call = _Call(brand_id, event_id, key, _body(sent), has_receipt=part is not None)
    return _change_once(call, clock, decide, dry_run=dry_run)


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
) -> Changed:
    """Extend the hold of an event in standby: `reserve` days after the present deadline, or exactly `reserve_until`.

    A call with an idempotency key gets its first answer whenever it is repeated with the same body as it was `sent`. A
    dry run stores nothing.

    Raises EventNotFoundError, ValidationError, EventResolvedError, EventExpiredError, EventCancelledError,
    EventReversedError, IdempotencyMismatchError, ServiceUnavailable.
    """

    def decide(event: Event, now: datetime) -> tuple[Customer, Change | None]:
        customer = load_customer_of(event)
        return customer, lifecycle.extend(event, customer, now, reserve=reserve, reserve_until=reserve_until)

    return _change_once(_Call(brand_id, event_id, key, _body(sent)), clock, decide, dry_run=dry_run)


def expire_event(brand_id: str, event_id: str, clock: Callable[[], datetime]) -> Event:
    """Settle the hold of an event if it has expired; returns the event.

    Raises EventNotFoundError, ServiceUnavailable.
    """
    return change_event(brand_id, event_id, clock, _expire)


def _expire(event: Event, now: datetime) -> tuple[Customer, Change | None] | None:
    if event.status is not EventStatus.PENDING:  # saves a read: most holds are fulfilled before their deadline
        return None
    customer = load_customer_of(event)
    return customer, lifecycle.expire(event, customer, now)


@retry_on_conflict
def change_event(
    brand_id: str, event_id: str, clock: Callable[[], datetime], decide: Decide, *, dry_run: bool = False
) -> Event:
    """The event after the change, or unchanged if the change was made before."""
    return _change_once(_Call(brand_id, event_id), clock, decide, dry_run=dry_run).event


class _Call(NamedTuple):
    """A call about an event, with its idempotency key and body; `has_receipt` if the key is to be remembered."""

    brand_id: str
    event_id: str
    key: str | None = None
    body: Mapping[str, Any] = NOTHING
    has_receipt: bool = True

    def load(self) -> tuple[Event, Event | None]:
        """The event, and the first answer to an earlier call with the key. One round trip.

        Raises EventNotFoundError, and IdempotencyMismatchError if that call had another body.
        """
        event, first = (
            load_with_receipt(self.brand_id, self.event_id, self.key)
            if self.key
            else (load_event(self.brand_id, self.event_id), None)
        )
        if event is None:
            raise EventNotFoundError("there is no event with this id")
        if first and (fingerprint_of(self.body) != first.fingerprint if first.fingerprint else first.sent != self.body):
            raise mismatch("Idempotency-Key", "another change needs a key of its own", first.sent, self.body)
        return event, first.event if first else None

    def receipt(self, event: Event) -> list[Write]:
        """The write of its receipt, if it has one."""
        return [receipt_write(event, self.key, self.body)] if self.key and self.has_receipt else []


def _body(sent: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (sent or {}).items() if name != "idempotencyKey"}


def _change_once(call: _Call, clock: Callable[[], datetime], decide: Decide, *, dry_run: bool = False) -> Changed:
    """One attempt to change the event, with the receipt of the call if it has one. Raises WriteConflict."""
    now = clock()
    event, first_answer = call.load()
    if first_answer:
        return Changed(first_answer, replayed=True)
    try:
        decided = decide(event, now)
    except HoldNotFound:
        # A change of status removes the hold in the same transaction. If the event is still PENDING when it is read
        # again, the hold was released because it had expired, by the clock of another function.
        again = load_event(call.brand_id, call.event_id)
        if again is not None and again.status is EventStatus.PENDING:
            raise EventExpiredError("the event has expired") from None
        raise WriteConflict from None
    customer, change = decided or (None, None)
    if customer is None or change is None or change.event is None:
        # The change was made before. Only the receipt is stored, so that a repeated call with this key gets this answer
        # whatever happens to the event next.
        if not dry_run and (receipt := call.receipt(event)):
            transact(*receipt)
        return Changed(event.as_of(now) if customer is None else lifecycle.event_as_of(event, customer, now))
    if dry_run:
        return Changed(change.event)
    try:
        # One transaction changes the event, the customer and the journal, and has the receipt of the call. A failure
        # before it changed nothing; after it only the response is lost, and the repeated call finds the receipt, or the
        # event changed.
        save_change(change, customer, event, *call.receipt(change.event))
    except EventChanged as changed:
        raise WriteConflict from changed
    if change.event.status is not event.status:
        count_event(change.event, now)
    return Changed(change.event)
