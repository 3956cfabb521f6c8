"""Offers that customers have: when each can be redeemed, and which event redeemed it.

upcoming ──starts──► active ──ends──► expired
                        └──redeemed──► redeemed        (released: active again, or expired if it has ended meanwhile)
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from loyalty.domain.errors import InsufficientBalanceError
from loyalty.domain.times import format_instant, start_of_day

MAX_OFFERS_PER_CUSTOMER = 100

# The rank of offers that have none: they are listed last.
UNRANKED = 1_000_000

# Each offer takes writes of the one transaction, which holds 100.
MAX_REDEEMED_OFFERS = 10
MAX_GRANTED_OFFERS = 5

# The day after the last date that Python has, which some senders use for "always".
_LAST_INSTANT = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


class OfferStatus(StrEnum):
    """What an offer is at some instant."""

    ACTIVE = "active"
    UPCOMING = "upcoming"
    EXPIRED = "expired"
    REDEEMED = "redeemed"


class Offer(NamedTuple):
    """One offer of one customer. `customer_id` is the id it was assigned to, which a merge does not change.

    It can be redeemed once, from `starts_at` until before `ends_at`; `rank` orders a customer's offers, 1 first. It is
    `recalled` when the event that granted it is reversed: unless it has been redeemed, it ends then.
    """

    offer_id: str
    config_id: str
    customer_id: str
    starts_at: datetime
    ends_at: datetime
    rank: int
    used_by: str | None = None
    recalled: bool = False

    def has_ended(self, now: datetime) -> bool:
        """Whether it is past its end, or recalled and not redeemed; at its end it has ended."""
        return now >= self.ends_at or (self.recalled and not self.used_by)

    def status(self, now: datetime) -> OfferStatus:
        """Its status at that instant, whether or not its end has been settled."""
        if self.used_by:
            return OfferStatus.REDEEMED
        if self.has_ended(now):
            return OfferStatus.EXPIRED
        return OfferStatus.ACTIVE if now >= self.starts_at else OfferStatus.UPCOMING


class OfferRecord(NamedTuple):
    """What is stored of an offer for ever: the offer, the settings it was made from, and who granted it."""

    offer: Offer
    name: str
    assigned_at: datetime
    benefits: Mapping[str, Any] = {}
    source: str | None = None
    reference: str | None = None
    trace_id: str | None = None


Offers = Mapping[str, Offer]
"""The offers in a customer's state, by id: those that have not ended, and those whose end is not settled yet."""


def validity(days: Mapping[str, str], tz: ZoneInfo) -> tuple[datetime, datetime]:
    """When an offer valid from `startDate` to `endDate` starts and ends; both days count in full in the time zone."""
    first, last = (date.fromisoformat(days[name]) for name in ("startDate", "endDate"))
    try:
        return start_of_day(first, tz), start_of_day(last + timedelta(days=1), tz)
    except OverflowError:
        return start_of_day(first, tz), _LAST_INSTANT


def room_for_offers(offers: Offers, now: datetime) -> int:
    """How many offers an event can grant a customer who has these."""
    return max(0, min(MAX_GRANTED_OFFERS, MAX_OFFERS_PER_CUSTOMER - _count(offers, now)))


def recalled(offers: Offers, granted: Iterable[Offer]) -> dict[str, Offer]:
    """The offers with those recalled that a reversed event granted. One that is redeemed ends if it is released."""
    present = [offers[offer.offer_id] for offer in granted if offer.offer_id in offers]
    return {**offers, **{offer.offer_id: offer._replace(recalled=True) for offer in present}}


class TooManyOffers(Exception):
    """The customer has MAX_OFFERS_PER_CUSTOMER offers that have not ended."""


def with_offer(offers: Offers, offer: Offer, now: datetime) -> dict[str, Offer]:
    """These offers and one more. Raises TooManyOffers."""
    if _count(offers, now) >= MAX_OFFERS_PER_CUSTOMER:
        raise TooManyOffers(f"the customer has {MAX_OFFERS_PER_CUSTOMER} offers that have not ended")
    return {**offers, offer.offer_id: offer}


def _count(offers: Offers, now: datetime) -> int:
    return sum(not offer.has_ended(now) for offer in offers.values())


def refuse_unredeemable(offer: Offer, held: Iterable[str], now: datetime) -> None:
    """Raise InsufficientBalanceError if the offer has been redeemed, is `held` by an open hold, or is upcoming."""
    if offer.used_by:
        problem = "has been redeemed"
    elif offer.offer_id in held:
        problem = "is held by another event"
    elif now < offer.starts_at:
        problem = f"begins at {format_instant(offer.starts_at)}"
    else:
        return
    raise InsufficientBalanceError(f"{offer.offer_id}: 1 asked for, 0 available: the offer {problem}")


def after_event(
    offers: Offers, event_id: str, redeemed: Iterable[str], granted: Iterable[Offer] = ()
) -> dict[str, Offer]:
    """The offers after an event has redeemed those with these ids, and granted others."""
    used = {offer_id: offers[offer_id]._replace(used_by=event_id) for offer_id in redeemed}
    return {**offers, **used, **{offer.offer_id: offer for offer in granted}}


def released(offers: Offers, event_id: str) -> dict[str, Offer]:
    """The offers without the redemptions of an event."""
    return {
        offer_id: offer._replace(used_by=None) if offer.used_by == event_id else offer
        for offer_id, offer in offers.items()
    }


def without_ended(offers: Offers, held: Iterable[str], now: datetime) -> tuple[dict[str, Offer], list[Offer]]:
    """The offers that stay in the customer's state, and those that leave it because they have ended.

    Offers in open holds stay. Of redeemed and recalled offers at most MAX_REDEEMED_OFFERS leave at a time, because the
    same transaction also updates the record of each.
    """
    ended = [offer for offer in offers.values() if offer.has_ended(now) and offer.offer_id not in frozenset(held)]
    with_record_update = [offer for offer in ended if offer.used_by or offer.recalled][:MAX_REDEEMED_OFFERS]
    leaving = [offer for offer in ended if not (offer.used_by or offer.recalled)] + with_record_update
    leaving_ids = {offer.offer_id for offer in leaving}
    return {offer_id: offer for offer_id, offer in offers.items() if offer_id not in leaving_ids}, leaving
