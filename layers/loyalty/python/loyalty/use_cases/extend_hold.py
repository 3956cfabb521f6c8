"""Extend the hold of an event in standby."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from loyalty.domain.events import lifecycle
from loyalty.domain.events.event import Event
from loyalty.store.customers import load_known_customer
from loyalty.use_cases.changing import Changed, Decided, change_event


def extend_hold(brand_id: str, event_id: str, body: Mapping[str, Any], clock: Callable[[], datetime]) -> Changed:
    """The event with its later deadline: `reserve` days after the present one, or exactly `reserve_until`.

    Raises EventNotFoundError, ValidationError, EventResolvedError, EventExpiredError, EventCancelledError,
    EventReversedError.
    """

    def decide(event: Event, now: datetime) -> Decided:
        customer = load_known_customer(event)
        return Decided(customer, lifecycle.extend(event, customer, now, body))

    return change_event(brand_id, event_id, clock, decide)
