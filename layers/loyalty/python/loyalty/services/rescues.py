"""Rescues: an event that has expired is paid after all."""

from collections.abc import Callable
from datetime import datetime

from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import LoyaltyError
from loyalty.domain.events.changes import Change
from loyalty.domain.events.event import Event
from loyalty.domain.events.lifecycle import rescue
from loyalty.domain.events.rescue import MAX_BUDGET_WRITES
from loyalty.domain.limits.budgets import UNLIMITED, BudgetFragmented, BudgetReservation
from loyalty.services.lifecycle import change_event, expire_event
from loyalty.store import budgets
from loyalty.store.events import load_event
from loyalty.store.rescues import load_for_rescue
from loyalty.store.table import WriteConflict


def rescue_event(
    brand_id: str, event_id: str, reason: str, key_id: str, clock: Callable[[], datetime], *, dry_run: bool = False
) -> Event:
    """Pay what an expired event had promised; returns the RESOLVED event. A dry run stores nothing.

    Raises EventNotFoundError, EventPendingError, EventResolvedError, EventCancelledError, EventReversedError,
    PurchaseReplacedError, InsufficientBalanceError, LimitReachedError, BudgetSpentError, TooManyLotsError,
    ServiceUnavailable.
    """

    def decide(event: Event, now: datetime) -> tuple[Customer, Change | None]:
        state = load_for_rescue(event, now)
        budget = BudgetReservation(state.budget_left, UNLIMITED if dry_run else MAX_BUDGET_WRITES)
        try:
            change = rescue(
                event, state.customer, now, reason=reason, key_id=key_id, limits=state.limits, budget=budget
            )
        except BudgetFragmented as fragmented:
            budgets.consolidate(brand_id, fragmented.campaigns)
            raise WriteConflict from fragmented
        except LoyaltyError:
            # What is missing now may have been taken by another call that has rescued this event since it was read.
            if load_event(brand_id, event.event_id) != event:
                raise WriteConflict from None
            raise
        return state.customer, change

    if not dry_run:
        # A hold past its deadline is settled first, in a transaction of its own. A failure after that leaves the event
        # EXPIRED, as it is for every reader anyway, and the repeated call rescues it.
        expire_event(brand_id, event_id, clock)
    return change_event(brand_id, event_id, clock, decide, dry_run=dry_run)
