"""Offers as they must be: each belongs to one customer, and is redeemed by one event at a time, if at all."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from loyalty.domain.offers import Offer


@dataclass
class Shelf:
    """Every offer there is, the event that stands and has taken it, and those that have left their customer's state.

    Those in `recalled` came with events that have been reversed since.
    """

    offers: dict[str, Offer] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    recalled: set[str] = field(default_factory=set)

    def give(self, which: Iterable[Offer]) -> str | None:
        """These come to their customers; why they may not, if so."""
        for one in which:
            if one.offer_id in self.offers:
                return f"{one} was there before"
            self.offers[one.offer_id] = one
        return None

    def recall(self, which: Iterable[Offer], ids: set[str]) -> set[str]:
        """These are taken back, and so is what was recalled before and is taken no more; what thus leaves those ids."""
        self.recalled |= {one.offer_id for one in which} & (self.offers.keys() - self.gone)
        back = {one for one in self.recalled - self.taken.keys() if self.offers[one].customer_id in ids}
        for one in back:
            del self.offers[one]
        self.recalled -= back
        return back

    def take(self, which: Iterable[Offer], event_id: str, ids: set[str], now: datetime) -> str | None:
        """An event takes these from the customer who has those ids; why it may not, if so."""
        for one in which:
            known = self.offers.get(one.offer_id)
            if known is None or known.customer_id not in ids or one.offer_id in self.gone:
                return f"{one} is not the customer's"
            if one.offer_id in self.recalled:
                return f"{one} is to be taken back"
            if one.offer_id in self.taken:
                return f"{one} is taken by {self.taken[one.offer_id]}"
            if not known.starts_at <= now < known.ends_at:
                return f"{one} is not to be had at {now}"
            self.taken[one.offer_id] = event_id
        return None

    def refund(self, event_ids: Iterable[str]) -> None:
        """These events stand no longer."""
        undone = set(event_ids)
        self.taken = {offer: event for offer, event in self.taken.items() if event not in undone}

    def leave(self, which: Iterable[str], holds: Collection[str], now: datetime) -> str | None:
        """These leave their customer's state; why they may not, if so."""
        for one in which:
            if now < self.offers[one].ends_at or self.taken.get(one) in holds:
                return f"{self.offers[one]} leaves at {now}, taken by {self.taken.get(one)}"
            self.gone.add(one)
            self.recalled.discard(one)
        return None

    def of(self, ids: set[str]) -> dict[str, str | None]:
        """The offers that the customer with those ids must have, and which event has taken each."""
        return {
            one.offer_id: self.taken.get(one.offer_id)
            for one in self.offers.values()
            if one.customer_id in ids and one.offer_id not in self.gone
        }
