"""Reverse an event: undo all it did, or cancel it while it is held."""

from collections.abc import Callable
from datetime import datetime

from loyalty.domain.events import lifecycle
from loyalty.domain.events.event import Event
from loyalty.store.brands import rewards_of
from loyalty.store.customers import load_for_reversal
from loyalty.use_cases.changing import Changed, Decided, change_event


def reverse_event(brand_id: str, event_id: str, reason: str, clock: Callable[[], datetime]) -> Changed:
    """The REVERSED or CANCELLED event, and whether this call ended it. Raises EventNotFoundError, EventExpiredError."""

    def decide(event: Event, now: datetime) -> Decided:
        customer, brand, expired_unspent = load_for_reversal(event, now)
        rewards = rewards_of(brand)
        change = lifecycle.reverse(
            event,
            customer,
            now,
            reason=reason,
            allow_negative={reward_id: reward.allow_negative for reward_id, reward in rewards.items()},
            expired_unspent=expired_unspent,
        )
        return Decided(customer, change)

    return change_event(brand_id, event_id, clock, decide)
