"""A campaign tried on events of the past decides as it would have decided then, and says what nobody can know."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import ValidationError
from loyalty.domain.events.emit import EmitDecision
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.trial import Tried, try_campaign
from loyalty.domain.limits.budgets import BudgetAmount, BudgetReservation, ShardsLeft
from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.campaigns import Campaign
from loyalty.domain.rules.ruleset import Ruleset
from tests.support.builders import CATALOG, NOW, Document, after, campaign, effect, emit, must, newcomer, rules
from tests.support.strategies import CAMPAIGNS, VALUES

COUNT_3 = {"operator": "count_gte", "value": 3}
VIP = {"field": "customer.tags.vip", "operator": "exists"}


def live(
    *values: int, by: Ruleset | None = None, document: Document | None = None, every: timedelta = timedelta(hours=20)
) -> tuple[list[EmitDecision], Customer]:
    """Purchases of these values, one after the other, while the campaign `tried` runs or others do."""
    by = by or rules(tried=document or campaign())
    limits = (document or {}).get("limits", {})
    left = BudgetAmount(Decimal(limits.get("budget", 0)), limits.get("per_campaign", {}).get("times", 0))
    who, done = newcomer(), list[EmitDecision]()
    for i, value in enumerate(values):
        budget = BudgetReservation({"tried": ShardsLeft({"0": left}, all_shards=1)})
        now = NOW + i * every
        done.append(emit(who, event_id=f"e{i}", by=by, now=now, order={"value": value}, budget=budget))
        who = done[-1].customer
        left = left.minus(budget.consumed.get(("tried", "0"), BudgetAmount()))
    return done, who


def tried(
    document: Document, events: list[Event], who: Customer, *, complete: bool = True, last: int = 25, **more: Any
) -> list[Tried]:
    """What the campaign would have made of the last of these events, oldest first."""
    read = Campaign.model_validate(document)
    brand = Brand("demo", "Demo")
    return try_campaign("tried", read, events[::-1][:last], who, brand, CATALOG, complete=complete, **more)[::-1]


def paid(some: list[Tried]) -> list[list[Any]]:
    """The amounts that each event would have earned."""
    return [[lot.amount for lot in one.result.lots] for one in some]


@settings(max_examples=60)
@given(CAMPAIGNS, VALUES)
def test_a_campaign_that_ran_all_the_time_makes_of_all_events_what_it_made_of_them(
    some: list[Document], values: list[int]
) -> None:
    document, *_ = some
    done, who = live(*values, document=document)
    # The tags that it set itself are in the profile of now: that is the one thing that cannot be taken back.
    again = tried(document, [one.event for one in done], replace(who, tags={}))
    for one, then in zip(again, done, strict=True):
        (result,) = must(then.evaluation).results
        assert (one.result.outcome, one.result.lots) == (result.outcome, result.lots)
        assert one.evaluation.trace == must(then.evaluation).trace
        assert one.is_certain


def test_limits_and_a_budget_count_over_the_events_in_the_order_they_happened() -> None:
    done, who = live(10, 10, 10, 10)
    events = [one.event for one in done]
    assert paid(tried(campaign(limits={"per_customer": {"times": 1, "period": "week"}}), events, who)) == [
        [10], [], [], [],
    ]  # fmt: skip
    assert paid(tried(campaign(limits={"budget": 25}), events, who)) == [[10], [10], [5], []]
    # The last two as they were recorded are all that is tried: the budget is whole when the trial begins.
    assert paid(tried(campaign(limits={"budget": 15}), events, who, last=2)) == [[10], [5]]
    late = [events[1], events[2], events[0]._replace(), events[3]]
    assert paid(tried(campaign(limits={"budget": 10}), late, who)) == [[10], [], [], []]


@pytest.mark.parametrize(
    ("schedule", "matched"),
    [
        ({"start_date": "2026-03-11"}, [False, True, True]),
        ({"end_date": "2026-03-10T12:00:00.001Z"}, [True, False, False]),
        ({"days_of_week": ["tue"]}, [True, False, False]),
        ({"hours": {"from": "08:00", "to": "09:00"}}, [False, True, False]),
        ({"status": "PAUSED"}, [True, True, True]),
    ],
)
def test_a_schedule_is_judged_at_the_instant_of_each_event(schedule: Document, matched: list[bool]) -> None:
    done, who = live(10, 10, 10)
    some = tried(campaign(**schedule), [one.event for one in done], who)
    assert [bool(one.result.lots) for one in some] == matched


def test_what_was_counted_before_is_told_as_not_known() -> None:
    done, who = live(10, 10, 10, 10)
    events = [one.event for one in done]
    third = campaign(effect(5), conditions=[[COUNT_3]])
    assert paid(all_of_them := tried(third, events, who)) == [[], [], [5], []]
    assert all(one.is_certain for one in all_of_them)
    assert [one.is_certain for one in tried(third, events, who, complete=False, last=3)] == [False] * 3
    # An event that its counters are not asked about is certain, and one of a campaign without any.
    big = {"field": "order.value", "operator": "gte", "value": 11}
    assert all(one.is_certain for one in tried(campaign(conditions=[[big, COUNT_3]]), events, who, complete=False))
    assert all(one.is_certain for one in tried(campaign(), events, who, complete=False))


def test_what_follows_from_what_is_not_known_is_not_known_either() -> None:
    done, who = live(10, 10, 20, 10)
    events = [one.event for one in done]
    big = {"field": "order.value", "operator": "gte", "value": 20}
    counted = {"name": "counted", "conditions": [[big, COUNT_3]], "effects": [effect(5)]}
    always = {"name": "always", "effects": [effect(1)]}
    for limits, certain in (({}, [True, True, False, True]), ({"budget": 99}, [True, True, False, False])):
        document = {**campaign(limits=limits), "rules": [counted, always]}
        assert [one.is_certain for one in tried(document, events, who, complete=False)] == certain


def test_the_first_of_its_type_is_known_however_many_events_are_tried() -> None:
    first = campaign(effect(5), conditions=[[{"field": "customer.first_of_type", "operator": "eq", "value": True}]])
    done, who = live(10, 10, 10)
    events = [one.event for one in done]
    assert paid(tried(first, events, who)) == [[5], [], []]
    assert paid(tried(first, events, who, complete=False, last=2)) == [[], []]
    # The first one has been undone, and no longer counts: the second is the first then.
    undone = [events[0]._replace(status=EventStatus.REVERSED), *events[1:]]
    without = replace(who, usage=who.usage.without(events[0].usage))
    assert paid(tried(first, undone, without)) == [[5], [5], []]


def test_it_multiplies_what_others_granted_and_not_itself_nor_those_that_multiply() -> None:
    double = campaign({"reward_id": "points", "multiply": Decimal(2)})
    done, who = live(10, by=rules(spend=campaign(), tried=double, happy_hours=double))
    events = [one.event for one in done]
    assert [lot.amount for lot in events[0].promised_lots] == [10, 10, 10]
    assert paid(tried(double, events, who, multiplying=["happy-hours"])) == [[10]]


def test_a_tag_that_it_sets_counts_for_the_events_after() -> None:
    once = campaign(effect(5), {"tag": "vip", "value": True}, conditions=[[{**VIP, "value": False}]])
    done, who = live(10, 10)
    assert paid(tried(once, [one.event for one in done], who)) == [[5], []]


def test_more_than_an_amount_can_hold_is_a_mistake_of_the_campaign() -> None:
    done, who = live(1_000_000)
    huge = campaign(*[effect(999_999_999_999_999, per={"field": "order.value", "every": Decimal(1)})] * 2)
    with pytest.raises(ValidationError, match=r"^campaign\.rules: .*15 digits.*e0") as refusal:
        tried(huge, [one.event for one in done], who)
    assert [one.field for one in refusal.value.fields] == ["campaign.rules"]


def test_amounts_end_when_they_would_have() -> None:
    done, who = live(10)
    (one,) = tried(campaign(effect(5, expires_in="1/day")), [one.event for one in done], who)
    (lot,) = one.result.lots
    assert isinstance(lot.expires_at, datetime)
    assert after(days=1) <= lot.expires_at <= after(days=2)
