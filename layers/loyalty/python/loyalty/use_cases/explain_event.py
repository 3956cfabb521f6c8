"""Say what each campaign made of an event, and why."""

from datetime import datetime

from loyalty.domain.errors import EventNotFoundError
from loyalty.domain.events.event import Event
from loyalty.domain.rules.explanation import EvaluationTrace, View, explained
from loyalty.store.customers import load_explanation


def explain_event(brand_id: str, event_id: str, now: datetime) -> tuple[Event, list[View]]:
    """The event as of now, and what its campaigns made of it when it came. Raises EventNotFoundError."""
    found = load_explanation(brand_id, event_id)
    if found is None:
        raise EventNotFoundError("there is no event with this id")
    event, book, trace = found
    return event.as_of(now), explained(book, EvaluationTrace(*trace)) if book else []
