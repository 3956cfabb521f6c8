"""The endings of events and lots, decided purely: each happens once, and pays or undoes exactly what was promised."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from loyalty.domain.customers.customer import Customer, soonest_expiry
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.errors import (
    Conflict,
    EventCancelledError,
    EventExpiredError,
    EventResolvedError,
    EventReversedError,
    invalid,
)
from loyalty.domain.events.event import Event, EventStatus, within_longest_hold
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.money import ZERO
from loyalty.domain.offers import Offer, OfferRecord, recalled, redeemed, released, with_offer, without_ended
from loyalty.domain.times import format_instant
from loyalty.domain.wallet.lots import EntryType, Lot, LotKey
from loyalty.domain.wallet.update import WalletUpdate, balances

# What ended is noted by an expression for each month: an expression may have 4 kB, and a transaction 100 of them.
MAX_EXPIRED_LOTS = 80


# An expired_lots item for each month of up to MAX_EXPIRED_LOTS lots shares the transaction's 100 items with them.
MAX_REFUND_WRITES = 80


class HoldNotFound(Exception):
    """The event is pending, but its hold is not in the wallet: one of the two was read too early, or it has died."""


class Change(NamedTuple):
    """What one act changes, all of it in one transaction.

    `expired` is, by lot, what ended unspent in this act, less what a reversal found to have ended so before. `funds`
    has what budgets get back. `noted` are offers that are over, and whose records shall say by whom they were redeemed,
    that they no longer are, or that they were recalled.
    """

    customer: Customer
    record: JournalRecord
    event: Event | None
    expired_amounts: Mapping[LotKey, Decimal]
    budget: BudgetReservation
    ended_offers: tuple[Offer, ...] = ()
    granted_offers: tuple[OfferRecord, ...] = ()


def fulfil(event: Event, customer: Customer, now: datetime) -> Change | None:
    """Pay exactly what was promised; None if that was done before. Raises the conflict of another ending."""
    event = _as_of(event, customer, now)
    if event.status is EventStatus.RESOLVED:
        return None
    _refuse_ended(event)
    ledger = _settling(customer, now)
    ledger.close_hold(event.event_id)
    ledger.grant(event.pending, event.event_id)
    tagged, replaced = customer.with_tags(event.tags)
    # A living hold keeps its offers with the customer, past their end as well: they were promised in time.
    offers = redeemed(customer.offers, [one.offer_id for one in event.redeemed_offers], event.event_id)
    given = {one.offer.offer_id: one.offer for one in event.granted_offers}
    resolved = replace(event, status=EventStatus.RESOLVED, resolved_at=now, replaced_tags=replaced)
    change = _change(RecordType.FULFILLED, ledger, replace(tagged, offers=offers | given), resolved)
    return change._replace(
        record=change.record._replace(updated_offers=tuple(given.values())), granted_offers=event.granted_offers
    )


def reverse(
    event: Event,
    customer: Customer,
    now: datetime,
    *,
    reason: str,
    allow_negative: Mapping[str, bool],
    expired_unspent: Mapping[LotKey, Decimal],
) -> Change | None:
    """Undo all that the event did; a PENDING one is cancelled. None if that was done before.

    `expired_unspent` is what is known to have ended unspent in the lots the event granted: it needs no undoing.
    """
    event = _as_of(event, customer, now)
    if event.status in (EventStatus.REVERSED, EventStatus.CANCELLED):
        return None
    if event.status is EventStatus.EXPIRED:
        _refuse_ended(event)
    ledger = _settling(customer, now)
    if event.status is EventStatus.PENDING:
        ledger.release_hold(event.event_id)
        return _change(RecordType.CANCELLED, ledger, customer, _ended(event, EventStatus.CANCELLED, now, reason))
    ledger.released_usage.append(event.usage)
    customer = customer.without_tags(event.tags, event.replaced_tags)
    # Redemptions first: what comes back can pay for what is taken back.
    ledger.refund(EntryType.REVERSAL, event.redeemed_lots, event.event_id)
    used: dict[LotKey, Decimal] = {}
    for lot in event.granted_lots:
        known = expired_unspent.get(lot.key, ZERO) - used.get(lot.key, ZERO)
        gone = ledger.claw_back(
            lot, event.event_id, expired_unspent=known, allow_negative=allow_negative.get(lot.reward_id, True)
        )
        used[lot.key] = used.get(lot.key, ZERO) + gone
    over = tuple(one for one in event.redeemed_offers if one.offer_id not in customer.offers)
    given = [one.offer for one in event.granted_offers]
    offers = recalled(released(customer.offers, event.event_id), given)
    customer = replace(customer, offers=offers)
    change = _change(RecordType.REVERSED, ledger, customer, _ended(event, EventStatus.REVERSED, now, reason), used)
    entry = change.record._replace(
        updated_offers=tuple(offers[one.offer_id] for one in given if one.offer_id in offers)
    )
    return change._replace(record=entry, ended_offers=(*change.ended_offers, *over))


def extend(event: Event, customer: Customer, now: datetime, body: Mapping[str, Any]) -> Change | None:
    """Move a living hold's deadline later, by days or to a time; None if it is there already."""
    event = _as_of(event, customer, now)
    if event.status is EventStatus.RESOLVED:
        raise EventResolvedError("the event is resolved already, so there is no hold to extend")
    _refuse_ended(event)
    assert event.deadline is not None
    if body.get("reserve_until") is None:
        deadline = within_longest_hold("reserve", event.deadline + timedelta(days=body["reserve"]), now)
    else:
        deadline = within_longest_hold("reserve_until", body["reserve_until"], now)
    if deadline == event.deadline:
        return None
    if deadline < event.deadline:
        raise invalid("reserve_until", f"must be after the present deadline, {format_instant(event.deadline)}")
    ledger = _settling(customer, now)
    hold = ledger.wallet.holds[event.event_id]
    ledger.wallet.holds[event.event_id] = hold._replace(deadline=deadline)
    return _change(RecordType.EXTENDED, ledger, customer, replace(event, deadline=deadline), deadline=deadline)


