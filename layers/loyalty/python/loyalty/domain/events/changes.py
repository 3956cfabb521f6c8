"""Changes of a customer: what one decision writes in one transaction, and those that no event makes.

Lots and offers end, lots become available, offers and points are assigned, and balances are brought along. Each happens
once: a decision made again finds the new state and returns None.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from loyalty.domain.customers.customer import Customer, soonest_expiry
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.events.event import Event
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.money import ZERO
from loyalty.domain.offers import Offer, OfferRecord, with_offer, without_ended
from loyalty.domain.wallet.lots import Lot, LotKey
from loyalty.domain.wallet.update import WalletUpdate, balances, begin_update

# How many lots expire with one change. The events that granted them may be reversed in it as well, and each of the
# months in which all these lots ended is a write of the transaction; refunds of budgets have the rest of them.
MAX_EXPIRED_LOTS = 80
MAX_WRITES_OF_MONTHS_AND_REFUNDS = 90
MAX_REFUNDS = 40


class Change(NamedTuple):
    """What one decision changes, to be written in one transaction.

    `expired_amounts` are added to what has expired unspent of each lot; a reversal subtracts what it has accounted for.
    `budget` has refunds. `ended_offers` are no longer in the customer's state: their records get the final values of
    `used_by` and `recalled`. `granted_offers` are new records.
    """

    customer: Customer
    record: JournalRecord
    event: Event | None
    expired_amounts: Mapping[LotKey, Decimal]
    budget: BudgetReservation
    ended_offers: tuple[Offer, ...] = ()
    granted_offers: tuple[OfferRecord, ...] = ()


def expire_lots(customer: Customer, now: datetime) -> Change | None:
    """Settle expired lots, at most MAX_EXPIRED_LOTS, and set the deadline of the next one.

    None if nothing has expired and the deadline is right.
    """
    change = change_of(RecordType.LOTS_EXPIRED, begin_update(customer.wallet, now), customer, None)
    next_expiry = soonest_expiry(change.customer.wallet)
    if not change.record.entries and not change.record.closed_holds and next_expiry == customer.next_lot_expiry:
        return None
    return change._replace(customer=replace(change.customer, next_lot_expiry=next_expiry))


def vest_lots(customer: Customer, now: datetime) -> Change | None:
    """Record that lots are available now which were pending before; None if there are none.

    They are available without that: the record is what the feed announces.
    """
    update = begin_update(customer.wallet, now)
    return change_of(RecordType.VESTED, update, customer, None) if update.vested else None


def expire_offers(customer: Customer, now: datetime) -> Change | None:
    """Remove ended offers from the customer's state; None if there are none that can be removed."""
    change = change_of(RecordType.OFFERS_EXPIRED, begin_update(customer.wallet, now), customer, None)
    return change if change.record.removed_offers else None


def assign_offer(customer: Customer, offer: Offer, now: datetime) -> Change:
    """Grant the customer an offer. Raises TooManyOffers."""
    after = replace(customer, offers=with_offer(customer.offers, offer, now))
    return change_of(
        RecordType.OFFER_ASSIGNED, begin_update(customer.wallet, now), after, None, updated_offers=(offer,)
    )


def assign_points(customer: Customer, lot: Lot, now: datetime, *, allow_negative: bool) -> Change:
    """Credit points, or debit them if the amount is negative.

    Raises InsufficientBalanceError if there would be a debt and none is allowed, and TooManyLotsError.
    """
    update = begin_update(customer.wallet, now)
    update.adjust(lot, allow_negative=allow_negative)
    return change_of(RecordType.POINTS_ASSIGNED, update, customer, None)


def migrate(customer: Customer, lots: Iterable[Lot], now: datetime) -> Change:
    """Credit what a customer brings along from another product; amounts below zero are debts.

    Raises TooManyLotsError.
    """
    update = begin_update(customer.wallet, now)
    update.migrate(lots)
    return change_of(RecordType.MIGRATED, update, customer, None)


def change_of(
    type_: RecordType,
    update: WalletUpdate,
    customer: Customer,
    event: Event | None,
    *,
    accounted_for: Mapping[LotKey, Decimal] | None = None,
    deadline: datetime | None = None,
    updated_offers: tuple[Offer, ...] = (),
    other_writes: int = 0,
) -> Change:
    """The change, with all that is settled along with it: expired lots, ended offers and pending refunds of budgets.

    As much of that as the transaction has room for beside `other_writes`.
    """
    accounted_for = accounted_for or {}
    update.expire_lots(max(0, MAX_EXPIRED_LOTS - len(accounted_for) - other_writes))
    expired_amounts = {key: -amount for key, amount in accounted_for.items() if amount}
    for lot in update.expired_lots:
        expired_amounts[lot.key] = expired_amounts.get(lot.key, ZERO) + lot.amount
    offers, ended = without_ended(customer.offers, update.wallet.held_offers, update.now)
    record = JournalRecord.of(type_, customer, update, event.event_id if event else None)._replace(
        deadline=deadline,
        updated_offers=updated_offers,
        removed_offers=tuple(offer.offer_id for offer in ended),
        expired_offers=tuple(offer.offer_id for offer in ended if not offer.used_by),
    )
    granted = event.granted_lots if event and type_ in (RecordType.FULFILLED, RecordType.RESCUED) else ()
    months = {(key.expires_at.year, key.expires_at.month) for key in expired_amounts if key.expires_at}
    room = MAX_WRITES_OF_MONTHS_AND_REFUNDS - len(months) - other_writes
    budget = BudgetReservation(max_refunds=max(0, min(MAX_REFUNDS, room)))
    customer = replace(customer, offers=offers).without_released_usage(update).refund_budgets(budget)
    customer = customer.with_record(record.sequence, update, granted)
    if event:
        event = event._replace(balances=tuple(balances(customer.wallet, update.now)))
    with_record_update = tuple(offer for offer in ended if offer.used_by or offer.recalled)
    return Change(customer, record, event, expired_amounts, budget, with_record_update)
