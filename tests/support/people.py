"""Several customers in memory, some of whom turn out to be one: decided by the domain, kept as the store would."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.customers.merging import Merge, merge
from loyalty.domain.customers.unmerging import Unmerge, may_merge, unmerge
from loyalty.domain.errors import LoyaltyError
from loyalty.domain.events import changes, lifecycle
from loyalty.domain.events.changes import Change
from loyalty.domain.events.emit import emit as emit_event
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.replay import Record
from loyalty.domain.events.schemas import EmitEventRequest
from loyalty.domain.limits.budgets import SHARDS, BudgetAmount, BudgetReservation
from loyalty.domain.limits.usage import CustomerUsage
from loyalty.domain.offers import Offer
from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.wallet.lots import Hold, LotKey
from loyalty.domain.wallet.update import balances
from tests.support.builders import NOW
from tests.support.stored import customer_again, event_again, journal_record_again

ZERO = Decimal(0)
LOTS = "the lots"

Deadline = tuple[str, str]
"""Under which id it lies, and what it is about: an event, an offer, or LOTS."""


class People:
    """What is stored of each id, and what campaigns have left; time passes only when told to.

    Whatever is kept goes through its document, and is refused if it comes back otherwise. Nobody is ever asked for but
    by an id, as it stands in an event or a deadline: `find` says who that is by now.
    """

    def __init__(self, rules: Ruleset, left: Mapping[str, BudgetAmount]) -> None:
        self.rules = rules
        self.brand = Brand("demo", "Demo")
        self.now = NOW
        self.left = dict(left)
        self.stored: dict[str, Customer] = {}
        self.aliases: dict[str, str] = {}
        self.journals: dict[str, list[Record]] = {}
        self.events: dict[str, Event] = {}
        self.offers: dict[str, Offer] = {}
        self.assigned = 0
        self.expired: dict[tuple[str, LotKey], Decimal] = {}
        self.deadlines: dict[Deadline, datetime] = {}

    def find(self, one: str) -> Customer:
        """Who answers under an id; somebody new if nobody does."""
        while one in self.aliases:
            one = self.aliases[one]
        return self.stored.get(one) or Customer("demo", one, self.now)

    def active(self) -> Iterator[Customer]:
        """Everybody who has not been merged into another."""
        return (customer for one, customer in self.stored.items() if one not in self.aliases)

    def emit(self, one: str, body: dict[str, Any]) -> Event | LoyaltyError:
        """What comes of an event of whoever that is: itself, or why it is refused."""
        event_id = f"e{len(self.events) + 1}"
        sent = {"customer_id": one, "brand_id": "demo", **body}
        shards = {
            name: {shard: left if shard == SHARDS[0] else BudgetAmount() for shard in SHARDS}
            for name, left in self.left.items()
        }
        try:
            emission = emit_event(
                EmitEventRequest.model_validate(sent),
                sent,
                self.find(one),
                self.brand,
                self.rules,
                event_id=event_id,
                fingerprint="print",
                now=self.now,
                budget=BudgetReservation(shards),
            )
        except LoyaltyError as refusal:
            return refusal
        event = emission.event
        self._spend(emission.budget)
        self._keep_event(event)
        if event.deadline:
            self.deadlines[event.customer_id, event_id] = event.deadline
        if not event.standby:
            self._give(record.offer for record in event.granted_offers)
        self._keep(emission.customer, event)
        return event

    def assign(self, one: str, until: datetime) -> Change | LoyaltyError | None:
        """Assign an offer that begins now to whoever that is."""
        owner = self.find(one)
        self.assigned += 1
        offer = Offer(f"o{self.assigned}", "treat", owner.customer_id, self.now, until, 1)
        self._give([offer])
        return self._change(lambda: changes.assign_offer(owner, offer, self.now))

    def fulfil(self, event_id: str) -> Change | LoyaltyError | None:
        """Fulfil an event."""
        event = self.events[event_id]
        return self._change(lambda: lifecycle.fulfil(event, self.find(event.customer_id), self.now))

    def extend(self, event_id: str, days: int) -> Change | LoyaltyError | None:
        """Extend a hold."""
        event = self.events[event_id]
        return self._change(lambda: lifecycle.extend(event, self.find(event.customer_id), self.now, reserve=days))

    def reverse(self, event_id: str, *, allow_negative: bool = True) -> Change | LoyaltyError | None:
        """Reverse an event; what ended unspent of its lots is known under every id of its customer."""
        event = self.events[event_id]
        customer = self.find(event.customer_id)
        gone = {
            lot.key: sum(self.expired.get((one, lot.key), ZERO) for one in customer.ids)
            for lot in (granted.as_of(self.now) for granted in event.granted_lots)
        }
        return self._change(
            lambda: lifecycle.reverse(
                event,
                customer,
                self.now,
                reason="brought back",
                allow_negative=dict.fromkeys(self.rules.catalog.rewards, allow_negative),
                expired_unspent={key: Decimal(amount) for key, amount in gone.items() if key.expires_at},
            )
        )

    def merge(self, one: str, other: str) -> Merge | None:
        """Merge whoever these are, unless they are one already, or have been split."""
        first, second = self.find(one), self.find(other)
        if first.customer_id == second.customer_id or not may_merge(first, second):
            return None
        merged = merge(first, second, self.now)
        self._keep(merged.survivor, merged.survivor_record)
        self._keep(merged.absorbed, merged.absorbed_record)
        self.aliases[merged.absorbed.customer_id] = merged.survivor.customer_id
        return merged

    def split(self, one: str) -> Unmerge | None:
        """Split off whoever this was before a merge, if that merge can be undone."""
        survivor, absorbed = self.find(one), self.stored.get(one)
        if absorbed is None or self.aliases.get(one) != survivor.customer_id:
            return None
        merged = self.journals[one][-1]
        assert isinstance(merged, JournalRecord)
        split = unmerge(survivor, absorbed, merged, {}, "two people", self.now)
        del self.aliases[one]
        self._keep(split.survivor, split.survivor_record)
        self._keep(split.split_off, split.split_off_record)
        return split

    def remove_what_is_over(self) -> None:
        """Play the table's TTL, and what its removals set off."""
        for place, deadline in sorted(self.deadlines.items()):
            if deadline <= self.now:
                del self.deadlines[place]
                self._deadline_passed(*place)

    def everything(self) -> tuple[dict[str, tuple[Decimal, ...]], CustomerUsage, dict[str, Hold], dict[str, Offer]]:
        """All that all have together: available, reserved and pending by reward; usage; holds; offers.

        Merges and splits only move it from one to another.
        """
        active = list(self.active())
        sums: dict[str, tuple[Decimal, ...]] = {}
        usage = CustomerUsage()
        for customer in active:
            usage = usage.merged_with(customer.usage)
            for one in balances(customer.wallet, self.now):
                had = sums.get(one.reward_id, (ZERO, ZERO, ZERO))
                sums[one.reward_id] = (had[0] + one.available, had[1] + one.reserved, had[2] + one.pending)
        holds = {name: hold._replace(sequence=0) for one in active for name, hold in one.wallet.holds.items()}
        offers = {name: offer for one in active for name, offer in one.offers.items()}
        return {name: some for name, some in sums.items() if any(some)}, usage, holds, offers

    def states(self) -> dict[str, EventStatus]:
        """The status of every event as anyone reading it now must see it."""
        return {event_id: event.as_of(self.now).status for event_id, event in self.events.items()}

    def counting(self, event: Event) -> bool:
        """Whether what the event counted stands: it is resolved, or its hold has not been closed."""
        if event.status is EventStatus.PENDING:
            return event.event_id in self.find(event.customer_id).wallet.holds
        return event.status is EventStatus.RESOLVED

    def _deadline_passed(self, one: str, subject: str) -> None:
        if subject in self.events:
            event = self.events[subject]
            self._change(lambda: lifecycle.expire(event, self.find(event.customer_id), self.now))
            return
        settle = changes.expire_lots if subject == LOTS else changes.expire_offers
        while self._change(lambda: settle(self.find(one), self.now)):
            pass

    def _change(self, decide: Callable[[], Change | None]) -> Change | LoyaltyError | None:
        try:
            change = decide()
        except LoyaltyError as refusal:
            return refusal
        if change is None:
            return None
        self._spend(change.budget)
        for lot, amount in change.expired_amounts.items():
            place = (change.customer.customer_id, lot)
            self.expired[place] = self.expired.get(place, ZERO) + amount
        for offer in change.ended_offers:
            self.offers[offer.offer_id] = offer
        self._give(record.offer for record in change.granted_offers)
        if change.event:
            self._keep_event(change.event)
            if change.event.status is EventStatus.PENDING and change.event.deadline:
                self.deadlines[change.event.customer_id, change.event.event_id] = change.event.deadline
        self._keep(change.customer, change.record)
        return change

    def _give(self, offers: Iterable[Offer]) -> None:
        for offer in offers:
            self.offers[offer.offer_id] = offer
            self.deadlines[offer.customer_id, offer.offer_id] = offer.ends_at

    def _spend(self, budget: BudgetReservation) -> None:
        for (name, _), share in budget.consumed.items():
            self.left[name] = self.left[name].minus(share)
        for name, share in budget.refunds.items():
            self.left[name] = self.left[name].plus(share)

    def _keep_event(self, event: Event) -> None:
        kept = event_again(event)
        assert kept == event
        self.events[event.event_id] = kept

    def _keep(self, after: Customer, record: Record) -> None:
        one = after.customer_id
        if not isinstance(record, Event):
            assert journal_record_again(record) == record
        self.journals.setdefault(one, []).append(record)
        before = self.stored.get(one)
        if after.next_lot_expiry and (before is None or after.next_lot_expiry != before.next_lot_expiry):
            self.deadlines[one, LOTS] = after.next_lot_expiry
        kept = customer_again(after)
        assert kept == after
        self.stored[one] = kept
