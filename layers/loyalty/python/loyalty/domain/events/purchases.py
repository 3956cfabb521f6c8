"""Numbers of purchases: within what a number is unique, and whether the event that has it still needs it.

recorded ──► taken ──fulfil, reverse──► taken for ever
               └────cancel, deadline──► free: the next purchase with the number is a new event
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from loyalty.domain import ids
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.program.brands import Brand

# How many events that had the number before an event names: those that were cancelled or expired.
MAX_REPLACED = 10

# For so long after midnight a purchase that does not say when it happened may be the retry of one before midnight.
MIDNIGHT_RETRIES = timedelta(hours=1)

# For so long before midnight its retry may have been recorded after midnight, by a function whose clock is ahead.
CLOCKS_DIFFER_BY = timedelta(minutes=1)

_FREEING = (EventStatus.CANCELLED, EventStatus.EXPIRED)


class PurchaseNumber(NamedTuple):
    """The number of a purchase, and the shop and the business day (`2026-01-31`) within which no other has it."""

    brand_id: str
    purchase_id: str
    store_id: str | None = None
    day: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether no other purchase of the brand has the number, wherever and whenever it was."""
        return self.store_id is None and self.day is None

    def event_id(self, freed_by: Event | None = None) -> str:
        """The id of the purchase's event if it has no idempotency key; `freed_by` had the number before.

        It is derived, so that all attempts to record the purchase have one id, and one of them is recorded.
        """
        within = () if self.is_plain else (self.store_id or "", self.day or "")
        after = ("after", freed_by.event_id) if freed_by else ()
        return ids.derived(self.brand_id, "purchase", self.purchase_id, *within, *after)

    def across_midnight(self, now: datetime, tz: ZoneInfo) -> "PurchaseNumber | None":
        """The same number on the other business day that its retry may be of; None if no midnight is near."""
        days = ((now + shift).astimezone(tz).date().isoformat() for shift in (-MIDNIGHT_RETRIES, CLOCKS_DIFFER_BY))
        return next((self._replace(day=day) for day in days if day != self.day), None)


def number_of(brand: Brand, purchase_id: str, store_id: str | None, at: datetime) -> PurchaseNumber:
    """The number of a purchase of that instant: the brand says whether it is good for one business day only."""
    day = at.astimezone(brand.tz).date().isoformat() if brand.purchase_ids == "daily" else None
    return PurchaseNumber(brand.brand_id, purchase_id, store_id, day)


def has_freed_number(event: Event, now: datetime) -> bool:
    """Whether the purchase never came to be: it was cancelled, or is past its deadline."""
    return event.as_of(now).status in _FREEING


def replaced_ids(freed_by: Event | None) -> tuple[str, ...]:
    """The ids of the events that had the number before, newest first, for the event that has it now."""
    return (freed_by.event_id, *freed_by.replaces)[:MAX_REPLACED] if freed_by else ()