def expire(event: Event, customer: Customer, now: datetime) -> Change | None:
    """Settle a hold whose deadline is past: give back what it took. None if it lives, or has ended."""
    if event.status is not EventStatus.PENDING or not event.is_expired(now):
        return None
    ledger = _settling(customer, now)
    ended = replace(event, status=EventStatus.EXPIRED, ended_at=event.deadline)
    return _change(RecordType.EXPIRED, ledger, customer, ended)


def expire_lots(customer: Customer, now: datetime) -> Change | None:
    """Settle lots past their end, at most as many as one transaction takes, and set the next alarm.

    None if nothing has ended and the alarm stands.
    """
    ledger = _settling(customer, now)
    change = _change(RecordType.LOTS_EXPIRED, ledger, customer, None)
    alarm = soonest_expiry(change.customer.wallet)
    if not change.record.entries and not change.record.closed_holds and alarm == customer.next_lot_expiry:
        return None
    return change._replace(customer=replace(change.customer, next_lot_expiry=alarm))


def expire_offers(customer: Customer, now: datetime) -> Change | None:
    """Let offers past their end leave the state; None if there are none, or holds keep them."""
    change = _change(RecordType.OFFERS_EXPIRED, _settling(customer, now), customer, None)
    return change if change.record.removed_offers else None


def assign_offer(customer: Customer, offer: Offer, now: datetime) -> Change:
    """Give the customer an offer. Raises TooManyOffers."""
    after = replace(customer, offers=with_offer(customer.offers, offer, now))
    change = _change(RecordType.OFFER_ASSIGNED, _settling(customer, now), after, None)
    return change._replace(record=change.record._replace(updated_offers=(offer,)))


def assign_points(customer: Customer, lot: Lot, now: datetime, *, allow_negative: bool) -> Change:
    """Give the customer points, or take them if the amount is negative.

    Raises InsufficientBalanceError if that would leave a debt and none is allowed.
    """
    ledger = _settling(customer, now)
    ledger.adjust(lot, allow_negative=allow_negative)
    return _change(RecordType.POINTS_ASSIGNED, ledger, customer, None)


def _as_of(event: Event, customer: Customer, now: datetime) -> Event:
    seen = event.as_of(now)
    if seen.status is EventStatus.PENDING and event.event_id not in customer.wallet.holds:
        raise HoldNotFound
    return seen


def _refuse_ended(event: Event) -> None:
    said: dict[EventStatus, tuple[type[Conflict], str]] = {
        EventStatus.EXPIRED: (EventExpiredError, "expired"),
        EventStatus.CANCELLED: (EventCancelledError, "was cancelled"),
        EventStatus.REVERSED: (EventReversedError, "was reversed"),
    }
    if event.status in said:
        error, what = said[event.status]
        when = f" at {format_instant(event.ended_at)}" if event.ended_at else ""
        raise error(f"the event {what}{when}")


def _ended(event: Event, status: EventStatus, now: datetime, reason: str) -> Event:
    return replace(event, status=status, ended_at=now, reason=reason)


def _settling(customer: Customer, now: datetime) -> WalletUpdate:
    ledger = WalletUpdate(customer.wallet, now)
    ledger.release_expired_holds()
    return ledger


def _change(
    kind: RecordType,
    ledger: WalletUpdate,
    customer: Customer,
    event: Event | None,
    used: Mapping[LotKey, Decimal] | None = None,
    deadline: datetime | None = None,
) -> Change:
    ledger.expire_lots(max(0, MAX_EXPIRED_LOTS - len(used or {})))
    expired = {key: -amount for key, amount in (used or {}).items() if amount}
    for lot in ledger.expired_lots:
        expired[lot.key] = expired.get(lot.key, ZERO) + lot.amount
    offers, leaving = without_ended(customer.offers, ledger.wallet.held_offers, ledger.now)
    customer = replace(customer, offers=offers)
    number = customer.version + 1
    entry = JournalRecord(
        number,
        kind,
        ledger.now,
        event.event_id if event else None,
        tuple(ledger.entries),
        tuple(ledger.closed_holds),
        customer.previous,
        deadline,
        removed_offers=tuple(one.offer_id for one in leaving),
    )
    granted: tuple[Lot, ...] = event.pending if event and kind is RecordType.FULFILLED else ()
    budget = BudgetReservation(max_writes=MAX_REFUND_WRITES)
    after = customer.without_released_usage(ledger).refund_budgets(budget).with_record(number, ledger, granted)
    if event:
        event = replace(event, balances=tuple(balances(after.wallet, ledger.now)))
    return Change(after, entry, event, expired, budget, tuple(one for one in leaving if one.used_by or one.recalled))
