"""A rescue pays an expired event once, as it was promised, if what it takes is still there; else nothing changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import RecordType
from loyalty.domain.errors import (
    BudgetSpentError,
    EventCancelledError,
    EventPendingError,
    EventResolvedError,
    EventReversedError,
    InsufficientBalanceError,
    LimitReachedError,
    LoyaltyError,
    PurchaseReplacedError,
)
from loyalty.domain.events import lifecycle
from loyalty.domain.events.changes import Change
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.replay import replay
from loyalty.domain.events.rescue import CustomerLimit
from loyalty.domain.limits.budgets import SHARDS, BudgetAmount, BudgetReservation
from loyalty.domain.wallet.lots import EntryType
from tests.support.builders import NOW, after, campaign, customer, effect, emit, lot, moved, must, redeem, rules, sums
from tests.support.builders import reverse as reversed_

LATE = after(days=2)
LIMITED = rules(
    spend=campaign(
        effect(100), {"tag": "vip"}, limits={"budget": 150, "per_customer": {"times": 1}, "per_campaign": {"times": 9}}
    )
)
(ONE,) = LIMITED.campaigns["PURCHASE"]


def left(amount: int, times: int = 9) -> BudgetReservation:
    """The budget of the campaign, all of it in one shard."""
    shards = {shard: BudgetAmount() for shard in SHARDS}
    return BudgetReservation({"spend": {**shards, "3": BudgetAmount(lot(amount).amount, times)}})


def rescue(
    event: Event,
    of: Customer,
    *,
    budget: BudgetReservation | None = None,
    limits: Mapping[str, CustomerLimit] | None = None,
    now: datetime = LATE,
) -> Change | None:
    """A rescue, for a reason."""
    return lifecycle.rescue(
        event, of, now, reason="late", key_id="k1", limits=limits or {}, budget=budget or BudgetReservation()
    )


def expired(to: Customer | None = None, **body: Any) -> tuple[Event, Customer]:
    """A purchase of 100 that was held for a day, settled after its end."""
    held = emit(to, fulfilled=False, **body)
    change = must(lifecycle.expire(held.event, held.customer, after(days=1)))
    return must(change.event), change.customer


def test_it_pays_what_was_promised_and_says_who_and_why() -> None:
    change = must(rescue(*expired()))
    event = must(change.event)
    assert (event.status, event.resolved_at, event.ended_at, event.reason) == (EventStatus.RESOLVED, LATE, None, "late")
    assert must(event.rescue)[:4] == (LATE, "k1", "late", "ana")
    assert (change.record.type, change.record.reason) == (RecordType.RESCUED, "late")
    assert moved(change.record.entries) == [(EntryType.ACCUMULATION, 100)]
    assert sums(change.customer, LATE) == (100, 0, 0)


@pytest.mark.parametrize("settled", [True, False], ids=["settled", "not settled"])
def test_it_redeems_of_what_is_there_now(*, settled: bool) -> None:
    held = emit(customer(lot(30, after(days=9))), fulfilled=False, redeem=redeem(20), event_id="e1")
    spent = emit(held.customer, event_id="e2", type="SPEND", redeem=redeem(10)).customer
    earned = emit(spent, event_id="e3", order={"value": 50}).customer
    event, of = held.event, earned
    if settled:
        done = must(lifecycle.expire(event, of, after(days=1)))
        event, of = must(done.event), done.customer
    change = must(rescue(event, of))
    assert sums(change.customer, LATE) == (150, 0, 0)
    undone = must(reversed_(must(change.event), change.customer, LATE))
    assert sums(undone.customer, LATE) == (70, 0, 0)


def test_points_that_were_spent_since_are_not_there() -> None:
    event, of = expired(customer(lot(20)), redeem=redeem(20))
    with pytest.raises(InsufficientBalanceError):
        rescue(event, emit(of, event_id="e2", type="SPEND", redeem=redeem(1), now=LATE).customer)


def test_it_is_done_once() -> None:
    change = must(rescue(*expired()))
    assert rescue(must(change.event), change.customer) is None


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        ("held", EventPendingError),
        ("resolved", EventResolvedError),
        ("cancelled", EventCancelledError),
        ("reversed", EventReversedError),
        ("reversed after a rescue", EventReversedError),
    ],
)
def test_only_what_has_expired_is_rescued(state: str, refusal: type[LoyaltyError]) -> None:
    if state == "reversed after a rescue":
        found = must(rescue(*expired()))
        event, of = must(found.event), found.customer
    else:
        emission = emit(fulfilled=state not in ("held", "cancelled"))
        event, of = emission.event, emission.customer
    if state not in ("held", "resolved"):
        change = must(reversed_(event, of, NOW if state != "reversed after a rescue" else LATE))
        event, of = must(change.event), change.customer
    with pytest.raises(refusal):
        rescue(event, of, now=after(hours=1))


def test_a_purchase_that_was_made_anew_is_not_paid_twice() -> None:
    event, of = expired()
    with pytest.raises(PurchaseReplacedError, match="e9"):
        rescue(event._replace(replaced_by="e9"), of)


def test_it_takes_its_share_of_budgets_and_limits_again() -> None:
    event, of = expired(by=LIMITED, budget=left(150))
    limits = {ONE.usage_key: CustomerLimit("spend", 1)}
    assert of.usage.limits == {}
    change = must(rescue(event, of, budget=left(150), limits=limits))
    assert change.customer.usage.limits == event.usage.limits
    assert change.customer.usage.progress == event.usage.progress
    assert change.customer.tags == {"vip": True}
    assert sum(amount.amount for amount in change.budget.consumed.values()) == 100
    assert sum(amount.times for amount in change.budget.consumed.values()) == 1
    undone = must(reversed_(must(change.event), change.customer, LATE))
    assert (undone.customer.usage.limits, undone.customer.usage.progress, undone.customer.tags) == ({}, {}, {})
    assert undone.budget.refunds == {"spend": BudgetAmount(lot(100).amount, 1)}


@pytest.mark.parametrize(("budget", "refusal"), [(left(99), BudgetSpentError), (left(150, times=0), LimitReachedError)])
def test_a_budget_that_is_spent_pays_nothing(budget: BudgetReservation, refusal: type[LoyaltyError]) -> None:
    event, of = expired(by=LIMITED, budget=left(150))
    with pytest.raises(refusal):
        rescue(event, of, budget=budget)
    assert budget.consumed == {}


def test_a_customer_who_was_rewarded_as_often_as_possible_since_is_not_again() -> None:
    event, of = expired(by=LIMITED, budget=left(150))
    again = emit(of, by=LIMITED, budget=left(150), event_id="e2", now=LATE).customer
    with pytest.raises(LimitReachedError, match="spend: rewards a customer once"):
        rescue(event, again, budget=left(150), limits={ONE.usage_key: CustomerLimit("spend", 1)})


def test_a_hold_that_is_not_settled_takes_its_own_share_again() -> None:
    held = emit(by=LIMITED, budget=left(150), fulfilled=False)
    limits = {ONE.usage_key: CustomerLimit("spend", 1)}
    change = must(rescue(held.event, held.customer, budget=left(0, times=0), limits=limits))
    assert (change.budget.consumed, change.budget.refunds) == ({}, {})
    assert change.customer.usage.limits == held.event.usage.limits


def test_the_journal_adds_up_to_the_wallet() -> None:
    held = emit(customer(), fulfilled=False)
    ended = must(lifecycle.expire(held.event, held.customer, after(days=1)))
    change = must(rescue(must(ended.event), ended.customer))
    assert replay([held.event, ended.record, change.record]) == change.customer.wallet


def test_the_first_answer_of_the_emit_stays() -> None:
    held = emit(customer(lot(30)), fulfilled=False, redeem=redeem(20))
    ended = must(lifecycle.expire(held.event, held.customer, after(days=1)))
    change = must(rescue(must(ended.event), ended.customer))
    assert must(change.event).first_answer() == held.event
