"""What can happen to an event after its emit, as pure decisions: fulfil, reverse, extend, expire, rescue.

Each happens once: a decision made again finds the new state and returns None.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import RecordType
from loyalty.domain.errors import (
    Conflict,
    EventCancelledError,
    EventExpiredError,
    EventResolvedError,
    EventReversedError,
    ServiceUnavailable,
    invalid,
)
from loyalty.domain.events.changes import Change, change_of
from loyalty.domain.events.event import Event, EventStatus, Rescue, within_max_hold
from loyalty.domain.events.parts import Part, taken_lots
from loyalty.domain.events.rescue import CustomerLimit, redeem_again, refuse_to_rescue, use_again
from loyalty.domain.events.returns import Shipped, WantedPart, part_of, rest_of, unfulfilled_part
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.money import ZERO, normalize, total
from loyalty.domain.offers import after_event, recalled, released
from loyalty.domain.times import format_instant
from loyalty.domain.wallet.lots import Balance, EntryType, Lot, LotKey
from loyalty.domain.wallet.update import WalletUpdate, balances, begin_update

_CONFLICTS: dict[EventStatus, tuple[type[Conflict], str]] = {
    EventStatus.EXPIRED: (EventExpiredError, "expired"),
    EventStatus.CANCELLED: (EventCancelledError, "was cancelled"),
    EventStatus.REVERSED: (EventReversedError, "was reversed"),
}


class HoldNotFound(Exception):
    """The event is pending but its hold is not in the wallet: it was released between the two reads."""


def event_as_of(event: Event, customer: Customer, now: datetime) -> Event:
    """The event as it is shown at that instant; if its hold has expired, with the balances of its end."""
    current = event.as_of(now)
    if current is event or event.deadline is None:
        return event
    # Every change of the customer after the deadline releases the hold: while it is there, nothing has changed since.
    if event.event_id in customer.wallet.holds:
        return current._replace(balances=tuple(balances(customer.wallet, event.deadline)))
    return current._replace(balances=tuple(_without_hold(balance, event) for balance in event.balances))


def _without_hold(balance: Balance, event: Event) -> Balance:
    """A balance after the event with what the event held given back, as far as it has not expired by the deadline."""
    assert event.deadline is not None
    reserved = [lot for lot in event.reserved_lots if lot.reward_id == balance.reward_id]
    returned = [lot for lot in reserved if lot.is_active(event.deadline)]
    ends = [balance.next_expiration, *(lot.expires_at for lot in returned)]
    return balance._replace(
        available=normalize(balance.available + total(lot.amount for lot in returned)),
        reserved=normalize(balance.reserved - total(lot.amount for lot in reserved)),
        pending=normalize(
            balance.pending - total(lot.amount for lot in event.pending if lot.reward_id == balance.reward_id)
        ),
        next_expiration=min((end for end in ends if end), default=None),
    )


def fulfil(event: Event, customer: Customer, now: datetime, shipped: Shipped | None = None) -> Change | None:
    """Grant what the event in standby would earn; None if it is resolved. Raises the Conflict of any other status.

    If only a part of its order `shipped`, that is paid, and the rest of what the event holds is released with it.
    Raises ValidationError, MoreThanLeftError.
    """
    event = _as_of(event, customer, now)
    _refuse_ended(event)
    part = unfulfilled_part(event, shipped, now) if shipped else None
    if event.status is EventStatus.RESOLVED:
        _refuse_another_part(event, part, is_named=shipped is not None)
        return None
    update = begin_update(customer.wallet, now)
    hold = update.close_hold(event.event_id)
    if part and hold:
        event = event._replace(parts=(part,))
        update.refund(EntryType.RELEASE, taken_lots(event.reserved_lots, part.redeemed), event.event_id, hold.sequence)
        update.released_usage.append(part.usage)
    update.grant(event.granted_lots, event.event_id)
    customer, replaced_tags = customer.with_tags(event.tags)
    resolved = event._replace(status=EventStatus.RESOLVED, resolved_at=now, replaced_tags=replaced_tags)
    customer = _with_offers(customer, event)
    change = change_of(RecordType.FULFILLED, update, customer, resolved, updated_offers=event.new_offers)
    return change._replace(granted_offers=event.granted_offers)


def reverse(
    event: Event,
    customer: Customer,
    now: datetime,
    *,
    reason: str,
    allow_negative: Mapping[str, bool],
    expired_unspent: Mapping[LotKey, Decimal],
    wanted: WantedPart | None = None,
) -> Change | None:
    """Undo all that the event did, or the `wanted` part, or cancel it if it is PENDING; None if that was done before.

    What was undone with earlier parts is not undone again. `allow_negative` says of each reward that there is whether
    it may leave a debt. `expired_unspent` is how much of the granted lots has expired without being spent: that is not
    debited again. Raises EventExpiredError; of a part, also the Conflict of any other ending, ValidationError,
    MoreThanLeftError and TooManyPartsError.
    """
    event = _as_of(event, customer, now)
    if wanted:
        _refuse_parts(event, wanted)
    if event.status in (EventStatus.REVERSED, EventStatus.CANCELLED):
        return None
    if event.status is EventStatus.EXPIRED:
        _refuse_ended(event)
    part, is_last = part_of(event, wanted, now, reason) if wanted else (rest_of(event, now, reason), True)
    update = begin_update(customer.wallet, now)
    if event.status is EventStatus.PENDING:
        update.release_hold(event.event_id)
        cancelled = event._replace(status=EventStatus.CANCELLED, ended_at=now, reason=reason)
        return change_of(RecordType.CANCELLED, update, customer, cancelled)
    update.released_usage.append(part.usage)
    # Refunds first: they can cover what is clawed back.
    sequence = event.redeemed_at(customer.customer_id)
    returned = taken_lots(event.reserved_lots, part.redeemed)
    update.refund(EntryType.REVERSAL, returned, event.event_id, sequence)
    granted = taken_lots(event.promised_lots, part.granted)
    accounted_for = _claw_back(update, event, granted, customer.version + 1, allow_negative, expired_unspent)
    if wanted or event.parts:
        event = event._replace(parts=(*event.parts, part))
    if not is_last:
        return change_of(RecordType.PART_REVERSED, update, customer, event, accounted_for=accounted_for)
    offers = recalled(released(customer.offers, event.event_id), event.new_offers)
    customer = replace(customer.without_tags(event.tags, event.replaced_tags), offers=offers)
    change = change_of(
        RecordType.REVERSED,
        update,
        customer,
        event._replace(status=EventStatus.REVERSED, ended_at=now, reason=reason),
        accounted_for=accounted_for,
        updated_offers=tuple(offers[offer.offer_id] for offer in event.new_offers if offer.offer_id in offers),
    )
    # Redeemed offers that have left the state already: their records no longer name this event.
    left = tuple(offer for offer in event.redeemed_offers if offer.offer_id not in offers)
    return change._replace(ended_offers=(*change.ended_offers, *left))


def _claw_back(
    update: WalletUpdate,
    event: Event,
    granted: Iterable[Lot],
    sequence: int,
    allow_negative: Mapping[str, bool],
    expired_unspent: Mapping[LotKey, Decimal],
) -> dict[LotKey, Decimal]:
    """Undo grants of an event; returns how much of what expired unspent of each lot they have accounted for."""
    accounted_for: dict[LotKey, Decimal] = {}
    for lot in (one.as_of(update.now) for one in granted):
        expired = update.claw_back(
            lot,
            event.event_id,
            sequence,
            expired_unspent=expired_unspent.get(lot.key, ZERO) - accounted_for.get(lot.key, ZERO),
            # The setting of today; for a reward that has been deleted, that of the time when it was granted.
            allow_negative=allow_negative.get(lot.reward_id, lot.reward_id not in event.without_debt),
        )
        accounted_for[lot.key] = accounted_for.get(lot.key, ZERO) + expired
    return accounted_for


def rescue(
    event: Event,
    customer: Customer,
    now: datetime,
    *,
    reason: str,
    key_id: str,
    limits: Mapping[str, CustomerLimit],
    budget: BudgetReservation,
) -> Change | None:
    """Pay an event that has expired, as it was promised; None if that was done before.

    What it redeems is taken of what is available now, and it uses again what it had used of progress, limits and
    budgets. `limits` are those of today by their counters, `budget` has all shards of the budgets that it had used.

    Raises the Conflict of any other status, PurchaseReplacedError, InsufficientBalanceError, LimitReachedError,
    BudgetSpentError, TooManyLotsError, and BudgetFragmented.
    """
    event = _as_of(event, customer, now)
    if event.status is EventStatus.RESOLVED and event.rescue:
        return None
    refuse_to_rescue(event)
    update = begin_update(customer.wallet, now)  # which also releases the hold, if that is not settled yet
    customer = customer.without_released_usage(update)
    update.released_usage.clear()
    redeemed_lots = redeem_again(event, update, customer.offers)
    customer = replace(customer, usage=use_again(event.usage, customer.usage, limits, budget))
    update.refuse_too_many_lots(event.pending)
    update.grant(event.pending, event.event_id)
    customer, replaced_tags = customer.with_tags(event.tags)
    sequence = customer.version + 1
    resolved = event._replace(
        status=EventStatus.RESOLVED,
        ended_at=None,
        resolved_at=now,
        reason=reason,
        replaced_tags=replaced_tags,
        rescue=Rescue(now, key_id, reason, customer.customer_id, sequence, redeemed_lots),
    )
    change = change_of(
        RecordType.RESCUED,
        update,
        _with_offers(customer, event),
        resolved,
        updated_offers=event.new_offers,
        other_writes=len(budget.consumed) + 2 * len(event.granted_offers),
    )
    change.budget.consumed.update(budget.consumed)
    record = change.record._replace(reason=reason)
    return change._replace(record=record, granted_offers=event.granted_offers)


def extend(
    event: Event,
    customer: Customer,
    now: datetime,
    *,
    reserve: int | None = None,
    reserve_until: datetime | None = None,
) -> Change | None:
    """Move the deadline of an open hold, by days or to a time; None if it is there already. Raises Conflict."""
    event = _as_of(event, customer, now)
    if event.status is EventStatus.RESOLVED:
        raise EventResolvedError("the event is resolved already, so there is no hold to extend")
    _refuse_ended(event)
    assert event.deadline is not None
    if reserve_until is None:
        deadline = within_max_hold("reserve", event.deadline + timedelta(days=reserve or 0), now)
    else:
        deadline = within_max_hold("reserve_until", reserve_until, now)
    if deadline == event.deadline:
        return None
    if deadline < event.deadline:
        raise invalid("reserve_until", f"must be after the present deadline, {format_instant(event.deadline)}")
    update = begin_update(customer.wallet, now)
    hold = update.wallet.holds[event.event_id]
    update.wallet.holds[event.event_id] = hold._replace(deadline=deadline)
    return change_of(RecordType.EXTENDED, update, customer, event._replace(deadline=deadline), deadline=deadline)


def expire(event: Event, customer: Customer, now: datetime) -> Change | None:
    """Settle an expired hold: release what it reserved. None if it has not expired, or the event is not PENDING."""
    if event.status is not EventStatus.PENDING or not event.is_expired(now):
        return None
    expired = event_as_of(event, customer, now)
    change = change_of(RecordType.EXPIRED, begin_update(customer.wallet, now), customer, expired)
    return change._replace(event=expired)


def _as_of(event: Event, customer: Customer, now: datetime) -> Event:
    current = event.as_of(now)
    kinds = (current.status, *(entry.type for entry in event.entries))
    if any(kind.name not in kind.__class__.__members__ for kind in kinds):
        raise ServiceUnavailable("a newer release changed this event, and replaces this one now; send this again")
    if current.status is EventStatus.PENDING and event.event_id not in customer.wallet.holds:
        raise HoldNotFound
    return current


def _refuse_ended(event: Event) -> None:
    if event.status in _CONFLICTS:
        error, what = _CONFLICTS[event.status]
        when = f" at {format_instant(event.ended_at)}" if event.ended_at else ""
        raise error(f"the event {what}{when}")


def _refuse_another_part(event: Event, part: Part | None, *, is_named: bool) -> None:
    """Raise EventResolvedError if the event was fulfilled with other goods than the call now names."""
    before = next(((one.lines, one.value, one.shipped) for one in event.parts if one.unfulfilled), None)
    if is_named and before != (part and (part.lines, part.value, part.shipped)):
        raise EventResolvedError("the event is resolved already, with other goods than these; reverse a part of it")


def _refuse_parts(event: Event, wanted: WantedPart) -> None:
    """Raise ValidationError if the event is PENDING, and the Conflict of its ending if it has one."""
    _refuse_ended(event)
    if event.status is EventStatus.PENDING:
        message = (
            "needs an event that is RESOLVED, and this one is PENDING: fulfil what shipped, or cancel it as a whole"
        )
        raise invalid("products" if wanted.products else "value", message)


def _with_offers(customer: Customer, event: Event) -> Customer:
    """The customer after an event in standby has redeemed and granted its offers.

    Those that it redeems are still in the customer's state, even past their end: its hold has kept them there.
    """
    redeemed = [offer.offer_id for offer in event.redeemed_offers]
    return replace(customer, offers=after_event(customer.offers, event.event_id, redeemed, event.new_offers))
