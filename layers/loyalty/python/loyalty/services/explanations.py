"""Explanations: why campaigns did what they did, apart from emitting, so that this read starts without the rules."""

from datetime import datetime

from loyalty.domain.errors import EventNotFoundError
from loyalty.domain.events.event import Event
from loyalty.domain.rules.explanation import Json, explain
from loyalty.store.explanations import load_explanation


def explain_event(brand_id: str, event_id: str, now: datetime) -> tuple[Event, list[Json]]:
    """The event as of now, and the result of each campaign when it was recorded. Raises EventNotFoundError."""
    found = load_explanation(brand_id, event_id)
    if found is None:
        raise EventNotFoundError("there is no event with this id")
    event, snapshot, trace = found
    return event.as_of(now), explain(snapshot, trace)
