"""Events and merges in any order: nothing is lost or made, and whoever turned out to be one is one in everything."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from loyalty.domain.customers.customer import Customer
from loyalty.domain.events.changes import Change
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.replay import replay, replay_offers
from loyalty.domain.limits.budgets import BudgetAmount
from loyalty.domain.limits.counters import Counters, add_counters
from loyalty.domain.limits.usage import CustomerUsage
from loyalty.domain.wallet.lots import Balance, Lot
from loyalty.domain.wallet.update import as_of, balances
from loyalty.domain.wallet.wallet import Wallet
from tests.support.builders import REWARDS, campaign, effect, per, redeem, rules
from tests.support.people import LOTS, ZERO, People

IDS = "abc"
WHO = st.sampled_from(IDS)
WHOLE = {"pot": BudgetAmount(Decimal(40)), "few": BudgetAmount(Decimal(0), 3)}
RULES = rules(
    spend=campaign(effect(per=per(), expires_in="2/days")),
    third=campaign(effect(30, "stars"), conditions=[[{"operator": "count_gte", "value": 3}]]),
    sum=campaign(effect(5), conditions=[[{"field": "order.value", "operator": "total_gte", "value": Decimal(60)}]]),
    shops=campaign(
        effect(2, "stars"), conditions=[[{"field": "order.store_id", "operator": "distinct_gte", "value": 3}]]
    ),
    twice=campaign(effect(1, "stars"), limits={"per_customer": {"times": 2, "period": "ever"}}),
    pot=campaign(effect(7), limits={"budget": WHOLE["pot"].amount}),
    few=campaign(effect(3), limits={"per_campaign": {"times": WHOLE["few"].times}}),
    treats=campaign({"offer": "treat", "valid_for": "2/days"}, trigger="VISIT"),
)
Sums = dict[str, tuple[Decimal, Decimal, Decimal]]
STANDBY = st.booleans().map(lambda held: {"fulfilled": False, "reserve": 1} if held else {})


def told(wallet: Wallet) -> Wallet:
    """A wallet without what it says of rewards that it has nothing of."""
    return replace(wallet, debts={reward: debt for reward, debt in wallet.debts.items() if debt})


class Merges(RuleBasedStateMachine):
    """People whose events, holds, offers and merges come in any order, while time passes."""

    people: People

    @initialize()
    def begin(self) -> None:
        self.people = People(RULES, WHOLE)
        self.met: dict[str, set[str]] = {one: {one} for one in IDS}

    @rule(who=WHO, value=st.integers(1, 50), store=st.sampled_from("123"), how=STANDBY)
    def buys(self, who: str, value: int, store: str, how: dict[str, Any]) -> None:
        body = {"type": "PURCHASE", "order": {"value": Decimal(value), "store_id": store}, **how}
        assert isinstance(self.people.emit(who, body), Event)

    @rule(who=WHO, how=STANDBY)
    def visits(self, who: str, how: dict[str, Any]) -> None:
        assert isinstance(self.people.emit(who, {"type": "VISIT", **how}), Event)

    @rule(who=WHO, amount=st.integers(1, 40), reward=st.sampled_from(["points", "stars"]), how=STANDBY)
    def spends(self, who: str, amount: int, reward: str, how: dict[str, Any]) -> None:
        has = {total.reward_id: total.available for total in self._totals(who)}.get(reward, ZERO)
        event = self.people.emit(who, {"type": "SPEND", "redeem": redeem(amount, reward), **how})
        assert isinstance(event, Event) == (has >= amount)

    @rule(who=WHO, hours=st.integers(1, 60))
    def gets_an_offer(self, who: str, hours: int) -> None:
        assert isinstance(self.people.assign(who, self.people.now + timedelta(hours=hours)), Change)

    @precondition(lambda self: self.people.offers)
    @rule(who=WHO, how=STANDBY, data=st.data())
    def uses_an_offer(self, who: str, how: dict[str, Any], data: st.DataObject) -> None:
        offer_id = data.draw(st.sampled_from(sorted(self.people.offers)))
        ours = self.people.offers[offer_id].customer_id in self.met[who]
        free = ours and not self.people.offers[offer_id].has_ended(self.people.now) and not self._users(offer_id)
        event = self.people.emit(who, {"type": "USE", "redeem": redeem(1, offer_id), **how})
        assert isinstance(event, Event) == free

    @rule(who=WHO, hours=st.integers(1, 60))
    def holds_an_offer(self, who: str, hours: int) -> None:
        self.gets_an_offer(who, hours)
        wanted = redeem(1, f"o{self.people.assigned}")
        order = {"value": Decimal(10), "store_id": "4"}
        body = {"type": "PURCHASE", "order": order, "redeem": wanted, "fulfilled": False, "reserve": 1}
        assert isinstance(self.people.emit(who, body), Event)

    @rule(who=WHO, value=st.integers(1, 50))
    def owes(self, who: str, value: int) -> None:
        bought = self.people.emit(who, {"type": "PURCHASE", "order": {"value": Decimal(value)}})
        assert isinstance(bought, Event)
        self.spends(who, value, "points", {})
        assert isinstance(self.people.reverse(bought.event_id), Change)

    @rule(one=WHO, other=WHO)
    def turn_out_to_be_one(self, one: str, other: str) -> None:
        both = [self.people.find(who) for who in (one, other)]
        if not any(customer.version for customer in both):
            return  # somebody has to be known, or there is nothing to be known by
        oldest = min(both, key=lambda customer: (customer.created_at, customer.customer_id))
        before = self.people.everything()
        merged = self.people.merge(one, other)
        assert (merged is not None) == (other not in self.met[one])
        assert self.people.everything() == before
        assert self.people.find(one).customer_id == oldest.customer_id
        find_merge = self.met[one] | self.met[other]
        self.met |= dict.fromkeys(find_merge, find_merge)
        lines = (*merged.survivor_record.entries, *merged.absorbed_record.entries) if merged else ()
        for name in REWARDS:
            assert sum(line.amount for line in lines if line.lot.reward_id == name) == 0

    @precondition(lambda self: self.people.events)
    @rule(data=st.data())
    def fulfils(self, data: st.DataObject) -> None:
        event = self._any_event(data)
        was, before = self._status(event), self._sums(event.customer_id)
        changed = isinstance(self.people.fulfil(event.event_id), Change)
        assert changed == (was is EventStatus.PENDING)
        if changed:
            self._assert_moved(event, before, event.pending)

    @precondition(lambda self: self.people.events)
    @rule(data=st.data())
    def reverses(self, data: st.DataObject) -> None:
        event = self._any_event(data)
        was, before = self._status(event), self._sums(event.customer_id)
        changed = isinstance(self.people.reverse(event.event_id), Change)
        assert changed == (was in (EventStatus.PENDING, EventStatus.RESOLVED))
        if was is EventStatus.PENDING:
            self._assert_moved(event, before, event.redeemed_lots)

    @precondition(lambda self: self.people.events)
    @rule(data=st.data(), days=st.integers(1, 2))
    def extends(self, data: st.DataObject, days: int) -> None:
        event = self._any_event(data)
        was = self._status(event)
        assert isinstance(self.people.extend(event.event_id, days), Change) == (was is EventStatus.PENDING)

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        self.people.now += timedelta(hours=hours)

    @rule()
    def the_table_removes_what_is_over(self) -> None:
        before = [self._totals(one) for one in IDS]
        self.people.remove_what_is_over()
        assert [self._totals(one) for one in IDS] == before

    @invariant()
    def all_ids_of_one_lead_to_one(self) -> None:
        for one in IDS:
            assert {other for other in IDS if self.people.find(other).customer_id == self._who(one)} == self.met[one]
        for customer in self.people.active():
            assert customer.ids == self.met[customer.customer_id]

    @invariant()
    def nothing_is_left_with_who_was_merged(self) -> None:
        for one in self.people.aliases:
            left = self.people.stored[one]
            assert (told(left.wallet), left.offers, left.usage) == (Wallet(), {}, CustomerUsage())

    @invariant()
    def replaying_the_records_gives_the_state(self) -> None:
        for one, customer in self.people.stored.items():
            records = self.people.journals[one]
            assert told(replay(records)) == told(customer.wallet)
            assert replay_offers(records) == customer.offers
            assert len(records) == customer.version

    @invariant()
    def only_what_stands_is_counted_and_all_of_it(self) -> None:
        for customer in self.people.active():
            stands = [one.usage for one in self._events_of(customer) if self.people.counting(one)]
            assert customer.usage.progress == _sum(one.progress for one in stands)
            assert customer.usage.limits == _sum(one.limits for one in stands)

    @invariant()
    def budgets_have_what_nobody_took(self) -> None:
        stands = [one.usage.budgets for one in self.people.events.values() if self.people.counting(one)]
        owed = [customer.usage.pending_refunds for customer in self.people.active()]
        for name, left in self.people.left.items():
            assert left.amount >= 0
            assert left.times >= 0
            taken = (shares.get(name, BudgetAmount()) for shares in (*stands, *owed))
            assert reduce(BudgetAmount.plus, taken, left) == WHOLE[name]

    @invariant()
    def what_was_granted_is_there_or_it_is_known_where_it_went(self) -> None:
        states = self.people.states()
        for customer in self.people.active():
            events = self._events_of(customer)
            due = as_of(customer.wallet, self.people.now).expired_lots
            for total in balances(customer.wallet, self.people.now):

                def of(status: EventStatus, part: str, name: str = total.reward_id, ours: Any = events) -> Decimal:
                    lots = [lot for one in ours if states[one.event_id] is status for lot in getattr(one, part)]
                    return sum((lot.amount for lot in lots if lot.reward_id == name), ZERO)

                gone = [(lot.key, lot.amount) for lot in due]
                gone += [(key, amount) for (one, key), amount in self.people.expired.items() if one in customer.ids]
                ended = sum((amount for key, amount in gone if key.reward_id == total.reward_id), ZERO)
                assert total.reserved == of(EventStatus.PENDING, "redeemed_lots")
                assert total.pending == of(EventStatus.PENDING, "granted_lots")
                granted, spent = of(EventStatus.RESOLVED, "granted_lots"), of(EventStatus.RESOLVED, "redeemed_lots")
                assert granted == total.available + total.reserved + spent + ended

    @invariant()
    def each_offer_is_redeemed_by_the_one_event_that_stands(self) -> None:
        for name, record in self.people.offers.items():
            users = self._users(name)
            assert len(users) <= 1
            resolved = self._users(name, EventStatus.RESOLVED)
            has = self.people.find(record.customer_id).offers
            assert has.get(name, record).used_by == (resolved[0] if resolved else None)
            if not record.has_ended(self.people.now) or self._users(name, EventStatus.PENDING):
                assert name in has
        there = [name for customer in self.people.active() for name in customer.offers]
        assert len(there) == len(set(there))
        assert set(there) <= set(self.people.offers)

    @invariant()
    def whatever_ends_by_itself_has_a_deadline(self) -> None:
        people = self.people
        for event_id, event in people.events.items():
            if event.status is EventStatus.PENDING and event.deadline and not event.is_expired(people.now):
                assert people.deadlines[event.customer_id, event_id] == event.deadline
        for customer in people.active():
            lots = customer.wallet.lots.values()
            ends = [lot.expires_at for lot in lots if lot.expires_at and lot.is_active(people.now)]
            if ends:
                assert people.deadlines[customer.customer_id, LOTS] <= min(ends)

    def teardown(self) -> None:
        """In the end everything that was held or could end is settled, by nothing but its deadlines."""
        people = self.people
        for _ in range(5):
            people.now += timedelta(days=30)
            people.remove_what_is_over()
        assert not [event for event in people.events.values() if event.status is EventStatus.PENDING]
        assert not people.deadlines
        for customer in people.active():
            assert not customer.wallet.holds
            assert not customer.offers
            assert not [lot for lot in customer.wallet.lots.values() if lot.expires_at]
        self.replaying_the_records_gives_the_state()
        self.only_what_stands_is_counted_and_all_of_it()
        self.budgets_have_what_nobody_took()
        self.what_was_granted_is_there_or_it_is_known_where_it_went()
        self.each_offer_is_redeemed_by_the_one_event_that_stands()

    def _who(self, one: str) -> str:
        return self.people.find(one).customer_id

    def _any_event(self, data: st.DataObject) -> Event:
        return self.people.events[data.draw(st.sampled_from(sorted(self.people.events)))]

    def _status(self, event: Event) -> EventStatus:
        return self.people.states()[event.event_id]

    def _events_of(self, customer: Customer) -> list[Event]:
        return [one for one in self.people.events.values() if one.customer_id in customer.ids]

    def _users(self, offer_id: str, *statuses: EventStatus) -> list[str]:
        states = self.people.states()
        active = statuses or (EventStatus.PENDING, EventStatus.RESOLVED)
        return [
            event_id
            for event_id, event in self.people.events.items()
            if states[event_id] in active and offer_id in [one.offer_id for one in event.redeemed_offers]
        ]

    def _totals(self, one: str) -> list[Balance]:
        return balances(self.people.find(one).wallet, self.people.now)

    def _sums(self, one: str) -> Sums:
        return {one.reward_id: (one.available, one.reserved, one.pending) for one in self._totals(one)}

    def _assert_moved(self, event: Event, before: Sums, paid: tuple[Lot, ...]) -> None:
        """Its hold is gone from its customer's sums, and just this has come to what can be spent."""
        for name, (available, reserved, pending) in self._sums(event.customer_id).items():
            had = before.get(name, (ZERO, ZERO, ZERO))
            assert available == had[0] + _amount(
                lot for lot in paid if lot.is_active(self.people.now) and lot.reward_id == name
            )
            assert reserved == had[1] - _amount(lot for lot in event.redeemed_lots if lot.reward_id == name)
            assert pending == had[2] - _amount(lot for lot in event.pending if lot.reward_id == name)


def _sum(counters: Iterable[Counters]) -> Counters:
    return reduce(add_counters, counters, {})


def _amount(lots: Iterable[Lot]) -> Decimal:
    return sum((lot.amount for lot in lots), ZERO)


TestMerges = Merges.TestCase
TestMerges.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
