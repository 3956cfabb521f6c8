"""Offers as they have to be: each belongs to one customer, and is redeemed by at most one event at a time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from loyalty.domain.offers import Offer


@dataclass
class ModelOffers:
    """Every offer there is, the event that redeems it, and the offers that were removed from their customer's state.

    `recalled` are offers of events that have been reversed since: they go as soon as no event redeems them.
    """

    offers: dict[str, Offer] = field(default_factory=dict)
    redeemed_by: dict[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    recalled: set[str] = field(default_factory=set)

    def grant(self, offers: Iterable[Offer]) -> str | None:
        """Give these offers to their customers; the reason if that is wrong."""
        for offer in offers:
            if offer.offer_id in self.offers:
                return f"{offer} was granted before"
            self.offers[offer.offer_id] = offer
        return None

    def recall(self, offers: Iterable[Offer], customer_ids: set[str]) -> set[str]:
        """Take these offers back, with those of that customer that were recalled while redeemed; which ones go now."""
        self.recalled |= {offer.offer_id for offer in offers} & (self.offers.keys() - self.removed)
        going = {
            offer_id
            for offer_id in self.recalled - self.redeemed_by.keys()
            if self.offers[offer_id].customer_id in customer_ids
        }
        for offer_id in going:
            del self.offers[offer_id]
        self.recalled -= going
        return going

    def redeem(self, offers: Iterable[Offer], event_id: str, customer_ids: set[str], now: datetime) -> str | None:
        """Let an event of the customer with those ids redeem these offers; the reason if that is wrong."""
        for offer in offers:
            known = self.offers.get(offer.offer_id)
            if known is None or known.customer_id not in customer_ids or offer.offer_id in self.removed:
                return f"{offer} is not the customer's"
            if offer.offer_id in self.recalled:
                return f"{offer} is recalled"
            if offer.offer_id in self.redeemed_by:
                return f"{offer} is redeemed by {self.redeemed_by[offer.offer_id]}"
            if not known.starts_at <= now < known.ends_at:
                return f"{offer} is not valid at {now}"
            self.redeemed_by[offer.offer_id] = event_id
        return None

    def release(self, event_ids: Iterable[str]) -> None:
        """These events are cancelled, expired or reversed: what they redeemed is free again."""
        released = set(event_ids)
        self.redeemed_by = {offer: event for offer, event in self.redeemed_by.items() if event not in released}

    def remove(self, offer_ids: Iterable[str], holds: Collection[str], now: datetime) -> str | None:
        """Remove these offers from their customer's state; the reason if that is wrong."""
        for offer_id in offer_ids:
            if now < self.offers[offer_id].ends_at or self.redeemed_by.get(offer_id) in holds:
                return f"{self.offers[offer_id]} is removed at {now}, redeemed by {self.redeemed_by.get(offer_id)}"
            self.removed.add(offer_id)
            self.recalled.discard(offer_id)
        return None

    def of_customer(self, customer_ids: set[str]) -> dict[str, str | None]:
        """The offers that the customer with those ids must have, and the event that redeems each."""
        return {
            offer.offer_id: self.redeemed_by.get(offer.offer_id)
            for offer in self.offers.values()
            if offer.customer_id in customer_ids and offer.offer_id not in self.removed
        }
