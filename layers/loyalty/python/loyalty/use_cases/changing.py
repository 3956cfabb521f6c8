"""What fulfil, reverse, extend and expiry share: decide on what is stored, write it if it still is so, else again."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import EventExpiredError, EventNotFoundError
from loyalty.domain.events.event import Event, Status
from loyalty.domain.events.lifecycle import Change, HoldGone
from loyalty.store.customers import EventChanged, load_event, save_change
from loyalty.store.table import WriteConflict, attempts


class Decided(NamedTuple):
    """The customer that a change was decided on, and the change; none if there is nothing to do."""

    before: Customer
    change: Change | None


def _still_pending(brand_id: str, event_id: str) -> bool:
    event = load_event(brand_id, event_id)
    return event is not None and event.status is Status.PENDING


class Changed(NamedTuple):
    """The event, and whether this call changed it."""

    event: Event
    changed: bool


def change_event(
    brand_id: str, event_id: str, clock: Callable[[], datetime], decide: Callable[[Event, datetime], Decided | None]
) -> Changed:
    """The event after the change, or as it is if there is none to make: the same call again ends here.

    `decide` loads the customer and decides; it is asked again when someone else was faster.
    Raises EventNotFoundError, what `decide` raises, and ServiceUnavailable.
    """
    for _ in attempts():
        now = clock()
        event = load_event(brand_id, event_id)
        if event is None:
            raise EventNotFoundError("there is no event with this id")
        try:
            decided = decide(event, now)
        except HoldGone:
            # An ending takes hold and event in one transaction. If the event, read after the hold was found gone, is
            # still pending, the hold has died: a faster clock saw that and gave back what it had taken.
            if _still_pending(brand_id, event_id):
                raise EventExpiredError("the event has expired") from None
            continue
        if decided is None or decided.change is None or decided.change.event is None:
            return Changed(event.as_of(now), changed=False)
        try:
            # One transaction: the ending, the wallet and the journal. A failure before it changed nothing, one after
            # it lost only the answer: the same call again finds the event ended and answers with it.
            save_change(decided.change, decided.before, event)
            return Changed(decided.change.event, changed=True)
        except (WriteConflict, EventChanged):
            continue
    raise AssertionError("attempts() ends by raising")
