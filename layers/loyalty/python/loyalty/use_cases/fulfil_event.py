"""Fulfil an event in standby: pay the promise."""

from collections.abc import Callable
from datetime import datetime

from loyalty.domain.events import lifecycle
from loyalty.domain.events.event import Event
from loyalty.store.customers import load_known_customer
from loyalty.use_cases.changing import Changed, Decided, change_event


def fulfil_event(brand_id: str, event_id: str, clock: Callable[[], datetime]) -> Changed:
    """The RESOLVED event, and whether this call resolved it.

    Raises EventNotFoundError, EventExpiredError, EventCancelledError, EventReversedError.
    """

    def decide(event: Event, now: datetime) -> Decided:
        customer = load_known_customer(event)
        return Decided(customer, lifecycle.fulfil(event, customer, now))

    return change_event(brand_id, event_id, clock, decide)
