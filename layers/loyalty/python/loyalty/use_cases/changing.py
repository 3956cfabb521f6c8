"""What fulfil, reverse, extend and expiry share: decide on what is stored, write it if it still is so, else again."""

from collections.abc import Callable
from datetime import datetime

from loyalty.domain.customers import Customer
from loyalty.domain.errors import EventNotFoundError
from loyalty.domain.events import Event
from loyalty.domain.lifecycle import Change
from loyalty.store.customers import Ended, load_event, save_change
from loyalty.store.table import Contended, attempts

Decide = Callable[[Event, datetime], tuple[Customer, Change | None]]


def change_event(brand_id: str, event_id: str, clock: Callable[[], datetime], decide: Decide) -> Event:
    """The event after the change, or as it is if there is none to make: the same call again ends here.

    `decide` loads the customer and decides; it is asked again when someone else was faster.
    Raises EventNotFoundError, what `decide` raises, and ServiceUnavailable.
    """
    for _ in attempts():
        now = clock()
        event = load_event(brand_id, event_id)
        if event is None:
            raise EventNotFoundError("there is no event with this id")
        before, change = decide(event, now)
        if change is None or change.event is None:
            return event.as_of(now)
        try:
            # One transaction: the ending, the wallet and the journal. A failure before it changed nothing, one after
            # it lost only the answer: the same call again finds the event ended and answers with it.
            save_change(change, before, event)
            return change.event
        except (Contended, Ended):
            continue
    raise AssertionError("attempts() ends by raising")
