"""Reversals of a reward without debts: in any order, over several lots, they end where the standing events say."""

from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.domain.events import lifecycle
from loyalty.domain.events.changes import Change
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.replay import replay
from loyalty.domain.wallet import shortfalls
from loyalty.domain.wallet.lots import EntryType, Lot, LotKey
from loyalty.domain.wallet.update import as_of
from tests.support.builders import (
    after,
    campaign,
    customer,
    effect,
    emit,
    lot,
    moved,
    must,
    per,
    redeem,
    reverse,
    rules,
    sums,
)
from tests.support.histories import History
from tests.support.people import People

ZERO = Decimal(0)
RULES = rules(
    day=campaign(effect(1, "stars", per=per(), expires_in="1/days"), trigger="DAY"),
    week=campaign(effect(1, "stars", per=per(), expires_in="1/weeks"), trigger="WEEK"),
    ever=campaign(effect(1, "stars", per=per()), trigger="EVER"),
    both=campaign(effect(4, "stars"), effect(4, "stars", expires_in="1/days"), trigger="BOTH"),
)
STANDING = (EventStatus.RESOLVED, EventStatus.PENDING)


class Reversals:
    """One customer who earns, spends and regrets."""

    def __init__(self) -> None:
        self.history = History(RULES)

    def earn(self, type_: str, amount: int) -> str:
        """Earn so many stars with an event of that type; its id."""
        return self._emit({"type": type_, "order": {"value": Decimal(amount)}})

    def spend(self, amount: int, **more: Any) -> str:
        """Spend so many stars; the id of the event, empty if they are not there."""
        return self._emit({"type": "SPEND", "redeem": redeem(amount, "stars"), **more})

    def available(self) -> Decimal:
        """What can be spent."""
        return sum(self.lots().values(), ZERO)

    def lots(self) -> dict[LotKey, Decimal]:
        """What is left of each lot."""
        wallet = as_of(self.history.customer.wallet, self.history.now).wallet
        assert not any(wallet.debts.values())
        return {key: one.amount for key, one in wallet.lots.items()}

    def granted(self) -> dict[LotKey, Decimal]:
        """What the events that stand have granted of each lot that has not ended."""
        amounts: dict[LotKey, Decimal] = {}
        states = self.history.states()
        for event_id, event in self.history.events.items():
            for one in event.granted_lots if states[event_id] is EventStatus.RESOLVED else ():
                if one.is_active(self.history.now):
                    amounts[one.key] = amounts.get(one.key, ZERO) + one.amount
        return amounts

    def check(self) -> None:
        """No lot has more than was granted, exactly that if nothing is spent; and the journal adds up to the wallet."""
        lots, granted, states = self.lots(), self.granted(), self.history.states()
        assert all(amount <= granted.get(key, ZERO) for key, amount in lots.items())
        if not any(event.redeemed_lots for key, event in self.history.events.items() if states[key] in STANDING):
            assert lots == granted
        assert replay(self.history.records) == self.history.customer.wallet

    def reverse(self, *event_ids: str) -> None:
        """Reverse these events one after the other."""
        for event_id in event_ids:
            assert isinstance(self.history.reverse(event_id), Change)
            self.check()

    def _emit(self, body: dict[str, Any]) -> str:
        event = self.history.emit(body)
        return event.event_id if isinstance(event, Event) else ""


def test_what_a_reversal_let_go_is_taken_off_what_comes_back() -> None:
    one = Reversals()
    earned, spent = one.earn("EVER", 100), one.spend(100)
    one.reverse(earned, spent)
    assert one.available() == 0
    assert one.history.customer.wallet.shortfalls == ()
    assert moved(one.history.records[-1].entries) == [(EntryType.REVERSAL, 100), (EntryType.REVERSAL, -100)]


@pytest.mark.parametrize("ending", ["cancelled", "expired"])
def test_what_was_let_go_is_taken_off_a_hold_that_is_released(ending: str) -> None:
    one = Reversals()
    earned, held = one.earn("EVER", 100), one.spend(100, fulfilled=False)
    one.reverse(earned)
    if ending == "cancelled":
        one.reverse(held)
    one.history.now += timedelta(days=2)
    assert one.available() == 0
    one.history.remove_what_is_over()
    one.check()


