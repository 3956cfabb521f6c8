"""Reverse an event: undo all it did, or cancel it while it is held."""

from collections.abc import Callable
from datetime import datetime

from loyalty.domain import lifecycle
from loyalty.domain.customers import Customer
from loyalty.domain.events import Event
from loyalty.domain.lifecycle import Change
from loyalty.store.brands import rules_of
from loyalty.store.customers import load_for_reversal
from loyalty.use_cases.changing import change_event


def reverse_event(brand_id: str, event_id: str, reason: str, clock: Callable[[], datetime]) -> Event:
    """The REVERSED or CANCELLED event. Raises EventNotFoundError, EventExpiredError."""

    def decide(event: Event, now: datetime) -> tuple[Customer, Change | None]:
        customer, brand, expired_unspent = load_for_reversal(event)
        rewards = rules_of(brand).rewards
        change = lifecycle.reverse(
            event,
            customer,
            now,
            reason=reason,
            allow_negative={reward_id: reward.allow_negative for reward_id, reward in rewards.items()},
            expired_unspent=expired_unspent,
        )
        return customer, change

    return change_event(brand_id, event_id, clock, decide)
