"""The endings of events and lots, decided purely: each happens once, and pays or undoes exactly what was promised."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from loyalty.domain.amounts import ZERO
from loyalty.domain.counts import NOTHING
from loyalty.domain.customers import Customer, Ref, soonest_expiry
from loyalty.domain.errors import (
    Conflict,
    EventCancelledError,
    EventExpiredError,
    EventResolvedError,
    EventReversedError,
    invalid,
)
from loyalty.domain.events import Event, Status, within_longest_hold
from loyalty.domain.funds import Funds
from loyalty.domain.offers import Offer, OfferRecord, given_back, recalled, redeemed, settled, with_offer
from loyalty.domain.times import format_instant
from loyalty.domain.wallet import EntryType, Hold, Ledger, Line, Lot, LotKey, totals

# What ended is noted by an expression for each month: an expression may have 4 kB, and a transaction 100 of them.
MOST_LOTS_AT_ONCE = 80


# An expired_lots item for each month of up to MOST_LOTS_AT_ONCE lots shares the transaction's 100 items with them.
MOST_REFUND_WRITES = 80


class EntryKind(StrEnum):
    """What happened, in the records that are not events themselves."""

    FULFILLED = "FULFILLED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REVERSED = "REVERSED"
    EXTENDED = "EXTENDED"
    LOTS_EXPIRED = "LOTS_EXPIRED"
    MERGED = "MERGED"
    OFFER_ASSIGNED = "OFFER_ASSIGNED"
    OFFERS_EXPIRED = "OFFERS_EXPIRED"
    POINTS_ASSIGNED = "POINTS_ASSIGNED"


class HoldGone(Exception):
    """The event is pending, but its hold is not in the wallet: one of the two was read too early, or it has died."""


class Entry(NamedTuple):
    """One record of a customer's journal beside the events; never changed once written.

    `closed` are the holds that ended with it, `opened` those that another customer's merge brought; `offers` came to
    the customer with it, or were recalled, those in `gone` left.
    """

    number: int
    kind: EntryKind
    at: datetime
    event_id: str | None
    lines: tuple[Line, ...]
    closed: tuple[str, ...]
    previous: tuple[Ref, ...]
    deadline: datetime | None = None
    opened: Mapping[str, Hold] = NOTHING
    offers: tuple[Offer, ...] = ()
    gone: tuple[str, ...] = ()


class Change(NamedTuple):
    """What one act changes, all of it in one transaction.

    `expired` is, by lot, what ended unspent in this act, less what a reversal found to have ended so before. `funds`
    has what budgets get back. `noted` are offers that are over, and whose records shall say by whom they were redeemed,
    that they no longer are, or that they were recalled.
    """

    customer: Customer
    entry: Entry
    event: Event | None
    expired: Mapping[LotKey, Decimal]
    funds: Funds
    noted: tuple[Offer, ...] = ()
    given: tuple[OfferRecord, ...] = ()


def fulfil(event: Event, customer: Customer, now: datetime) -> Change | None:
    """Pay exactly what was promised; None if that was done before. Raises the conflict of another ending."""
    event = _as_of(event, customer, now)
    if event.status is Status.RESOLVED:
        return None
    _refuse_ended(event)
    ledger = _settling(customer, now)
    ledger.close(event.event_id)
    ledger.grant(event.pending, event.event_id)
    tagged, replaced = customer.tagged(event.tags)
    # A living hold keeps its offers with the customer, past their end as well: they were promised in time.
    offers = redeemed(customer.offers, [one.offer_id for one in event.offers], event.event_id)
    given = {one.offer.offer_id: one.offer for one in event.gives}
    resolved = replace(event, status=Status.RESOLVED, resolved_at=now, replaced=replaced)
    change = _change(EntryKind.FULFILLED, ledger, replace(tagged, offers=offers | given), resolved)
    return change._replace(entry=change.entry._replace(offers=tuple(given.values())), given=event.gives)


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
    if event.status in (Status.REVERSED, Status.CANCELLED):
        return None
    if event.status is Status.EXPIRED:
        _refuse_ended(event)
    ledger = _settling(customer, now)
    if event.status is Status.PENDING:
        ledger.release(event.event_id)
        return _change(EntryKind.CANCELLED, ledger, customer, _ended(event, Status.CANCELLED, now, reason))
    ledger.undone.append(event.counts)
    customer = customer.untagged(event.tags, event.replaced)
    # Redemptions first: what comes back can pay for what is taken back.
    ledger.give_back(EntryType.REVERSAL, event.taken, event.event_id)
    used: dict[LotKey, Decimal] = {}
    for lot in event.granted:
        known = expired_unspent.get(lot.key, ZERO) - used.get(lot.key, ZERO)
        gone = ledger.take_back(
            lot, event.event_id, expired_unspent=known, allow_negative=allow_negative.get(lot.reward_id, True)
        )
        used[lot.key] = used.get(lot.key, ZERO) + gone
    over = tuple(one for one in event.offers if one.offer_id not in customer.offers)
    given = [one.offer for one in event.gives]
    offers = recalled(given_back(customer.offers, event.event_id), given)
    customer = replace(customer, offers=offers)
    change = _change(EntryKind.REVERSED, ledger, customer, _ended(event, Status.REVERSED, now, reason), used)
    entry = change.entry._replace(offers=tuple(offers[one.offer_id] for one in given if one.offer_id in offers))
    return change._replace(entry=entry, noted=(*change.noted, *over))


def extend(event: Event, customer: Customer, now: datetime, body: Mapping[str, Any]) -> Change | None:
    """Move a living hold's deadline later, by days or to a time; None if it is there already."""
    event = _as_of(event, customer, now)
    if event.status is Status.RESOLVED:
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
    return _change(EntryKind.EXTENDED, ledger, customer, replace(event, deadline=deadline), deadline=deadline)


