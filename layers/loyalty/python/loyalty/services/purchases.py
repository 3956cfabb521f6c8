"""Purchases: the events of a number, apart from emitting them, so that this read starts without the rules."""

from datetime import datetime
from itertools import accumulate

from loyalty import json
from loyalty.domain.errors import invalid
from loyalty.domain.events.event import Event
from loyalty.domain.events.lifecycle import event_as_of
from loyalty.services.paging import MAX_BYTES
from loyalty.store.customers import load_customers
from loyalty.store.purchases import TooManyShops, load_by_number


def find_events(brand_id: str, purchase_id: str, store_id: str | None, now: datetime) -> list[Event]:
    """The events of purchases with that number as of now, newest first, as many as an answer has room for.

    Raises ValidationError (store_id) if so many shops use the number that one has to be named.
    """
    try:
        events = load_by_number(brand_id, purchase_id, store_id)
    except TooManyShops:
        raise invalid("store_id", "is required: too many shops have purchases with this number") from None
    sizes = accumulate(len(json.dumps(event.data).encode()) for event in events)
    fitting = [event for event, size in zip(events, sizes, strict=True) if size <= MAX_BYTES]
    # Only an event that is past its deadline and not settled is shown otherwise than it is stored.
    overdue = {event.customer_id for event in fitting if event.as_of(now) is not event}
    customers = load_customers(brand_id, overdue)
    return [
        event_as_of(event, customers[event.customer_id], now) if event.customer_id in overdue else event
        for event in fitting
    ]
