"""Offers that customers have: when each can be redeemed, and by which event it was.

upcoming ──starts──► active ──ends──► expired
                        └──redeemed──► redeemed        (given back: active, or expired if it is over by then)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.domain.errors import InsufficientBalanceError
from loyalty.domain.times import format_instant, start_of_day

MAX_OFFERS_PER_CUSTOMER = 100

# The rank of an offer that was given none: behind those that have one.
UNRANKED = 1_000_000

# Each may take a write of a transaction, which holds 100.
MAX_REDEEMED_OFFERS = 10
MAX_GRANTED_OFFERS = 5

# What is after the last day there is, as some write "always".
_FOR_EVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


class OfferStatus(StrEnum):
    """Where an offer is in its life."""

    ACTIVE = "active"
    UPCOMING = "upcoming"
    EXPIRED = "expired"
    REDEEMED = "redeemed"


@dataclass(frozen=True)
class Offer:
    """One offer of one customer. `customer_id` is the id it was assigned to, which a merge does not change.

    It can be redeemed once, from `starts_at` until before `ends_at`; `rank` orders a customer's offers, 1 first.
    One that is `recalled` came with an event that has been reversed since: it is over unless it is redeemed.
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
        """Whether it is past its end; at its end it is."""
        return now >= self.ends_at or (self.recalled and not self.used_by)

    def status(self, now: datetime) -> OfferStatus:
        """What it is at that instant, whatever has been settled so far."""
        if self.used_by:
            return OfferStatus.REDEEMED
        if self.has_ended(now):
            return OfferStatus.EXPIRED
        return OfferStatus.ACTIVE if now >= self.starts_at else OfferStatus.UPCOMING


@dataclass(frozen=True)
class OfferRecord:
    """All that is kept of an offer for good: itself, what it was made of, and where it came from."""

    offer: Offer
    name: str
    assigned_at: datetime
    benefits: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None
    reference: str | None = None
    trace_id: str | None = None


Offers = Mapping[str, Offer]
"""A customer's offers by id: all that are not over, and those that are until it is settled."""


def validity(days: Mapping[str, str], tz: ZoneInfo) -> tuple[datetime, datetime]:
    """When an offer from `startDate` to `endDate` begins and ends: a day is one in the zone, from 00:00 to 24:00."""
    first, last = (date.fromisoformat(days[name]) for name in ("startDate", "endDate"))
    try:
        return start_of_day(first, tz), start_of_day(last + timedelta(days=1), tz)
    except OverflowError:
        return start_of_day(first, tz), _FOR_EVER


def room_for_offers(offers: Offers, now: datetime) -> int:
    """How many more a customer can have, and an event can give."""
    return max(
        0, min(MAX_GRANTED_OFFERS, MAX_OFFERS_PER_CUSTOMER - sum(not one.has_ended(now) for one in offers.values()))
    )


def recalled(offers: Offers, given: Iterable[Offer]) -> dict[str, Offer]:
    """The offers without those that a reversed event gave: they go at once, or when whoever has one gives it back."""
    there = [offers[one.offer_id] for one in given if one.offer_id in offers]
    return {**offers, **{one.offer_id: replace(one, recalled=True) for one in there}}


class TooManyOffers(Exception):
    """The customer has as many live offers as one state can carry."""


def with_offer(offers: Offers, offer: Offer, now: datetime) -> dict[str, Offer]:
    """These offers and one more; TooManyOffers if that is too many."""
    if sum(not one.has_ended(now) for one in offers.values()) >= MAX_OFFERS_PER_CUSTOMER:
        raise TooManyOffers(f"the customer has {MAX_OFFERS_PER_CUSTOMER} offers that have not ended")
    return {**offers, offer.offer_id: offer}


def refuse_unredeemable(offer: Offer, held: Iterable[str], now: datetime) -> None:
    """Raise InsufficientBalanceError unless the offer has begun, is unused and in no living hold."""
    if offer.used_by:
        what = "has been redeemed"
    elif offer.offer_id in held:
        what = "is held by another event"
    elif now < offer.starts_at:
        what = f"begins at {format_instant(offer.starts_at)}"
    else:
        return
    raise InsufficientBalanceError(f"{offer.offer_id}: 1 asked for, 0 available: the offer {what}")


def redeemed(offers: Offers, which: Iterable[str], event_id: str) -> dict[str, Offer]:
    """The offers after an event has redeemed `which` of them."""
    return {**offers, **{one: replace(offers[one], used_by=event_id) for one in which}}


def released(offers: Offers, event_id: str) -> dict[str, Offer]:
    """The offers without that event having redeemed any."""
    back = {one.offer_id: replace(one, used_by=None) for one in offers.values() if one.used_by == event_id}
    return {**offers, **back}


def without_ended(offers: Offers, held: Iterable[str], now: datetime) -> tuple[dict[str, Offer], list[Offer]]:
    """The offers that stay, and those that are over and leave: one that a living hold promises stays with it.

    Of those that were redeemed or recalled, of which the records have to know, at most MAX_REDEEMED_OFFERS leave.
    """
    over = [one for one in offers.values() if one.has_ended(now) and one.offer_id not in frozenset(held)]
    noted = [one for one in over if one.used_by or one.recalled][:MAX_REDEEMED_OFFERS]
    leaving = [one for one in over if not (one.used_by or one.recalled)] + noted
    gone = {one.offer_id for one in leaving}
    return {offer_id: one for offer_id, one in offers.items() if offer_id not in gone}, leaving
