"""The journal: random histories, after every step of which the books must agree."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from loyalty.domain.events.changes import Change
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.replay import replay
from loyalty.domain.limits.counters import EVENT_TYPES, add_counters
from loyalty.domain.times import to_millis
from loyalty.domain.wallet.lots import EntryType, Lot, LotKey
from loyalty.domain.wallet.update import as_of, balances
from tests.support.builders import REWARDS, campaign, effect, per, rules
from tests.support.histories import History

ZERO = Decimal(0)
RULES = rules(
    spend=campaign(effect(1, per=per(), expires_in="2/days")),
    hours=campaign(effect(5, expires_in="3/hours"), effect(2)),
    third=campaign(
        effect(6),
        conditions=[
            [{"operator": "count_gte", "value": 3, "within": "2/days"}],
            [{"field": "order.value", "operator": "total_gte", "value": 60}],
        ],
        limits={"per_customer": {"times": 3, "period": "day"}},
        trigger="VISIT",
    ),
    stars=campaign(effect("0.25", "stars", per=per(), expires_in="1/day"), effect("0.5", "stars"), trigger="VISIT"),
)
AMOUNTS = {"points": st.integers(1, 40).map(Decimal), "stars": st.integers(1, 900).map(lambda n: Decimal(n) / 100)}
REDEEMS = st.lists(
    st.sampled_from(sorted(AMOUNTS)).flatmap(
        lambda name: st.fixed_dictionaries({"id": st.just(name), "amount": AMOUNTS[name]})
    ),
    max_size=2,
)
BODIES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["PURCHASE", "VISIT", "SPEND"]),
        "order": st.fixed_dictionaries({"value": st.integers(0, 30).map(Decimal)}, optional={"redeem": REDEEMS}),
        "redeem": REDEEMS,
        "fulfilled": st.booleans(),
        "reserve": st.integers(1, 3),
    }
)
PAUSES = st.one_of(
    st.timedeltas(timedelta(milliseconds=1), timedelta(hours=4)),
    st.sampled_from([timedelta(hours=3), timedelta(days=1), timedelta(days=2)]),
)


class Histories(RuleBasedStateMachine):
    """One customer shops, spends, fulfils, regrets and waits, in any order."""

    history: History

    @initialize()
    def begin(self) -> None:
        self.history = History(RULES)
        self.excused: dict[str, Decimal] = dict.fromkeys(REWARDS, ZERO)

    @rule(body=BODIES)
    def emits(self, body: dict[str, Any]) -> None:
        event = self.history.emit(body)
        if isinstance(event, Event) and body["type"] == "PURCHASE":
            promised = sum(lot.amount for lot in event.granted_lots if lot.reward_id == "points")
            assert promised == body["order"]["value"] + 7

    @rule(body=BODIES)
    def emits_to_a_disabled_brand(self, body: dict[str, Any]) -> None:
        event = self.history.emit(body, enabled=False)
        assert isinstance(event, Event)
        assert (event.granted_lots, event.redeemed_lots) == ((), ())

    def _any_event(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.history.events)))

    @precondition(lambda self: self.history.events)
    @rule(data=st.data())
    def fulfils(self, data: st.DataObject) -> None:
        event_id = self._any_event(data)
        before = self.history.states()[event_id]
        changed = isinstance(self.history.fulfil(event_id), Change)
        assert changed == (before is EventStatus.PENDING)
        assert self.history.states()[event_id] is (EventStatus.RESOLVED if changed else before)

    @precondition(lambda self: self.history.events)
    @rule(data=st.data(), days=st.integers(1, 3))
    def extends(self, data: st.DataObject, days: int) -> None:
        event_id = self._any_event(data)
        before = self.history.states()[event_id]
        changed = isinstance(self.history.extend(event_id, days), Change)
        assert changed == (before is EventStatus.PENDING)
        assert self.history.states()[event_id] is before

    @precondition(lambda self: self.history.events)
    @rule(data=st.data())
    def reverses(self, data: st.DataObject) -> None:
        event_id = self._any_event(data)
        before = self.history.states()[event_id]
        change = self.history.reverse(event_id)
        ends_as = {EventStatus.RESOLVED: EventStatus.REVERSED, EventStatus.PENDING: EventStatus.CANCELLED}
        assert isinstance(change, Change) == (before in ends_as)
        assert self.history.states()[event_id] is ends_as.get(before, before)
        if isinstance(change, Change) and before is EventStatus.RESOLVED:
            self._note_what_had_expired(change)

    def _note_what_had_expired(self, change: Change) -> None:
        """What a reversal counted as expired before is what it takes off that count."""
        for line in change.record.entries:
            if line.type is EntryType.EXPIRATION:
                self.excused[line.lot.reward_id] -= line.lot.amount
        for key, amount in change.expired_amounts.items():
            self.excused[key.reward_id] -= amount

    def _forgiven(self, reward_id: str) -> Decimal:
        """What reversals neither took back, nor found expired, nor made a debt."""
        history, due = self.history, as_of(self.history.customer.wallet, self.history.now).entries
        lines = [*(line for record in history.records for line in record.entries), *due]
        reversed_ = [event for event in history.events.values() if event.status is EventStatus.REVERSED]
        granted = _amount((lot for event in reversed_ for lot in event.granted_lots), reward_id)
        refunded = _amount((lot for event in reversed_ for lot in event.redeemed_lots), reward_id)
        net = [line.amount for line in lines if line.type is EntryType.REVERSAL and line.lot.reward_id == reward_id]
        return granted - refunded + sum(net, ZERO) - self.excused[reward_id]

    @rule(pause=PAUSES)
    def waits(self, pause: timedelta) -> None:
        self.history.now += timedelta(milliseconds=pause // timedelta(milliseconds=1))

    @rule()
    def lets_the_table_remove_what_is_over(self) -> None:
        self.history.remove_what_is_over()

    @precondition(lambda self: self.history.events)
    @rule(data=st.data())
    def has_a_removal_delivered_again(self, data: st.DataObject) -> None:
        subject = data.draw(st.sampled_from([None, *sorted(self.history.events)]))
        self.history.deadline_passed(subject)
        settled = (self.history.customer, len(self.history.records))
        self.history.deadline_passed(subject)
        assert (self.history.customer, len(self.history.records)) == settled

    @invariant()
    def replaying_the_records_gives_the_wallet(self) -> None:
        assert replay(self.history.records) == self.history.customer.wallet

    @invariant()
    def only_what_stands_is_counted(self) -> None:
        ended = (EventStatus.CANCELLED, EventStatus.EXPIRED, EventStatus.REVERSED)
        # A hold that is over and not settled yet still counts, until the next call.
        usage = [
            one
            for one in self.history.events.values()
            if one.status not in ended
            and (one.status is EventStatus.RESOLVED or one.event_id in self.history.customer.wallet.holds)
        ]
        expected: dict[str, Any] = {}
        for one in usage:
            expected = add_counters(expected, {EVENT_TYPES: one.usage.progress.get(EVENT_TYPES, {})})
        assert self.history.customer.usage.progress.get(EVENT_TYPES, {}) == expected.get(EVENT_TYPES, {})

    @invariant()
    def the_records_are_numbered_and_name_those_before_them(self) -> None:
        records, customer = self.history.records, self.history.customer
        names = [one.event_id if isinstance(one, Event) else one.sequence for one in records]
        assert [one.sequence for one in records] == list(range(1, customer.version + 1))
        assert list(customer.previous) == names[::-1][:6]
        assert all(list(one.previous) == names[:i][::-1][:6] for i, one in enumerate(records))

    @invariant()
    def the_lines_add_up_to_what_can_be_spent(self) -> None:
        history = self.history
        due = as_of(history.customer.wallet, history.now).entries
        lines = [*(line for record in history.records for line in record.entries), *due]
        for total in balances(history.customer.wallet, history.now):
            ours = [line.amount for line in lines if line.lot.reward_id == total.reward_id]
            assert sum(ours, ZERO) == total.available

    @invariant()
    def what_was_granted_is_there_or_it_is_known_where_it_went(self) -> None:
        history, states = self.history, self.history.states()
        due = as_of(history.customer.wallet, history.now).expired_lots
        for total in balances(history.customer.wallet, history.now):

            def of(events: EventStatus, part: str, name: str = total.reward_id) -> Decimal:
                lots = [
                    lot for key, one in history.events.items() if states[key] is events for lot in getattr(one, part)
                ]
                return sum((lot.amount for lot in lots if lot.reward_id == name), ZERO)

            ended = sum((amount for key, amount in history.expired.items() if key.reward_id == total.reward_id), ZERO)
            ended += sum((lot.amount for lot in due if lot.reward_id == total.reward_id), ZERO)
            spent = of(EventStatus.RESOLVED, "redeemed_lots")
            granted = of(EventStatus.RESOLVED, "granted_lots") + self._forgiven(total.reward_id)
            assert total.reserved == of(EventStatus.PENDING, "redeemed_lots")
            assert total.pending == of(EventStatus.PENDING, "granted_lots")
            assert granted == total.available + total.reserved + spent + ended

    @invariant()
    def only_a_debt_is_below_nothing(self) -> None:
        wallet, now = self.history.customer.wallet, self.history.now
        assert all(lot.amount > 0 for lot in wallet.lots.values())
        assert all(lot.amount > 0 for hold in wallet.holds.values() for lot in (*hold.reserved, *hold.pending))
        assert all(amount >= 0 for amount in self.history.expired.values())
        assert all(debt >= 0 for debt in wallet.debts.values())
        assert all(
            debt == 0 or not any(lot.reward_id == name and lot.is_active(now) for lot in wallet.lots.values())
            for name, debt in wallet.debts.items()
        )
        for total in balances(wallet, now):
            assert total.available >= 0 or REWARDS[total.reward_id].allow_negative
            assert self._forgiven(total.reward_id) == 0 or not REWARDS[total.reward_id].allow_negative

    @invariant()
    def no_lot_has_more_than_the_events_that_stand_have_granted(self) -> None:
        history, states = self.history, self.history.states()
        granted: dict[LotKey, Decimal] = {}
        spent = ZERO
        for event_id, event in history.events.items():
            if states[event_id] is EventStatus.RESOLVED:
                for lot in event.granted_lots:
                    granted[lot.key] = granted.get(lot.key, ZERO) + lot.amount
            if states[event_id] in (EventStatus.RESOLVED, EventStatus.PENDING):
                spent += _amount(event.redeemed_lots, "stars")
        lots = {lot.key: lot.amount for lot in as_of(history.customer.wallet, history.now).wallet.lots.values()}
        for key in granted.keys() | lots.keys():
            if key.reward_id == "stars" and (key.expires_at is None or history.now < key.expires_at):
                assert lots.get(key, ZERO) <= granted.get(key, ZERO)
                assert spent or lots.get(key, ZERO) == granted.get(key, ZERO)

    @invariant()
    def whatever_ends_by_itself_has_a_deadline(self) -> None:
        history = self.history
        for event_id, event in history.events.items():
            if event.status is EventStatus.PENDING and event.deadline and not event.is_expired(history.now):
                assert history.deadlines[event_id] == event.deadline
        ends = [
            lot.expires_at
            for lot in history.customer.wallet.lots.values()
            if lot.expires_at and lot.is_active(history.now)
        ]
        if ends:
            assert history.deadlines[None] <= min(ends)

    @invariant()
    def amounts_and_times_are_as_they_are_written(self) -> None:
        for lot in self.history.customer.wallet.lots.values():
            assert not {"E", "e"} & set(str(lot.amount))
            assert lot.expires_at is None or to_millis(lot.expires_at) % 60_000 == 0

    def teardown(self) -> None:
        """In the end everything that was held or could expire is settled, by nothing but its deadlines."""
        history = self.history
        for _ in range(5):
            history.now += timedelta(days=30)
            history.remove_what_is_over()
        assert not [event for event in history.events.values() if event.status is EventStatus.PENDING]
        assert not history.customer.wallet.holds
        assert not [lot for lot in history.customer.wallet.lots.values() if lot.expires_at]
        assert not history.deadlines
        self.replaying_the_records_gives_the_wallet()
        self.the_lines_add_up_to_what_can_be_spent()
        self.what_was_granted_is_there_or_it_is_known_where_it_went()


def _amount(lots: Iterable[Lot], reward_id: str) -> Decimal:
    return sum((lot.amount for lot in lots if lot.reward_id == reward_id), ZERO)


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
