"""What stands against paying an expired event after all: what came in its stead, and what has been spent since."""

from collections.abc import Mapping
from typing import NamedTuple

from loyalty.domain.errors import (
    BudgetSpentError,
    Conflict,
    EventCancelledError,
    EventPendingError,
    EventResolvedError,
    EventReversedError,
    InsufficientBalanceError,
    LimitReachedError,
    PurchaseReplacedError,
)
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.limits.budgets import BudgetAmount, BudgetReservation
from loyalty.domain.limits.counters import Counters, add_counters, drop_oldest, times_in
from loyalty.domain.limits.usage import CustomerUsage, Usage
from loyalty.domain.money import total
from loyalty.domain.offers import Offers, refuse_unredeemable
from loyalty.domain.wallet.lots import Lot
from loyalty.domain.wallet.update import WalletUpdate

# How many writes of budgets a rescue may take: one event is rewarded by at most 20 campaigns with budgets.
MAX_BUDGET_WRITES = 30

_CONFLICTS: Mapping[EventStatus, tuple[type[Conflict], str]] = {
    EventStatus.PENDING: (EventPendingError, "is still PENDING: fulfil it"),
    EventStatus.RESOLVED: (EventResolvedError, "is resolved already, so there is nothing to rescue"),
    EventStatus.CANCELLED: (EventCancelledError, "was cancelled: only one that has expired can be rescued"),
    EventStatus.REVERSED: (EventReversedError, "was reversed: only one that has expired can be rescued"),
}


class CustomerLimit(NamedTuple):
    """How often a campaign rewards one customer within a period."""

    campaign_id: str
    times: int


def refuse_to_rescue(event: Event) -> None:
    """Raise the Conflict of an event that has not expired, or whose purchase has been made anew."""
    if event.status in _CONFLICTS:
        error, what = _CONFLICTS[event.status]
        raise error(f"the event {what}")
    if event.replaced_by:
        raise PurchaseReplacedError(f"the number of the purchase belongs to the event {event.replaced_by} by now")


def redeem_again(event: Event, update: WalletUpdate, offers: Offers) -> tuple[Lot, ...]:
    """Redeem of what is available now what the event had reserved; returns the parts of lots.

    Raises InsufficientBalanceError, also for an offer that is not free, or not there, any more.
    """
    for before in event.redeemed_offers:
        offer = offers.get(before.offer_id)
        if offer is None or offer.has_ended(update.now):
            raise InsufficientBalanceError(f"{before.offer_id}: 1 asked for, 0 available: the offer has ended")
        refuse_unredeemable(offer, update.wallet.held_offers, update.now)
    reserved = event.first_redeemed_lots
    rewards = dict.fromkeys(lot.reward_id for lot in reserved)
    amounts = {name: total(lot.amount for lot in reserved if lot.reward_id == name) for name in rewards}
    parts = [update.redeem(name, amount, event.event_id, held=False) for name, amount in amounts.items()]
    return tuple(lot for lots in parts for lot in lots)


def use_again(
    usage: Usage, used: CustomerUsage, limits: Mapping[str, CustomerLimit], budget: BudgetReservation
) -> CustomerUsage:
    """What the customer has used once the event uses again what it had used; budgets are consumed.

    What is still to be refunded to a budget is taken first: if the hold has just been released, that is its own.
    Raises LimitReachedError, BudgetSpentError and BudgetFragmented.
    """
    _refuse_reached(usage.limits, used.limits, limits)
    refunds = dict(used.pending_refunds)
    for campaign_id, wanted in usage.budgets.items():
        refund = refunds.pop(campaign_id, BudgetAmount())
        own = BudgetAmount(min(refund.amount, wanted.amount), min(refund.times, wanted.times))
        _consume(campaign_id, wanted.minus(own), budget)
        if refund != own:
            refunds[campaign_id] = refund.minus(own)
    progress = drop_oldest(add_counters(used.progress, usage.progress))
    return CustomerUsage(progress, add_counters(used.limits, usage.limits), refunds)


def _refuse_reached(wanted: Counters, used: Counters, limits: Mapping[str, CustomerLimit]) -> None:
    for name, limit in limits.items():
        for period, times in wanted.get(name, {}).items():
            if times_in(used.get(name, {}), period) + times > limit.times:
                often = "once" if limit.times == 1 else f"{limit.times} times"
                message = f"{limit.campaign_id}: rewards a customer {often} in its period, and has done so"
                raise LimitReachedError(message)


def _consume(campaign_id: str, wanted: BudgetAmount, budget: BudgetReservation) -> None:
    if wanted == BudgetAmount():
        return
    left = budget.available(campaign_id, wanted)
    if not left.covers(wanted._replace(amount=BudgetAmount().amount)):
        raise LimitReachedError(f"{campaign_id}: has rewarded customers as often as it may")
    if not left.covers(wanted):
        raise BudgetSpentError(f"{campaign_id}: {wanted.amount:f} to be paid, its budget has {left.amount:f} left")
    budget.consume(campaign_id, wanted)
