"""Offers: redeemed once, held while an event waits, given back when it is undone, gone at their end."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import RecordType
from loyalty.domain.customers.merging import merge
from loyalty.domain.errors import InsufficientBalanceError, ValidationError
from loyalty.domain.events import changes, lifecycle
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.replay import replay, replay_offers
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.offers import (
    MAX_GRANTED_OFFERS,
    MAX_OFFERS_PER_CUSTOMER,
    MAX_REDEEMED_OFFERS,
    Offer,
    OfferStatus,
    TooManyOffers,
)
from loyalty.domain.wallet.lots import EntryType
from tests.support.builders import (
    NOW,
    after,
    before,
    campaign,
    customer,
    emit,
    lot,
    moved,
    must,
    offer,
    redeem,
    reverse,
    rules,
    sums,
)
from tests.support.histories import History

END = after(days=1)


def having(*offers: Offer) -> Customer:
    """A customer with these offers and 10 points."""
    return customer(lot(10), offers={one.offer_id: one for one in offers})


def used_by(of: Customer, offer_id: str = "o1") -> str | None:
    return of.offers[offer_id].used_by


@pytest.mark.parametrize(
    ("one", "now", "status"),
    [
        (offer(), before(milliseconds=1), OfferStatus.UPCOMING),
        (offer(), NOW, OfferStatus.ACTIVE),
        (offer(), after(days=1, milliseconds=-1), OfferStatus.ACTIVE),
        (offer(), END, OfferStatus.EXPIRED),
        (offer(used_by="e"), NOW, OfferStatus.REDEEMED),
        (offer(used_by="e"), after(days=9), OfferStatus.REDEEMED),
    ],
)
def test_what_an_offer_is_depends_on_its_times_and_its_use_alone(one: Offer, now: datetime, status: str) -> None:
    assert one.status(now) is status


def test_an_event_redeems_an_offer_whole_beside_points() -> None:
    emission = emit(having(offer()), redeem=[*redeem(1, "o1"), *redeem(4)])
    assert used_by(emission.customer) == "e1"
    assert [one.offer_id for one in emission.event.redeemed_offers] == ["o1"]
    assert moved(emission.event.entries)[0] == (EntryType.REDEMPTION, -4)


@pytest.mark.parametrize(
    ("wanted", "fields"),
    [
        (redeem(2, "o1"), ["redeem.0.amount"]),
        (redeem("0.5", "o1"), ["redeem.0.amount"]),
        ([*redeem(1, "o1"), *redeem(1, "o1")], ["redeem.1.amount"]),
        (redeem(1, "o2"), ["redeem.0.id"]),
        ([*redeem(2, "o1"), *redeem(1, "o2")], ["redeem.0.amount", "redeem.1.id"]),
    ],
    ids=["two of it", "half of it", "twice", "another", "both"],
)
def test_an_offer_is_redeemed_whole_and_once(wanted: list[dict[str, Any]], fields: list[str]) -> None:
    with pytest.raises(ValidationError) as refusal:
        emit(having(offer()), redeem=wanted)
    assert [one.field for one in refusal.value.fields] == fields


def test_an_event_redeems_no_more_offers_than_its_reversal_can_note() -> None:
    many = [offer(f"o{i}") for i in range(MAX_REDEEMED_OFFERS + 1)]
    wanted = [one for each in many for one in redeem(1, each.offer_id)]
    assert len(emit(having(*many), redeem=wanted[1:]).event.redeemed_offers) == MAX_REDEEMED_OFFERS
    with pytest.raises(ValidationError):
        emit(having(*many), redeem=wanted)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (offer(used_by="e0"), "has been redeemed"),
        (offer(starts_at=after(hours=1)), "begins at 2026-03-10T13:00:00.000Z"),
    ],
)
def test_what_cannot_be_redeemed_now_says_why(one: Offer, said: str) -> None:
    with pytest.raises(InsufficientBalanceError, match=said):
        emit(having(one), redeem=redeem(1, "o1"))


def test_an_offer_is_gone_at_its_end_whether_or_not_it_has_been_settled() -> None:
    assert used_by(emit(having(offer()), redeem=redeem(1, "o1"), now=after(days=1, milliseconds=-1)).customer)
    for of in (having(offer()), having()):
        with pytest.raises(ValidationError) as refusal:
            emit(of, redeem=redeem(1, "o1"), now=END)
        assert [one.field for one in refusal.value.fields] == ["redeem.0.id"]


def test_a_disabled_brand_redeems_nothing() -> None:
    emission = emit(having(offer()), redeem=redeem(1, "o1"), enabled=False)
    assert (emission.event.redeemed_offers, used_by(emission.customer)) == ((), None)


def test_an_event_in_standby_holds_the_offer_and_spends_it_when_it_is_fulfilled() -> None:
    held = emit(having(offer()), fulfilled=False, redeem=redeem(1, "o1"))
    assert used_by(held.customer) is None
    with pytest.raises(InsufficientBalanceError, match="held by another event"):
        emit(held.customer, event_id="e2", redeem=redeem(1, "o1"))
    change = must(lifecycle.fulfil(held.event, held.customer, after(hours=1)))
    assert used_by(change.customer) == "e1"


@pytest.mark.parametrize("ending", ["cancelled", "expired", "overdue"])
def test_what_a_hold_took_comes_back_when_it_ends(ending: str) -> None:
    of = having(offer(ends_at=after(days=9)))
    held = emit(of, fulfilled=False, redeem=redeem(1, "o1"))
    now = after(hours=1) if ending == "cancelled" else after(days=1)
    if ending == "cancelled":
        of = must(reverse(held.event, held.customer, now)).customer
    elif ending == "expired":
        of = must(lifecycle.expire(held.event, held.customer, now)).customer
    else:
        of = held.customer
    assert used_by(emit(of, event_id="e2", redeem=redeem(1, "o1"), now=now).customer) == "e2"


def test_a_reversal_gives_the_offer_back() -> None:
    emission = emit(having(offer()), redeem=redeem(1, "o1"))
    change = must(reverse(emission.event, emission.customer, after(hours=1)))
    assert used_by(change.customer) is None
    assert change.ended_offers == ()


def test_a_promise_made_in_time_is_kept_after_the_offers_end() -> None:
    held = emit(having(offer()), fulfilled=False, reserve=5, redeem=redeem(1, "o1"))
    assert changes.expire_offers(held.customer, after(days=2)) is None
    change = must(lifecycle.fulfil(held.event, held.customer, after(days=3)))
    assert change.customer.offers == {}
    assert [(one.offer_id, one.used_by) for one in change.ended_offers] == [("o1", "e1")]
    assert change.record.removed_offers == ("o1",)


def test_a_held_offer_that_is_over_leaves_when_its_hold_gives_it_back() -> None:
    held = emit(having(offer()), fulfilled=False, reserve=5, redeem=redeem(1, "o1"))
    change = must(lifecycle.expire(held.event, held.customer, after(days=5)))
    assert (change.customer.offers, change.ended_offers) == ({}, ())


def test_what_is_over_leaves_the_state_and_what_was_redeemed_is_noted() -> None:
    of = having(offer(), offer("o2", used_by="e2"), offer("o3", ends_at=after(days=9)))
    assert changes.expire_offers(of, after(days=1, milliseconds=-1)) is None
    change = must(changes.expire_offers(of, END))
    assert set(change.customer.offers) == {"o3"}
    assert change.record.type is RecordType.OFFERS_EXPIRED
    assert (change.record.removed_offers, [one.offer_id for one in change.ended_offers]) == (("o1", "o2"), ["o2"])
    assert changes.expire_offers(change.customer, END) is None


def test_the_reversal_of_what_redeemed_an_offer_that_is_over_is_noted_too() -> None:
    emission = emit(having(offer()), redeem=redeem(1, "o1"))
    over = must(changes.expire_offers(emission.customer, END))
    change = must(reverse(emission.event, over.customer, after(days=2)))
    assert [(one.offer_id, one.used_by) for one in change.ended_offers] == [("o1", None)]


def test_offers_beyond_what_a_state_carries_are_refused_and_those_over_do_not_count() -> None:
    full = having(*(offer(f"o{i}") for i in range(MAX_OFFERS_PER_CUSTOMER)))
    with pytest.raises(TooManyOffers, match="100 offers"):
        changes.assign_offer(full, offer("more"), NOW)
    change = changes.assign_offer(full, offer("more", after(days=9)), END)
    assert set(change.customer.offers) == {"more"}
    assert change.record.updated_offers == (offer("more", after(days=9)),)


def test_a_merge_brings_offers_and_what_holds_them_and_they_stay_whose_they_were() -> None:
    held = emit(having(offer()), fulfilled=False, redeem=redeem(1, "o1"))
    older = Customer("demo", "luis", before(days=9), version=1, offers={"o2": offer("o2", customer_id="luis")})
    merged = merge(held.customer, older, after(hours=1))
    assert {one.offer_id: one.customer_id for one in merged.survivor.offers.values()} == {"o1": "ana", "o2": "luis"}
    assert merged.absorbed.offers == {}
    assert (merged.absorbed_record.removed_offers, [one.offer_id for one in merged.survivor_record.updated_offers]) == (
        ("o1",),
        ["o1"],
    )
    change = must(lifecycle.fulfil(held.event, merged.survivor, after(hours=2)))
    assert used_by(change.customer) == "e1"


@pytest.mark.parametrize(
    ("amount", "debt", "available"),
    [(5, 0, 15), (-4, 0, 6), (-10, 0, 0), (-12, 0, -2), (5, 8, 7), (20, 15, 15)],
)
def test_points_are_assigned_and_taken_as_adjustments(amount: int, debt: int, available: int) -> None:
    of = customer(lot(10))
    of.wallet.debts["points"] = Decimal(debt)
    of = of if debt == 0 else Customer("demo", "ana", NOW, 1, of.wallet)
    change = changes.assign_points(of, lot(amount, END, campaign_id=None), NOW, allow_negative=True)
    assert sums(change.customer) == (available, 0, 0)
    assert {line.type for line in change.record.entries} == {EntryType.ADJUSTMENT}
    assert sum(line.amount for line in change.record.entries) == amount
    assert change.customer.next_lot_expiry == (END if amount > debt else None)


def test_points_are_not_taken_below_nothing_where_that_is_not_allowed() -> None:
    of = customer(lot(10))
    assert sums(changes.assign_points(of, lot(-10), NOW, allow_negative=False).customer) == (0, 0, 0)
    with pytest.raises(InsufficientBalanceError, match="11 to be taken, 10 available"):
        changes.assign_points(of, lot(-11), NOW, allow_negative=False)


NAMES = [f"o{i}" for i in range(6)]
BODIES = st.fixed_dictionaries(
    {
        "type": st.just("VISIT"),
        "fulfilled": st.booleans(),
        "reserve": st.integers(1, 4),
        "redeem": st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True).map(
            lambda names: [{"id": name, "amount": Decimal(1)} for name in names]
        ),
    }
)


class OfferHistories(RuleBasedStateMachine):
    """One customer gets offers, redeems them, orders, regrets and waits, in any order."""

    history: History

    @initialize()
    def begin(self) -> None:
        self.history = History(rules())

    @rule(name=st.sampled_from(NAMES), starts=st.integers(0, 2), days=st.integers(1, 4))
    def gets(self, name: str, starts: int, days: int) -> None:
        if name not in self.history.offers:
            begins = self.history.now + timedelta(days=starts)
            self.history.assign(offer(name, begins + timedelta(days=days), starts_at=begins))

    @rule(body=BODIES)
    def emits(self, body: dict[str, Any]) -> None:
        names = [one["id"] for one in body["redeem"]]
        free = all(name in self.history.offers and self._free(name) for name in names)
        event = self.history.emit(body)
        assert isinstance(event, Event) == free
        if isinstance(event, Event):
            assert [one.offer_id for one in event.redeemed_offers] == names

    def _free(self, name: str) -> bool:
        one = self.history.offers[name]
        return one.starts_at <= self.history.now < one.ends_at and not self._users(name)

    def _users(self, name: str, *statuses: EventStatus) -> list[str]:
        states = self.history.states()
        active = statuses or (EventStatus.PENDING, EventStatus.RESOLVED)
        return [
            event_id
            for event_id, event in self.history.events.items()
            if states[event_id] in active and name in [one.offer_id for one in event.redeemed_offers]
        ]

    @precondition(lambda self: self.history.events)
    @rule(data=st.data(), act=st.sampled_from(["fulfil", "reverse", "extend"]))
    def ends(self, data: st.DataObject, act: str) -> None:
        event_id = data.draw(st.sampled_from(sorted(self.history.events)))
        if act == "extend":
            self.history.extend(event_id, 2)
        else:
            getattr(self.history, act)(event_id)

    @rule(hours=st.integers(1, 40))
    def waits(self, hours: int) -> None:
        self.history.now += timedelta(hours=hours)

    @rule()
    def lets_the_table_remove_what_is_over(self) -> None:
        self.history.remove_what_is_over()

    @invariant()
    def replaying_the_records_gives_the_state(self) -> None:
        assert replay_offers(self.history.records) == self.history.customer.offers
        assert replay(self.history.records) == self.history.customer.wallet

    @invariant()
    def each_offer_is_redeemed_by_the_one_event_that_stands(self) -> None:
        for name, record in self.history.offers.items():
            users = self._users(name)
            assert len(users) <= 1
            resolved = self._users(name, EventStatus.RESOLVED)
            seen = self.history.customer.offers.get(name, record)
            assert seen.used_by == (resolved[0] if resolved else None)

    @invariant()
    def whatever_can_be_redeemed_is_in_the_state(self) -> None:
        for name, record in self.history.offers.items():
            if not record.has_ended(self.history.now) or self._users(name, EventStatus.PENDING):
                assert name in self.history.customer.offers

    def teardown(self) -> None:
        """In the end nothing is left in the state."""
        for _ in range(5):
            self.history.now += timedelta(days=30)
            self.history.remove_what_is_over()
        assert self.history.customer.offers == {}
        self.each_offer_is_redeemed_by_the_one_event_that_stands()


TestOfferHistories = OfferHistories.TestCase
TestOfferHistories.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def treats(count: int = 1, **more: Any) -> Any:
    """A campaign that gives so many treats for a purchase, each for a week."""
    return rules(treats=campaign(*[{"offer": "treat", "valid_for": "7/days"}] * count, **more))


def test_a_campaign_gives_an_offer_made_of_what_the_config_offer_is_now() -> None:
    one = emit(by=treats())
    (given,) = one.event.granted_offers
    assert (given.name, given.benefits, given.source, given.reference) == (
        "A treat",
        {"product": "cake"},
        "campaign",
        "treats",
    )
    assert (given.offer.starts_at, given.offer.ends_at) == (NOW, after(days=7, hours=12))
    assert one.customer.offers == {given.offer.offer_id: given.offer}
    assert replay_offers([one.event]) == one.customer.offers
    assert emit(by=treats()).event.granted_offers == (given,)


def test_an_offer_is_promised_while_its_event_is_pending() -> None:
    held = emit(by=treats(), fulfilled=False)
    assert held.customer.offers == {}
    change = must(lifecycle.fulfil(held.event, held.customer, after(hours=1)))
    given = {one.offer.offer_id: one.offer for one in held.event.granted_offers}
    assert change.customer.offers == given != {}
    assert change.granted_offers == held.event.granted_offers
    assert replay_offers([held.event, change.record]) == given
    assert must(reverse(held.event, held.customer)).customer.offers == {}


def test_an_offer_that_a_reversed_event_gave_is_taken_back_unless_another_has_it() -> None:
    one = emit(by=treats(3))
    free, used, held = (given.offer.offer_id for given in one.event.granted_offers)
    two = emit(one.customer, event_id="e2", by=rules(), redeem=redeem(1, used))
    three = emit(two.customer, event_id="e3", by=rules(), redeem=redeem(1, held), fulfilled=False)
    change = must(reverse(one.event, three.customer))
    assert list(change.customer.offers) == [used, held]
    assert [(offer.offer_id, offer.recalled) for offer in change.ended_offers] == [(free, True)]
    assert change.record.removed_offers == (free,)
    assert must(lifecycle.fulfil(three.event, change.customer, after(hours=1)))
    assert replay_offers([one.event, two.event, three.event, change.record]) == change.customer.offers


@pytest.mark.parametrize("ending", ["reversed", "cancelled", "expired", "overdue"])
def test_an_offer_whose_event_was_reversed_is_not_to_be_had_again_when_it_is_given_back(ending: str) -> None:
    one = emit(by=treats())
    (given,) = (record.offer.offer_id for record in one.event.granted_offers)
    two = emit(one.customer, event_id="e2", by=rules(), redeem=redeem(1, given), fulfilled=ending == "reversed")
    undone = must(reverse(one.event, two.customer))
    assert undone.record.removed_offers == ()
    now = after(days=1) if ending in ("expired", "overdue") else NOW
    if ending == "overdue":
        with pytest.raises(ValidationError, match="an offer the customer has now"):
            emit(undone.customer, event_id="e3", by=rules(), redeem=redeem(1, given), now=now)
    act = reverse if now == NOW else lifecycle.expire
    change = must(act(two.event, undone.customer, now))
    assert (change.customer.offers, change.record.removed_offers) == ({}, (given,))
    assert [(offer.offer_id, offer.used_by, offer.recalled) for offer in change.ended_offers] == [(given, None, True)]
    assert replay_offers([one.event, two.event, undone.record, change.record]) == {}


def test_what_can_no_longer_be_given_is_not() -> None:
    full = having(*(offer(f"o{i}") for i in range(MAX_OFFERS_PER_CUSTOMER - 2)))
    assert len(emit(full, by=treats(4)).event.granted_offers) == 2
    assert len(emit(by=treats(9)).event.granted_offers) == MAX_GRANTED_OFFERS
    inactive = emit(by=rules(c=campaign({"offer": "old", "valid_for": "1/day"})))
    assert (inactive.event.granted_offers, inactive.event.campaign_ids) == ((), ())
    tight = emit(by=treats(3), budget=BudgetReservation(max_writes=3))
    assert len(tight.event.granted_offers) == 1
    none = emit(by=treats(3, limits={"per_customer": {"times": 1}}), budget=BudgetReservation(max_writes=1))
    assert (none.event.granted_offers, none.event.campaign_ids, none.customer.usage.limits) == ((), (), {})