def test_what_stood_in_for_a_lot_gets_back_what_comes_back_to_it() -> None:
    one = Reversals()
    first, other = one.earn("DAY", 100), one.earn("EVER", 100)
    spent = one.spend(150)
    one.reverse(first)
    assert one.available() == 0
    one.history.now += timedelta(days=3)  # the first lot has ended; the other, which stood in for it, has not
    one.reverse(spent)
    assert one.lots() == {LotKey("stars", "ever", None): 100}
    one.reverse(other)
    assert one.available() == 0


@pytest.mark.parametrize("reversed_first", ["what stood in", "what spent"])
def test_what_stood_in_has_others_stand_in_for_it_although_both_have_ended(reversed_first: str) -> None:
    one = Reversals()
    day, week = one.earn("DAY", 9), one.earn("WEEK", 14)
    spent = one.spend(9)
    one.reverse(day)  # 9 of the week's points stand in for those that were spent
    one.earn("EVER", 3)
    one.history.now += timedelta(days=9)
    one.history.remove_what_is_over()
    one.reverse(*((week, spent) if reversed_first == "what stood in" else (spent, week)))
    assert one.lots() == {LotKey("stars", "ever", None): 3}


def test_what_was_waived_of_a_lot_is_made_up_for_although_it_has_ended() -> None:
    one = Reversals()
    first, second = one.earn("DAY", 10), one.earn("DAY", 10)
    spent = [one.spend(10), one.spend(10)]
    one.reverse(first)
    one.earn("EVER", 10)
    one.history.now += timedelta(days=3)
    one.history.remove_what_is_over()
    one.reverse(spent[0])
    one.reverse(second)
    assert one.available() == 0, "the other 10 are still spent"
    one.reverse(spent[1])
    assert one.available() == 10


def test_reversing_both_grants_leaves_nothing_to_come_back() -> None:
    one = Reversals()
    first, other = one.earn("DAY", 100), one.earn("EVER", 100)
    spent = one.spend(150)
    one.reverse(first, other, spent)
    assert one.available() == 0


def test_what_is_earned_and_spent_after_a_reversal_owes_it_nothing() -> None:
    one = Reversals()
    earned, spent = one.earn("EVER", 100), one.spend(100)
    one.reverse(earned)
    one.earn("EVER", 50)
    assert one.available() == 50
    held = one.spend(50, fulfilled=False)
    one.reverse(held)
    assert one.available() == 50, "cancelling gives back everything that it took"
    one.reverse(spent)
    assert one.available() == 50


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_every_order_of_four_reversals(order: tuple[int, ...]) -> None:
    one = Reversals()
    earned = [one.earn("DAY", 60), one.earn("BOTH", 1)]
    spent = [one.spend(30), one.spend(35)]
    events = [*earned, *spent]
    one.reverse(*(events[i] for i in order))
    assert one.available() == 0


def _steps() -> st.SearchStrategy[list[tuple[Any, ...]]]:
    earn = st.tuples(st.just("earn"), st.sampled_from(["DAY", "WEEK", "EVER", "BOTH"]), st.integers(1, 20))
    spend = st.tuples(st.just("spend"), st.integers(1, 30), st.booleans())
    others = st.tuples(st.sampled_from(["reverse", "reverse", "fulfil"]), st.integers(0, 30))
    wait = st.tuples(st.just("wait"), st.sampled_from([1, 20, 40, 90]))
    return st.lists(st.one_of(earn, earn, spend, spend, others, others, wait), min_size=4, max_size=40)


def _play(one: Reversals, steps: list[tuple[Any, ...]]) -> None:
    for act, *about in steps:
        events = sorted(one.history.events)
        if act == "earn":
            one.earn(*about)
        elif act == "spend":
            one.spend(about[0], fulfilled=about[1], reserve=2)
        elif act == "wait":
            one.history.now += timedelta(hours=about[0])
            if about[0] > 30:
                one.history.remove_what_is_over()
        elif events:
            getattr(one.history, act)(events[about[0] % len(events)])
        one.check()


@given(_steps(), st.randoms())
@settings(max_examples=100, deadline=None)
def test_any_order_of_anything_ends_where_the_standing_events_say(steps: list[tuple[Any, ...]], chance: Any) -> None:
    one = Reversals()
    _play(one, steps)
    left = [event_id for event_id, event in one.history.events.items() if event.redeemed_lots]
    chance.shuffle(left)
    for event_id in left:
        one.history.reverse(event_id)
        one.check()
    one.history.now += timedelta(days=3)
    assert one.lots() == one.granted()


