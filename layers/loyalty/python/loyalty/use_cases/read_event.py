"""Read one event."""

from datetime import datetime

from loyalty.domain.errors import EventNotFoundError
from loyalty.domain.events.event import Event
from loyalty.store.customers import load_event


def read_event(brand_id: str, event_id: str, now: datetime) -> Event:
    """The event as of now, strongly consistent. Raises EventNotFoundError."""
    event = load_event(brand_id, event_id)
    if event is None:
        raise EventNotFoundError("there is no event with this id")
    return event.as_of(now)