def expire(event: Event, customer: Customer, now: datetime) -> Change | None:
    """Settle a hold whose deadline is past: give back what it took. None if it lives, or has ended."""
    if event.status is not Status.PENDING or not event.dead(now):
        return None
    ledger = _settling(customer, now)
    ended = replace(event, status=Status.EXPIRED, ended_at=event.deadline)
    return _change(EntryKind.EXPIRED, ledger, customer, ended)


def expire_lots(customer: Customer, now: datetime) -> Change | None:
    """Settle lots past their end, at most as many as one transaction takes, and set the next alarm.

    None if nothing has ended and the alarm stands.
    """
    ledger = _settling(customer, now)
    change = _change(EntryKind.LOTS_EXPIRED, ledger, customer, None)
    alarm = soonest_expiry(change.customer.wallet)
    if not change.entry.lines and not change.entry.closed and alarm == customer.lots_alarm:
        return None
    return change._replace(customer=replace(change.customer, lots_alarm=alarm))


def expire_offers(customer: Customer, now: datetime) -> Change | None:
    """Let offers past their end leave the state; None if there are none, or holds keep them."""
    change = _change(EntryKind.OFFERS_EXPIRED, _settling(customer, now), customer, None)
    return change if change.entry.gone else None


def assign_offer(customer: Customer, offer: Offer, now: datetime) -> Change:
    """Give the customer an offer. Raises TooManyOffers."""
    after = replace(customer, offers=with_offer(customer.offers, offer, now))
    change = _change(EntryKind.OFFER_ASSIGNED, _settling(customer, now), after, None)
    return change._replace(entry=change.entry._replace(offers=(offer,)))


def assign_points(customer: Customer, lot: Lot, now: datetime, *, allow_negative: bool) -> Change:
    """Give the customer points, or take them if the amount is negative.

    Raises InsufficientBalanceError if that would leave a debt and none is allowed.
    """
    ledger = _settling(customer, now)
    ledger.adjust(lot, allow_negative=allow_negative)
    return _change(EntryKind.POINTS_ASSIGNED, ledger, customer, None)


def _as_of(event: Event, customer: Customer, now: datetime) -> Event:
    seen = event.as_of(now)
    if seen.status is Status.PENDING and event.event_id not in customer.wallet.holds:
        raise HoldGone
    return seen


def _refuse_ended(event: Event) -> None:
    said: dict[Status, tuple[type[Conflict], str]] = {
        Status.EXPIRED: (EventExpiredError, "expired"),
        Status.CANCELLED: (EventCancelledError, "was cancelled"),
        Status.REVERSED: (EventReversedError, "was reversed"),
    }
    if event.status in said:
        error, what = said[event.status]
        when = f" at {format_instant(event.ended_at)}" if event.ended_at else ""
        raise error(f"the event {what}{when}")


def _ended(event: Event, status: Status, now: datetime, reason: str) -> Event:
    return replace(event, status=status, ended_at=now, reason=reason)


def _settling(customer: Customer, now: datetime) -> Ledger:
    ledger = Ledger(customer.wallet, now)
    ledger.release_dead_holds()
    return ledger


def _change(
    kind: EntryKind,
    ledger: Ledger,
    customer: Customer,
    event: Event | None,
    used: Mapping[LotKey, Decimal] | None = None,
    deadline: datetime | None = None,
) -> Change:
    ledger.expire_dead_lots(max(0, MOST_LOTS_AT_ONCE - len(used or {})))
    expired = {key: -amount for key, amount in (used or {}).items() if amount}
    for lot in ledger.expired:
        expired[lot.key] = expired.get(lot.key, ZERO) + lot.amount
    offers, leaving = settled(customer.offers, ledger.wallet.held_offers, ledger.now)
    customer = replace(customer, offers=offers)
    number = customer.version + 1
    entry = Entry(
        number,
        kind,
        ledger.now,
        event.event_id if event else None,
        tuple(ledger.lines),
        tuple(ledger.closed),
        customer.chain,
        deadline,
        gone=tuple(one.offer_id for one in leaving),
    )
    granted: tuple[Lot, ...] = event.pending if event and kind is EntryKind.FULFILLED else ()
    funds = Funds(room=MOST_REFUND_WRITES)
    after = customer.without_undone(ledger).refunded(funds).recorded(number, ledger, granted)
    if event:
        event = replace(event, totals=tuple(totals(after.wallet, ledger.now)))
    return Change(after, entry, event, expired, funds, tuple(one for one in leaving if one.used_by or one.recalled))