@given(_steps(), st.randoms())
@settings(max_examples=50, deadline=None)
def test_pooled_shortfalls_make_no_points_either(steps: list[tuple[Any, ...]], chance: Any) -> None:
    """Which lot has the points is not known any more, so only sums are compared, and nothing ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shortfalls, "MAX_SHORTFALL_AMOUNTS", 0)
        patch.setattr(Reversals, "check", _check_sums)
        one = Reversals()
        _play(one, [step for step in steps if step[0] != "wait"])
        left = [event_id for event_id, event in one.history.events.items() if event.redeemed_lots]
        chance.shuffle(left)
        one.reverse(*(event_id for event_id in left if one.history.states()[event_id] in STANDING))
        assert one.available() == sum(one.granted().values(), ZERO)


def _check_sums(one: Reversals) -> None:
    assert one.available() <= sum(one.granted().values(), ZERO)
    assert replay(one.history.records) == one.history.customer.wallet


def test_shortfalls_are_bounded() -> None:
    one = Reversals()
    for _ in range(2 * shortfalls.MAX_SHORTFALL_AMOUNTS):
        earned = one.earn("EVER", 10)
        assert one.spend(10)
        one.reverse(earned)
    (pool,) = one.history.customer.wallet.shortfalls
    assert pool.is_pooled
    assert pool.waived == 20 * shortfalls.MAX_SHORTFALL_AMOUNTS
    one.reverse(*(event_id for event_id, event in one.history.events.items() if event.redeemed_lots))
    assert one.available() == 0


def test_a_deleted_reward_leaves_the_debts_that_it_left_when_it_was_granted() -> None:
    stars = rules(spend=campaign(effect(100, "stars")))
    earned = emit(by=stars)
    assert earned.event.without_debt == ("stars",)
    spent = emit(earned.customer, event_id="e2", type="SPEND", redeem=redeem(100, "stars"), by=stars)
    deleted: dict[str, bool] = {}
    for event, debt in ((earned.event, 0), (emit(event_id="e1", by=rules(spend=campaign(effect(100)))).event, 100)):
        change = must(
            lifecycle.reverse(
                event, spent.customer, after(hours=1), reason="so", allow_negative=deleted, expired_unspent={}
            )
        )
        assert sum(change.customer.wallet.debts.values()) == debt


def test_a_setting_that_changed_meanwhile_makes_no_points_either() -> None:
    first = emit(by=rules(spend=campaign(effect(100))))
    spent = emit(first.customer, event_id="e2", type="SPEND", order=None, redeem=redeem(100))
    owing = must(reverse(first.event, spent.customer, allow_negative=True)).customer
    assert sums(owing)[0] == -100
    second = emit(owing, event_id="e3", by=rules(other=campaign(effect(100, expires_in="1/days"))))
    forgiven = must(reverse(second.event, second.customer, allow_negative=False)).customer
    assert sums(forgiven)[0] == 0
    assert sums(must(reverse(spent.event, forgiven)).customer)[0] == 0


@pytest.mark.parametrize("who", ["a", "b"])
@pytest.mark.parametrize("before", [True, False], ids=["reversed, then merged", "merged, then reversed"])
def test_a_merge_carries_along_what_was_let_go(who: str, before: bool) -> None:
    people = People(RULES, {})
    people.emit("a", {"type": "VISIT"})
    people.now += timedelta(seconds=1)
    earned = people.emit(who, {"type": "EVER", "order": {"value": Decimal(100)}})
    spent = people.emit(who, {"type": "SPEND", "redeem": redeem(100, "stars")})
    assert isinstance(earned, Event)
    assert isinstance(spent, Event)
    if not before:
        people.merge("a", "b")
    people.reverse(earned.event_id, allow_negative=False)
    if before:
        people.merge("a", "b")
    assert isinstance(people.reverse(spent.event_id), Change)
    wallet = people.find("a").wallet
    assert (wallet.lots, wallet.shortfalls) == ({}, ())


def test_points_that_come_back_to_an_ended_lot_settle_no_pooled_shortfall() -> None:
    ended = Lot("points", Decimal(10), None, after(), after(days=-1))
    waived = [shortfalls.Shortfall(5, *one.key[:3], one.amount) for one in (lot(10), ended)]
    pool = shortfalls.pooled(tuple(waived), "points", after())
    assert pool[0].waived == 10, "what was waived of a lot that has ended is owed by no other"
    assert shortfalls.settle(pool, ended, 1, after()).withheld == 0
    assert shortfalls.settle(pool, lot(7), 1, after()).withheld == 7
    assert shortfalls.settle(pool, lot(7), 6, after()).withheld == 0
    assert customer().wallet.shortfalls == ()
