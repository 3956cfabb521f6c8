"""List what a customer did."""

from datetime import datetime

from loyalty import json
from loyalty.domain.events.event import Event
from loyalty.use_cases.paging import Page, decode, page_of
from loyalty.use_cases.read_customer import read_customer
from loyalty.use_cases.walking import walk


def list_events(brand_id: str, customer_id: str, cursor: str | None, limit: int, now: datetime) -> Page[Event]:
    """A page of events as of now, newest first. Raises UserNotFoundError, ValidationError (cursor)."""
    customer = read_customer(brand_id, customer_id)
    of = ("events", brand_id, customer_id)
    steps = walk(customer, None if cursor is None else decode(cursor, of))
    events = ((step.place, step.record.as_of(now)) for step in steps if isinstance(step.record, Event))
    return page_of(events, limit, of, size=lambda event: len(json.dumps(event.data).encode()))
