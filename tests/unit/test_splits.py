"""Merges that are undone, in any order with events: whatever was there is there once, with one of the two."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from loyalty.domain.events.changes import Change
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.replay import replay, replay_offers
from loyalty.domain.limits.budgets import BudgetAmount
from loyalty.domain.wallet.update import as_of
from tests.support.builders import REWARDS, campaign, effect, per, redeem, rules
from tests.support.people import ZERO, People

IDS = "abcde"
WHO = st.sampled_from(IDS)
WHOLE = {"pot": BudgetAmount(Decimal(40))}
RULES = rules(
    spend=campaign(effect(per=per(), expires_in="3/days")),
    later=campaign(effect(2, "stars", available_after="1/days")),
    third=campaign(effect(30, "stars"), conditions=[[{"operator": "count_gte", "value": 3}]]),
    pot=campaign(effect(7), limits={"budget": WHOLE["pot"].amount}),
    treats=campaign({"offer": "treat", "valid_for": "2/days"}, trigger="VISIT"),
)
STANDBY = st.booleans().map(lambda held: {"fulfilled": False, "reserve": 1} if held else {})


class Splits(RuleBasedStateMachine):
    """People who are taken for one, and told apart again, while they buy, spend and bring things back."""

    people: People

    @initialize()
    def begin(self) -> None:
        self.people = People(RULES, WHOLE)

    @rule(who=WHO, value=st.integers(1, 50), how=STANDBY)
    def buys(self, who: str, value: int, how: dict[str, Any]) -> None:
        body = {"type": "PURCHASE", "order": {"value": Decimal(value)}, **how}
        assert isinstance(self.people.emit(who, body), Event)

    @rule(who=WHO)
    def visits(self, who: str) -> None:
        self.people.emit(who, {"type": "VISIT"})

    @rule(who=WHO, amount=st.integers(1, 40), reward=st.sampled_from(["points", "stars"]), how=STANDBY)
    def spends(self, who: str, amount: int, reward: str, how: dict[str, Any]) -> None:
        self.people.emit(who, {"type": "REDEEM", "redeem": redeem(amount, reward), **how})

    @rule(who=WHO, value=st.integers(1, 50))
    def owes(self, who: str, value: int) -> None:
        bought = self.people.emit(who, {"type": "PURCHASE", "order": {"value": Decimal(value)}})
        assert isinstance(bought, Event)
        self.spends(who, value, "points", {})
        assert isinstance(self.people.reverse(bought.event_id), Change)

    @precondition(lambda self: len(self.people.stored) > 1)
    @rule(two=st.permutations(IDS))
    def are_taken_for_one(self, two: list[str]) -> None:
        before = self.people.everything()
        self.people.merge(*two[:2])
        assert self.people.everything() == before

    @precondition(lambda self: self.people.aliases)
    @rule(data=st.data())
    def are_told_apart(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(sorted(self.people.aliases)))
        before = self.people.everything()
        split = self.people.split(one)
        assert self.people.everything() == before
        if split:
            lines = (*split.survivor_record.entries, *split.split_off_record.entries)
            for name in REWARDS:
                assert sum(line.amount for line in lines if line.lot.reward_id == name) == 0
            assert self.people.find(one).customer_id == one

    @precondition(lambda self: self.people.events)
    @rule(data=st.data())
    def reverses(self, data: st.DataObject) -> None:
        self.people.reverse(self._any_event(data).event_id)

    @precondition(lambda self: self.people.events)
    @rule(data=st.data())
    def fulfils(self, data: st.DataObject) -> None:
        self.people.fulfil(self._any_event(data).event_id)

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        self.people.now += timedelta(hours=hours)

    @rule()
    def the_table_removes_what_is_over(self) -> None:
        self.people.remove_what_is_over()

    @invariant()
    def replaying_the_records_gives_the_state(self) -> None:
        for one, customer in self.people.stored.items():
            records = self.people.journals[one]
            replayed = replay(records)
            assert (replayed.lots, replayed.holds) == (customer.wallet.lots, customer.wallet.holds)
            assert replayed.shortfalls == customer.wallet.shortfalls
            assert _nonzero(replayed.debts) == _nonzero(customer.wallet.debts)
            assert replay_offers(records) == customer.offers
            assert [record.sequence for record in records] == list(range(1, customer.version + 1))

    @invariant()
    def all_that_was_granted_is_with_somebody_or_was_spent_or_has_ended(self) -> None:
        states = self.people.states()
        ended: dict[str, Decimal] = {}
        for (_, key), amount in self.people.expired.items():
            ended[key.reward_id] = ended.get(key.reward_id, ZERO) + amount
        for customer in self.people.active():
            for lot in as_of(customer.wallet, self.people.now).expired_lots:
                ended[lot.reward_id] = ended.get(lot.reward_id, ZERO) + lot.amount
        sums = self.people.everything()[0]
        for name in REWARDS:

            def of(status: EventStatus, part: str, name: str = name) -> Decimal:
                events = [one for one in self.people.events.values() if states[one.event_id] is status]
                lots = [lot for one in events for lot in getattr(one, part)]
                return sum((lot.amount for lot in lots if lot.reward_id == name), ZERO)

            available, reserved, pending = sums.get(name, (ZERO, ZERO, ZERO))
            granted, spent = of(EventStatus.RESOLVED, "granted_lots"), of(EventStatus.RESOLVED, "redeemed_lots")
            vesting = self._vesting(name)
            assert reserved == of(EventStatus.PENDING, "redeemed_lots")
            assert pending == of(EventStatus.PENDING, "granted_lots") + vesting
            assert granted == available + vesting + reserved + spent + ended.get(name, ZERO)

    @invariant()
    def budgets_have_what_nobody_took(self) -> None:
        stands = [one.usage.budgets for one in self.people.events.values() if self.people.counting(one)]
        owed = [customer.usage.pending_refunds for customer in self.people.active()]
        for name, left in self.people.left.items():
            taken = [shares[name] for shares in (*stands, *owed) if name in shares]
            assert left.amount >= 0
            assert left.amount + sum(one.amount for one in taken) == WHOLE[name].amount

    def teardown(self) -> None:
        """In the end everything that was held or could end is settled, by nothing but its deadlines."""
        for _ in range(5):
            self.people.now += timedelta(days=30)
            self.people.remove_what_is_over()
        for customer in self.people.active():
            assert not customer.wallet.holds
            assert not customer.offers
        self.replaying_the_records_gives_the_state()
        self.all_that_was_granted_is_with_somebody_or_was_spent_or_has_ended()
        self.budgets_have_what_nobody_took()

    def _any_event(self, data: st.DataObject) -> Event:
        return self.people.events[data.draw(st.sampled_from(sorted(self.people.events)))]

    def _vesting(self, reward_id: str) -> Decimal:
        lots = [lot for customer in self.people.active() for lot in customer.wallet.lots.values()]
        now = self.people.now
        return sum((lot.amount for lot in lots if lot.reward_id == reward_id and lot.is_vesting(now)), ZERO)


def _nonzero(debts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {reward: debt for reward, debt in debts.items() if debt}


TestSplits = Splits.TestCase
TestSplits.settings = settings(max_examples=100, stateful_step_count=40, suppress_health_check=[HealthCheck.too_slow])
