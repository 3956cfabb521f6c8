"""A customer's history in memory: the decisions of the domain, kept and given back as the store would."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import RecordType
from loyalty.domain.errors import LoyaltyError
from loyalty.domain.events import changes, lifecycle
from loyalty.domain.events.changes import Change
from loyalty.domain.events.emit import emit as emit_event
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.replay import Record
from loyalty.domain.events.returns import Shipped, WantedPart
from loyalty.domain.events.schemas import EmitEventRequest
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.offers import Offer
from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.wallet.lots import LotKey
from tests.support.builders import NOW
from tests.support.stored import customer_again, event_again, journal_record_again

ZERO = Decimal(0)


class History:
    """One customer, every record of it, and the deadlines that are set; time passes only when told to.

    Whatever is kept goes through its document, and is refused if it comes back otherwise.
    """

    def __init__(self, rules: Ruleset) -> None:
        self.rules = rules
        self.brand = Brand("demo", "Demo")
        self.now = NOW
        self.customer = Customer("demo", "ana", NOW)
        self.events: dict[str, Event] = {}
        self.records: list[Record] = []
        self.expired: dict[LotKey, Decimal] = {}
        self.deadlines: dict[str | None, datetime] = {}
        self.offers: dict[str, Offer] = {}

    def emit(self, body: dict[str, Any], *, enabled: bool = True) -> Event | LoyaltyError:
        """What comes of an event: itself, or why it is refused."""
        event_id = f"e{len(self.events) + 1}"
        sent = {"customer_id": "ana", "brand_id": "demo", **body}
        brand = Brand("demo", "Demo", enabled=enabled)
        try:
            emission = emit_event(
                EmitEventRequest.model_validate(sent),
                sent,
                self.customer,
                brand,
                self.rules,
                event_id=event_id,
                fingerprint="print",
                now=self.now,
                budget=BudgetReservation(),
            )
        except LoyaltyError as refusal:
            return refusal
        event = emission.event
        self.records.append(event)
        self._keep_event(event)
        if event.deadline:
            self.deadlines[event_id] = event.deadline
        self._keep_customer(emission.customer)
        return event

    def fulfil(self, event_id: str, shipped: Shipped | None = None) -> Change | LoyaltyError | None:
        """Fulfil an event, or what shipped of it."""
        return self._change(lambda: lifecycle.fulfil(self.events[event_id], self.customer, self.now, shipped))

    def extend(self, event_id: str, days: int) -> Change | LoyaltyError | None:
        """Extend a hold."""
        return self._change(lambda: lifecycle.extend(self.events[event_id], self.customer, self.now, reserve=days))

    def reverse(self, event_id: str, wanted: WantedPart | None = None) -> Change | LoyaltyError | None:
        """Reverse an event, or a part of it."""
        event = self.events[event_id]
        return self._change(
            lambda: lifecycle.reverse(
                event,
                self.customer,
                self.now,
                reason="brought back",
                allow_negative={name: one.allow_negative for name, one in self.rules.catalog.rewards.items()},
                expired_unspent={
                    lot.key: self.expired.get(lot.key, ZERO)
                    for lot in (granted.as_of(self.now) for granted in event.granted_lots)
                    if lot.expires_at
                },
                wanted=wanted,
            )
        )

    def assign(self, offer: Offer) -> Change | LoyaltyError | None:
        """Assign an offer."""
        change = self._change(lambda: changes.assign_offer(self.customer, offer, self.now))
        self.offers[offer.offer_id] = offer
        self.deadlines[offer.offer_id] = offer.ends_at
        return change

    def remove_what_is_over(self) -> None:
        """Play the table's TTL, and what its removals set off."""
        for subject, deadline in sorted(self.deadlines.items(), key=str):
            if deadline <= self.now:
                del self.deadlines[subject]
                self.deadline_passed(subject)

    def deadline_passed(self, subject: str | None) -> None:
        """Deliver the removal of a deadline: of an event's hold, of an offer, or of the lots."""
        if subject in self.offers:
            while self._change(lambda: changes.expire_offers(self.customer, self.now)):
                pass
        elif subject is not None:
            self._change(lambda: lifecycle.expire(self.events[subject], self.customer, self.now))
        else:
            while self._settle_lots() == changes.MAX_EXPIRED_LOTS:
                pass

    def _settle_lots(self) -> int:
        change = self._change(lambda: changes.expire_lots(self.customer, self.now))
        return len(change.expired_amounts) if isinstance(change, Change) else 0

    def states(self) -> dict[str, EventStatus]:
        """The status of every event as anyone reading it now must see it."""
        return {event_id: event.as_of(self.now).status for event_id, event in self.events.items()}

    def _change(self, decide: Callable[[], Change | None]) -> Change | LoyaltyError | None:
        try:
            change = decide()
        except LoyaltyError as refusal:
            return refusal
        if change is None:
            return None
        self.records.append(change.record)
        assert journal_record_again(change.record) == change.record
        for offer in change.ended_offers:
            self.offers[offer.offer_id] = offer
        for lot, amount in change.expired_amounts.items():
            self.expired[lot] = self.expired.get(lot, ZERO) + amount
        if change.event:
            self._keep_event(change.event)
        if change.event and change.event.deadline and change.record.type is RecordType.EXTENDED:
            self.deadlines[change.event.event_id] = change.event.deadline
        self._keep_customer(change.customer)
        return change

    def _keep_event(self, event: Event) -> None:
        # What is written once never changes; the ending lies beside it.
        kept = event_again(event)
        assert kept == event
        self.events[event.event_id] = kept

    def _keep_customer(self, after: Customer) -> None:
        if after.next_lot_expiry and after.next_lot_expiry != self.customer.next_lot_expiry:
            self.deadlines[None] = after.next_lot_expiry
        kept = customer_again(after)
        assert kept == after
        self.customer = kept
