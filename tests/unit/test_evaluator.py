"""The campaigns of one trigger together: history, limits, schedules, groups, effects; and nothing depends on order."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.merging import merge
from loyalty.domain.errors import TooManyHoldsError
from loyalty.domain.events import lifecycle
from loyalty.domain.events.emit import EmitDecision
from loyalty.domain.events.event import Event
from loyalty.domain.limits.budgets import SHARDS, BudgetAmount, BudgetReservation
from loyalty.domain.limits.counters import EVENT_TYPES, MAX_COUNTER_VALUES, digest, drop_oldest
from loyalty.domain.limits.usage import CustomerUsage, Usage
from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.explanation import explain
from loyalty.domain.rules.fields import MAX_STEPS, EventFields
from loyalty.domain.rules.outcomes import Outcome
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.times import parse_instant, zone
from loyalty.store.customers import customer_item
from tests.support.builders import (
    CATALOG,
    NOW,
    Document,
    after,
    campaign,
    customer,
    effect,
    emit,
    must,
    newcomer,
    per,
    reverse,
    rules,
)
from tests.support.strategies import CAMPAIGNS, VALUES

COUNT_3 = {"operator": "count_gte", "value": 3}
SPENT_100 = {"field": "order.value", "operator": "total_gte", "value": 100}


def having(*every: Document, **more: Any) -> Document:
    """A campaign that pays 5 points if all of these hold."""
    return campaign(effect(5), conditions=[list(every)], **more)


def run(
    by: Ruleset, *values: int, to: Customer | None = None, at: tuple[datetime, ...] = (), **body: Any
) -> list[EmitDecision]:
    """Purchases of these values, one after the other."""
    done: list[EmitDecision] = []
    who = to or newcomer()
    for i, value in enumerate(values):
        when = at[i] if at else NOW
        emission = emit(who, event_id=f"e{who.version}", by=by, now=when, **{"order": {"value": value}, **body})
        done.append(emission)
        who = emission.customer
    return done


def outcomes(emissions: list[EmitDecision], number: int = 0) -> list[str]:
    """What a campaign made of each of them."""
    return [must(one.evaluation).results[number].outcome.value for one in emissions]


def paid(emission: EmitDecision) -> list[tuple[str | None, Any]]:
    """What an event grants, by campaign."""
    return [(lot.campaign_id, lot.amount) for lot in emission.event.granted_lots]


def test_the_third_purchase_is_rewarded_and_counting_starts_anew() -> None:
    done = run(rules(third=having(COUNT_3)), 1, 1, 1, 1, 1, 1)
    assert outcomes(done) == ["ProgressOnly", "ProgressOnly", "Rewarded"] * 2


def test_a_campaign_that_rewards_once_is_done() -> None:
    once = having(COUNT_3, limits={"per_customer": {"times": 1}})
    done = run(rules(third=once), *[1] * 5)
    assert outcomes(done) == ["ProgressOnly", "ProgressOnly", "Rewarded", "LimitReached", "LimitReached"]
    assert set(done[-1].customer.usage.progress) == {EVENT_TYPES}


def test_only_events_for_which_the_other_conditions_hold_are_counted() -> None:
    large = {"field": "order.value", "operator": "gte", "value": 50}
    done = run(rules(third=having(COUNT_3, large)), 50, 10, 60, 20, 70)
    expected = ["ProgressOnly", "NoMatchingConditions", "ProgressOnly", "NoMatchingConditions", "Rewarded"]
    assert outcomes(done) == expected


def test_a_sum_counts_the_present_event_and_starts_again_at_nothing() -> None:
    assert outcomes(run(rules(c=having(SPENT_100)), 60, 60, 60, 39, 1)) == [
        *("ProgressOnly", "Rewarded", "ProgressOnly", "ProgressOnly", "Rewarded")
    ]


def test_a_window_forgets() -> None:
    within = {**COUNT_3, "within": "30/days"}
    days = (NOW, after(days=29), after(days=30), after(days=31))
    assert outcomes(run(rules(c=having(within)), 1, 1, 1, 1, at=days)) == [*["ProgressOnly"] * 3, "Rewarded"]


def test_what_had_left_the_window_is_there_again_when_the_event_that_moved_it_is_undone() -> None:
    by = rules(c=having({**COUNT_3, "value": 2, "within": "2/days"}))
    done = run(by, 1, 1, at=(NOW, after(days=2)))
    assert outcomes(done) == ["ProgressOnly"] * 2
    undone = must(reverse(done[-1].event, done[-1].customer, after(days=2))).customer
    assert undone.usage == done[0].customer.usage
    late = emit(undone, event_id="late", by=by, now=after(days=2), issued_at=after(days=1))
    assert outcomes([late]) == ["Rewarded"]


def test_the_third_visit_this_month_is_the_calendars() -> None:
    third = rules(c=having({**COUNT_3, "within": "this/month"}))
    turns = [parse_instant(f"2026-{at}:00:00Z") for at in ("01-30T10", "01-31T10", "01-31T23", "02-01T00", "02-28T23")]
    seen = outcomes(run(third, *[1] * 5, at=tuple(turns)))
    assert seen == ["ProgressOnly", "ProgressOnly", "Rewarded", "ProgressOnly", "ProgressOnly"]
    late = run(third, 1, 1, 1, at=(turns[0], turns[3], turns[3]))[-1].customer
    reported = emit(late, event_id="late", by=third, now=turns[3], issued_at=turns[1], order={"value": 1})
    assert outcomes([reported]) == ["NoMatchingConditions"]
    assert outcomes(run(third, 1, to=reported.customer, at=(turns[4],))) == ["Rewarded"]


def test_different_values_and_the_same_value() -> None:
    categories = {"field": "order.products.tags", "operator": "distinct_gte", "value": 3}
    coffee = {"field": "order.products.sku", "operator": "repeat_gte", "value": 2}
    by = rules(a=having(categories), b=having(coffee))
    who = newcomer()
    seen = []
    for tag, sku in (("tea", "A"), ("cake", "B"), ("tea", "C"), ("bread", "A")):
        emission = emit(who, event_id=sku, by=by, order={"products": [{"sku": sku, "tags": [tag]}]})
        seen.append([one.outcome for one in must(emission.evaluation).results])
        who = emission.customer
    assert seen == [[Outcome.PROGRESS_ONLY] * 2] * 3 + [[Outcome.REWARDED] * 2]


def test_a_changed_campaign_goes_on_counting_where_it_was() -> None:
    first = run(rules(c=having(COUNT_3)), 1, 1)[-1]
    more = campaign(effect(9), conditions=[[{"field": "order.x", "operator": "exists"}], [{**COUNT_3, "value": 2}]])
    (second,) = run(rules(c=more), 1, to=first.customer)
    assert paid(second) == [("c", 9)]


def test_two_histories_have_to_be_there_both_and_both_start_anew() -> None:
    both = rules(c=having(COUNT_3, SPENT_100))
    assert outcomes(run(both, 60, 60, 1, 1, 1, 97, 1)) == [
        *("ProgressOnly", "ProgressOnly", "Rewarded", "ProgressOnly", "ProgressOnly", "ProgressOnly", "Rewarded")
    ]


def test_either_of_two_histories_is_enough_and_the_other_goes_on() -> None:
    either = campaign(effect(5), conditions=[[COUNT_3], [SPENT_100]])
    assert outcomes(run(rules(c=either), 100, 1, 1, 99, 1)) == [
        *("Rewarded", "ProgressOnly", "Rewarded", "Rewarded", "ProgressOnly")
    ]


def test_what_was_counted_under_other_conditions_does_not_count_for_these() -> None:
    def of_at_least(value: int) -> Ruleset:
        return rules(c=having(COUNT_3, {"field": "order.value", "operator": "gte", "value": value}))

    counted = run(of_at_least(10), 20, 20)[-1].customer
    assert outcomes(run(of_at_least(50), 60, 60, 60, to=counted)) == ["ProgressOnly", "ProgressOnly", "Rewarded"]


def test_two_rules_that_count_the_same_count_by_themselves() -> None:
    document = having(COUNT_3)
    document["rules"].append({"conditions": [[{**COUNT_3, "value": 2}]], "effects": [effect(1)]})
    assert [paid(one) for one in run(rules(c=document), *[1] * 6)] == [
        *([], [("c", 1)], [("c", 5)], [("c", 1)], [], [("c", 6)])
    ]


@pytest.mark.parametrize(
    ("period", "at", "rewarded"),
    [
        ("day", after(hours=11), False),
        ("day", after(hours=12), True),
        ("week", parse_instant("2026-03-15T23:59:59Z"), False),
        ("week", parse_instant("2026-03-16T00:00:00Z"), True),
        ("month", parse_instant("2026-03-31T23:59:59Z"), False),
        ("month", parse_instant("2026-04-01T00:00:00Z"), True),
        ("ever", parse_instant("2036-04-01T00:00:00Z"), False),
    ],
)
def test_a_customer_is_rewarded_so_often_a_period(period: str, at: datetime, rewarded: bool) -> None:
    by = rules(c=campaign(effect(1), limits={"per_customer": {"times": 2, "period": period}}))
    done = run(by, 1, 1, 1, 1, at=(NOW, NOW, NOW, at))
    assert outcomes(done) == ["Rewarded", "Rewarded", "LimitReached", "Rewarded" if rewarded else "LimitReached"]


_NAMES_OF_PERIODS: dict[str, Callable[[datetime], object]] = {
    "day": datetime.date,
    "week": lambda at: at.isocalendar()[:2],
    "month": lambda at: (at.year, at.month),
}


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(_NAMES_OF_PERIODS)),
    st.lists(st.tuples(st.sampled_from(["history", "event", "reversal"]), st.integers(0, 70 * 24)), max_size=40),
)
def test_history_and_events_are_rewarded_no_more_often_than_a_limit_says(
    period: str, calls: list[tuple[str, int]]
) -> None:
    """Whatever comes first of history that is older than the first event here, and of reversals of both."""
    by = rules(c=campaign(effect(1), limits={"per_customer": {"times": 2, "period": period}}))
    who, standing, now = newcomer(), list[Event](), NOW
    for number, (kind, hours) in enumerate(calls):
        now += timedelta(hours=hours % 20)
        if kind == "reversal":
            if standing:
                event = standing.pop(hours % len(standing))
                who = must(reverse(event, who, now)).customer
            continue
        age = timedelta(days=31, hours=hours) if kind == "history" else timedelta(hours=hours % 72)
        issued_at = max(NOW, now - age) if kind == "event" else NOW - age
        decision = emit(who, event_id=f"e{number}", by=by, now=now, issued_at=issued_at, history=kind == "history")
        who = decision.customer
        standing += [decision.event] if decision.event.granted_lots else []
        rewarded = Counter(_NAMES_OF_PERIODS[period](event.issued_at) for event in standing)
        assert max(rewarded.values(), default=0) <= 2, rewarded


def test_of_periods_that_are_over_nothing_is_kept() -> None:
    by = rules(c=campaign(effect(1), limits={"per_customer": {"times": 1, "period": "day"}}))
    (*_, last) = run(by, *[1] * 30, at=tuple(after(days=day) for day in range(30)))
    ((_, cells),) = last.customer.usage.limits.items()
    assert 1 < len(cells) < 6


def test_an_event_is_granted_at_most_so_much() -> None:
    capped = campaign(effect(1, per=per()), effect(5, "coffee"), limits={"per_event": {"amount": 30}})
    (one,) = run(rules(c=capped), 28)
    assert [lot.amount for lot in one.event.granted_lots] == [28, 2]


def budget(left: int, **more: Any) -> BudgetReservation:
    return BudgetReservation(
        {"c": {shard: BudgetAmount(Decimal(left if shard == "0" else 0), 0) for shard in SHARDS}}, **more
    )


@pytest.mark.parametrize(
    ("when_short", "left", "granted"),
    [
        ("partial", 50, 50),
        ("partial", 49, 49),
        ("partial", 0, 0),
        ("partial", -3, 0),
        ("nothing", 50, 50),
        ("nothing", 49, 0),
    ],
)
def test_a_budget_that_is_short_pays_a_part_or_nothing(when_short: str, left: int, granted: int) -> None:
    by = rules(c=campaign(effect(50), limits={"budget": 100, "when_short": when_short}))
    one = emit(by=by, budget=budget(left))
    assert [lot.amount for lot in one.event.granted_lots] == ([granted] if granted else [])
    assert must(one.evaluation).results[0].outcome is (Outcome.REWARDED if granted else Outcome.BUDGET_SPENT)
    assert one.event.usage.budgets == ({"c": BudgetAmount(Decimal(granted), 0)} if granted else {})


@pytest.mark.parametrize(
    ("schedule", "at", "runs"),
    [
        ({"days_of_week": ["tue"]}, "2026-03-10T03:59:59Z", False),
        ({"days_of_week": ["tue"]}, "2026-03-10T04:00:00Z", True),
        ({"days_of_week": ["mon", "wed"]}, "2026-03-10T12:00:00Z", False),
        ({"hours": {"from": "09:00", "to": "17:00"}}, "2026-03-10T12:59:59Z", False),
        ({"hours": {"from": "09:00", "to": "17:00"}}, "2026-03-10T13:00:00Z", True),
        ({"hours": {"from": "09:00", "to": "17:00"}}, "2026-03-10T21:00:00Z", False),
        ({"hours": {"from": "22:00", "to": "02:00"}}, "2026-03-10T02:30:00Z", True),
        ({"hours": {"from": "22:00", "to": "02:00"}}, "2026-03-10T05:59:00Z", True),
        ({"hours": {"from": "22:00", "to": "02:00"}}, "2026-03-10T06:00:00Z", False),
        ({"hours": {"from": "09:00", "to": "24:00"}}, "2026-03-11T03:59:00Z", True),
        ({"days_of_week": ["fri"], "hours": {"from": "22:00", "to": "02:00"}}, "2026-03-14T03:59:00Z", True),
        ({"days_of_week": ["fri"], "hours": {"from": "22:00", "to": "02:00"}}, "2026-03-14T05:59:00Z", True),
        ({"days_of_week": ["fri"], "hours": {"from": "22:00", "to": "02:00"}}, "2026-03-14T06:00:00Z", False),
        ({"days_of_week": ["fri"], "hours": {"from": "22:00", "to": "02:00"}}, "2026-03-13T05:59:00Z", False),
        ({"days_of_week": ["sun"], "hours": {"from": "22:00", "to": "02:00"}}, "2026-03-16T04:30:00Z", True),
        ({"days_of_week": ["sat"], "hours": {"from": "01:00", "to": "04:00"}}, "2026-03-08T07:30:00Z", False),
        ({"days_of_week": ["sun"], "hours": {"from": "02:00", "to": "04:00"}}, "2026-03-08T07:00:00Z", True),
        ({"days_of_week": ["sun"], "hours": {"from": "01:00", "to": "02:00"}}, "2026-11-01T06:30:00Z", True),
    ],
)
def test_a_campaign_runs_on_days_and_within_hours_of_the_brand(schedule: Document, at: str, runs: bool) -> None:
    from tests.unit.test_campaigns import result  # noqa: PLC0415 - the same question, asked of the schedule

    one = result(campaign(effect(1), **schedule), {}, parse_instant(at), "America/New_York")
    assert one.outcome is (Outcome.REWARDED if runs else Outcome.OUT_OF_SCHEDULE)


def test_what_was_kept_of_the_schedules_ends_with_the_first_that_changes() -> None:
    by = rules(
        a=campaign(effect(1), end_date="2026-03-10T12:00:30Z"),
        b=campaign(effect(2), hours={"from": "12:01", "to": "13:00"}),
    )
    seconds = (0, 29, 30, 59, 60, 20)
    done = [emit(by=by, now=NOW + timedelta(seconds=one)) for one in seconds]
    assert [[lot.amount for lot in one.event.granted_lots] for one in done] == [[1], [1], [], [], [2], [1]]


def test_of_a_group_the_first_that_rewards_wins() -> None:
    group: dict[str, Any] = {"exclusive": "welcome"}
    by = rules(
        a=campaign(effect(1), **group),
        b=campaign(effect(2), priority=5, **group),
        c=having({"field": "order.x", "operator": "exists"}, priority=9, **group),
        d=campaign(effect(4)),
    )
    one = emit(by=by)
    assert paid(one) == [("b", 2), ("d", 4)]
    said = {result.campaign_id: (result.outcome.value, result.winner) for result in must(one.evaluation).results}
    assert said["a"] == ("Excluded", "b")
    assert said["c"] == ("NoMatchingConditions", None)


def test_a_multiple_adds_to_what_others_grant_of_its_reward_and_never_to_another_multiple() -> None:
    by = rules(
        a=campaign({"reward_id": "points", "multiply": 3}),
        b=campaign({"reward_id": "points", "multiply": Decimal("1.5")}, effect(7), priority=50),
        c=campaign(effect(11, expires_in="1/day"), effect(5, "coffee")),
    )
    one = emit(by=by)
    assert paid(one) == [("c", 11), ("c", 5), ("b", 5), ("b", 7), ("a", 22)]
    assert one.event.granted_lots[0].expires_at == one.event.granted_lots[-1].expires_at
    alone = emit(by=rules(a=campaign({"reward_id": "points", "multiply": 3})))
    assert must(alone.evaluation).results[0].outcome is Outcome.NO_MATCHING_CONDITIONS


@pytest.mark.parametrize(
    ("more", "value", "granted"),
    [({}, "42.50", 4), ({"cap": 3}, "42.50", 3), ({}, "9.99", 0), ({}, "-100", 0), ({"percent": 150}, "10", 15)],
)
def test_a_percentage_of_a_field_up_to_a_cap(more: Document, value: str, granted: int) -> None:
    share = {"reward_id": "points", "percent": 10, "of": "metadata.value", **more}
    one = emit(by=rules(c=campaign(share)), metadata={"value": Decimal(value)})
    assert [lot.amount for lot in one.event.granted_lots] == ([granted] if granted else [])


def test_a_percentage_of_less_than_nothing_takes_nothing_off_another_effect() -> None:
    share = {"reward_id": "points", "percent": 10, "of": "metadata.value"}
    assert paid(emit(by=rules(c=campaign(share, effect(5))), metadata={"value": -100})) == [("c", 5)]


@pytest.mark.parametrize(("tier", "granted"), [("GOLD", [300]), ("silver", [200]), ("none", [100]), (None, [100])])
def test_an_amount_by_tier(tier: str | None, granted: list[int]) -> None:
    by_tier = effect(1, per=per(), by_tier={"Gold": 3, "silver": 2})
    one = emit(customer(attributes={"tier": tier} if tier else {}), by=rules(c=campaign(by_tier)))
    assert [lot.amount for lot in one.event.granted_lots] == granted


@pytest.mark.parametrize(
    ("condition", "who", "at", "holds"),
    [
        ({"field": "customer.tier", "value": "gold"}, {"attributes": {"tier": "Gold"}}, NOW, True),
        ({"field": "customer.tags.vip", "value": True}, {"tags": {"vip": True}}, NOW, True),
        ({"field": "customer.is_birthday_month", "value": True}, {"attributes": {"birthday": "1990-03-31"}}, NOW, True),
        ({"field": "customer.is_birthday_month", "value": True}, {"attributes": {"birthday": "03-01"}}, NOW, True),
        ({"field": "customer.is_birthday_month", "value": True}, {"attributes": {"birthday": "04-01"}}, NOW, False),
        ({"field": "customer.is_birthday_month", "value": True}, {"attributes": {"birthday": "soon"}}, NOW, False),
        ({"field": "customer.is_birthday_month", "value": True}, {"attributes": {"birthday": 3}}, NOW, False),
        ({"field": "customer.is_birthday_month", "value": True}, {}, NOW, False),
        ({"field": "customer.created_at", "operator": "lt", "value": "2026-03-11"}, {}, NOW, True),
        ({"field": "customer.created_at", "operator": "gte", "value": "2026-03-10T12:00:00Z"}, {}, NOW, True),
        ({"field": "customer.created_at", "operator": "gte", "value": "2026-03-10T11:30:00-01:00"}, {}, NOW, False),
        ({"field": "customer.created_at", "operator": "lt", "value": "2026-03-10T13:00:00+00:30"}, {}, NOW, True),
        ({"field": "customer.created_at", "operator": "lte", "value": "2026-03-10"}, {}, NOW, True),
        ({"field": "customer.created_at", "operator": "gt", "value": "2026-03-10"}, {}, NOW, False),
        ({"field": "customer.created_at", "operator": "between", "value": ["2026-03-10", "2026-03-10"]}, {}, NOW, True),
        ({"field": "customer.created_at", "operator": "lte", "value": "9999-12-31"}, {}, NOW, True),
        ({"field": "issued_at", "operator": "gte", "value": "2026-03-10"}, {}, NOW, True),
        ({"field": "fulfilled", "value": True}, {}, NOW, True),
        ({"field": "fulfilled", "value": False}, {}, NOW, False),
    ],
)
def test_what_is_known_of_the_customer(condition: Document, who: Document, at: datetime, holds: bool) -> None:
    (one,) = must(emit(customer(**who), by=rules(c=having({"operator": "eq", **condition})), now=at).evaluation).results
    assert (one.outcome is Outcome.REWARDED) == holds


def test_whether_an_event_waits_for_its_fulfilment_can_be_asked() -> None:
    by = rules(c=having({"field": "fulfilled", "operator": "eq", "value": False}))
    assert [bool(emit(by=by, fulfilled=fulfilled).event.granted_lots) for fulfilled in (False, True)] == [True, False]


def test_the_month_of_a_birthday_is_the_brands() -> None:
    who = customer(attributes={"birthday": "1990-04-01"})
    evening = parse_instant("2026-03-31T23:30:00Z")
    assert [who.facts("PURCHASE", evening, zone(name))["is_birthday_month"] for name in ("UTC", "Europe/Berlin")] == [
        False,
        True,
    ]


def test_the_first_event_of_its_type_is_known_and_forgotten_when_it_is_undone() -> None:
    first = having({"field": "customer.first_of_type", "operator": "eq", "value": True})
    by = rules(c=first)
    one, two = run(by, 1, 1)
    assert outcomes([one, two]) == ["Rewarded", "NoMatchingConditions"]
    undone = must(reverse(two.event, two.customer)).customer
    again = must(reverse(one.event, undone)).customer
    assert outcomes(run(by, 1, to=again)) == ["Rewarded"]


def test_an_event_that_a_disabled_brand_recorded_was_the_first_as_well() -> None:
    by = rules(c=having({"field": "customer.first_of_type", "operator": "eq", "value": True}))
    recorded = emit(by=by, enabled=False)
    assert outcomes(run(by, 1, to=recorded.customer)) == ["NoMatchingConditions"]
    undone = must(reverse(recorded.event, recorded.customer)).customer
    assert undone.usage == CustomerUsage()
    assert outcomes(run(by, 1, to=undone)) == ["Rewarded"]


def test_with_too_many_types_no_further_one_is_known_to_be_the_first() -> None:
    first = having({"field": "customer.first_of_type", "operator": "eq", "value": True}, trigger="NEW")
    full = CustomerUsage(progress={EVENT_TYPES: {f"type {i}": 1 for i in range(100)}})
    one = emit(customer(usage=full), by=rules(c=first), type="NEW")
    assert must(one.evaluation).results[0].outcome is Outcome.NO_MATCHING_CONDITIONS
    assert one.customer.usage.progress[EVENT_TYPES] == full.progress[EVENT_TYPES]


def test_a_tag_is_set_when_the_event_is_resolved_and_restored_when_it_is_reversed() -> None:
    by = rules(c=campaign({"tag": "vip", "value": "gold"}))
    who = customer(tags={"vip": "silver", "new": True})
    one = emit(who, by=by)
    assert one.customer.tags == {"vip": "gold", "new": True}
    assert must(reverse(one.event, one.customer)).customer.tags == who.tags
    held = emit(who, by=by, fulfilled=False)
    assert held.customer.tags == who.tags
    resolved = must(lifecycle.fulfil(held.event, held.customer, NOW))
    assert resolved.customer.tags["vip"] == "gold"
    assert must(reverse(must(resolved.event), resolved.customer)).customer.tags == who.tags
    changed = replace(one.customer, tags={"vip": "none"})
    assert must(reverse(one.event, changed)).customer.tags == {"vip": "none"}


def test_where_two_campaigns_set_a_tag_the_first_of_them_does() -> None:
    by = rules(
        a=campaign({"tag": "tier", "value": "a"}),
        b=campaign({"tag": "tier", "value": "b"}, {"tag": "new"}, priority=1),
    )
    assert emit(by=by).customer.tags == {"tier": "b", "new": True}


def test_a_tag_that_several_events_set_is_undone_with_the_first_of_them() -> None:
    by = rules(c=campaign({"tag": "vip", "value": True}))
    first, second = run(by, 1, 1)
    without_second = must(reverse(second.event, second.customer)).customer
    assert without_second.tags == {"vip": True}
    assert must(reverse(first.event, without_second)).customer.tags == {}
    without_first = must(reverse(first.event, second.customer)).customer
    assert without_first.tags == {}
    assert must(reverse(second.event, without_first)).customer.tags == {}


def test_of_campaigns_that_are_gone_nothing_is_kept_and_of_those_that_are_over_the_limits() -> None:
    limited = having(COUNT_3, limits={"per_customer": {"times": 5}})
    one = run(rules(c=limited), 1, 1, 1, 1)[-1].customer
    assert len(one.usage.progress) == 2
    assert len(one.usage.limits) == 1
    for by, progress, limits in (
        (rules(c={**limited, "status": "PAUSED"}), set(one.usage.progress), one.usage.limits),
        (rules(c={**limited, "end_date": "2026-03-01"}), {EVENT_TYPES}, one.usage.limits),
        (rules(d=campaign()), {EVENT_TYPES}, {}),
    ):
        kept = emit(one, event_id="b", by=by).customer.usage
        assert (set(kept.progress), kept.limits) == (progress, limits)


def test_a_campaign_that_is_prolonged_rewards_nobody_more_often_than_it_says() -> None:
    once = campaign(effect(5), limits={"per_customer": {"times": 1}}, end_date="2026-03-10")
    (first,) = run(rules(c=once), 1)
    (later,) = run(rules(c=once), 1, to=first.customer, at=(after(days=20),))
    prolonged = rules(c={**once, "end_date": "2026-04-30"})
    assert outcomes([later]) == ["OutOfSchedule"]
    assert outcomes(run(prolonged, 1, to=later.customer, at=(after(days=21),))) == ["LimitReached"]
    undone = must(reverse(first.event, later.customer, after(days=21))).customer
    again = run(prolonged, 1, 1, to=undone, at=(after(days=22), after(days=23)))
    assert outcomes(again) == ["Rewarded", "LimitReached"]


def test_two_customers_who_are_one_have_counted_together() -> None:
    by = rules(c=having(COUNT_3, limits={"per_customer": {"times": 1}}))
    one = emit(newcomer(), event_id="a", by=by).customer
    other = replace(emit(newcomer(), event_id="b", by=by).customer, customer_id="bob", created_at=after(days=1))
    both = merge(one, other, NOW)
    assert both.absorbed.usage == CustomerUsage()
    assert outcomes(run(by, 1, to=both.survivor)) == ["Rewarded"]


def test_an_event_is_undone_as_it_was_counted_whoever_its_customer_is_now_and_whatever_the_campaign() -> None:
    twice = having({**COUNT_3, "value": 2}, limits={"per_customer": {"times": 1}})
    by = rules(c=twice)
    ana, bob = run(by, 1)[0], run(by, 1, to=replace(newcomer(), customer_id="bob", created_at=after(hours=1)))[0]
    (rewarded,) = run(by, 1, to=merge(ana.customer, bob.customer, NOW).survivor)
    assert outcomes([ana, bob, rewarded]) == ["ProgressOnly", "ProgressOnly", "Rewarded"]
    changed = {**twice, "name": "Another", "limits": {"per_customer": {"times": 1, "period": "ever"}}, "priority": 5}
    changed["rules"] = [{**changed["rules"][0], "effects": [effect(9)]}]
    undone = must(reverse(rewarded.event, rewarded.customer, after(hours=2))).customer
    assert undone.usage == merge(ana.customer, bob.customer, NOW).survivor.usage
    fewer = must(reverse(bob.event, undone, after(hours=2))).customer
    assert fewer.usage.progress.keys() == ana.customer.usage.progress.keys()
    again = run(rules(c=changed), 1, 1, to=fewer)
    assert (outcomes(again), paid(again[0])) == (["Rewarded", "LimitReached"], [("c", 9)])


def every_sku(count: int) -> dict[str, Document]:
    """So many campaigns that each count every product bought."""
    skus = {"field": "order.products.sku", "operator": "distinct_gte", "value": 100}
    return {f"c{i:02}": having(skus) for i in range(count)}


def basket(number: int) -> Document:
    """An order of ninety-nine products that nobody has bought before."""
    return {"products": [{"sku": f"{number}-{i}"} for i in range(99)]}


def test_an_event_counts_only_so_much() -> None:
    one = emit(by=compiled(every_sku(12)), order=basket(1))
    assert [result.outcome.value for result in must(one.evaluation).results] == [
        *["ProgressOnly"] * 10,
        *["NoMatchingConditions"] * 2,
    ]
    assert one.event.usage.progress_size == 10 * 99 + 1
    assert must(reverse(one.event, one.customer)).customer.usage == CustomerUsage()


def test_whatever_is_counted_and_held_a_customer_is_one_item() -> None:
    def emit_held(number: int, who: Customer) -> Customer:
        by = compiled({f"{name}-{number}": one for name, one in every_sku(10).items()})
        return emit(who, event_id=f"e{number}", by=by, order=basket(number), fulfilled=False).customer

    full = newcomer()
    for number in range(4):
        full = emit_held(number, full)
    with pytest.raises(TooManyHoldsError, match="count too much together"):
        emit_held(4, full)
    counted = {digest(str(i)): {f"{digest(str(-i))}@{739000 + i % 32}": 1} for i in range(5000)}
    state = replace(full, usage=CustomerUsage(progress=drop_oldest(counted)))
    document = customer_item(state)["document"]
    assert isinstance(document, bytes)
    assert len(document) < 100_000


def test_an_event_leaves_a_customer_with_no_more_than_a_state_carries() -> None:
    by = compiled(every_sku(50))
    keys = [counter.key for one in by.campaigns["PURCHASE"] for counter in one.counters]
    more = customer(usage=CustomerUsage(progress={key: {f"{i}@0": 1 for i in range(90)} for key in keys}))
    after_it = emit(more, by=by, order=basket(1)).customer.usage.progress
    assert sum(map(len, after_it.values())) <= MAX_COUNTER_VALUES < sum(map(len, more.usage.progress.values()))


LINE_A = {"field": "sku", "operator": "eq", "value": "a"}


def test_a_sum_over_history_is_of_the_items_that_a_where_chooses() -> None:
    spent = {"field": "order.products.value", "operator": "total_gte", "value": 10, "where": [[LINE_A]]}
    by = rules(c=having(spent))
    lines = [{"sku": "A", "value": 4}, {"sku": "B", "value": 90}, {"sku": "a", "value": "1.5"}]
    done = run(by, 1, 1, 1, metadata={}, order={"products": lines[:2]})
    assert outcomes(done) == ["ProgressOnly", "ProgressOnly", "Rewarded"]
    other = having({**spent, "where": [[{**LINE_A, "value": "b"}]]})
    assert outcomes(run(rules(c=other), 1, to=done[0].customer, order={"products": lines[:1]})) == [
        "NoMatchingConditions"
    ]


@pytest.mark.parametrize(
    ("operator", "wanted", "seen"),
    [("count_gte", 2, ["NoMatchingConditions", "ProgressOnly"]), ("repeat_gte", 2, ["NoMatchingConditions"] * 2)],
)
def test_events_without_such_an_item_do_not_count(operator: str, wanted: int, seen: list[str]) -> None:
    field = "order.products.sku" if operator == "count_gte" else "order.products.metadata.size"
    by = rules(c=having({"field": field, "operator": operator, "value": wanted, "where": [[LINE_A]]}))
    without = emit(by=by, order={"products": [{"sku": "B", "metadata": {"size": "m"}}]})
    with_it = emit(without.customer, event_id="e2", by=by, order={"products": [{"sku": "A"}, {"sku": "B"}]})
    assert outcomes([without, with_it]) == seen


def test_numbers_that_are_sent_as_text_are_summed_over_history() -> None:
    by = rules(c=having({"field": "metadata.price", "operator": "total_gte", "value": 300}))
    done = run(by, 1, 1, metadata={"price": "152.5000"})
    assert outcomes(done) == ["ProgressOnly", "Rewarded"]


# An event that is made to keep a function busy: what is looked at and compared is counted, not timed.


class Steps:
    """How many steps the evaluation of events takes."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.taken = 0
        take = EventFields.take_steps

        def counting(fields: EventFields, steps: int) -> None:
            take(fields, steps)  # it raises before what is too much is done
            self.taken += steps

        patch.setattr(EventFields, "take_steps", counting)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    monkeypatch.setattr("loyalty.domain.wallet.update.MAX_LOTS_PER_EVENT", 10_000)  # it is about the evaluation
    return Steps(monkeypatch)


@pytest.mark.parametrize(
    ("x", "asked"),
    [
        ([1] * 95_000, lambda i: {"field": "metadata.x", "operator": "gt", "value": i}),
        ([{}] * 60_000, lambda i: {"field": f"metadata.x.f{i}", "operator": "gt", "value": 1}),
        ([[]] * 60_000, lambda i: {"field": f"metadata.x.f{i}", "operator": "exists"}),
        ([{"a": 1}] * 20_000, lambda i: {"any_item": "metadata.x", "where": [[{**LINE_A, "field": f"f{i}"}]]}),
        ([{"a": 1}] * 20_000, lambda i: {"any_item": "metadata.x", "where": [[{**LINE_A, "field": "a", "value": i}]]}),
        ([str(i) for i in range(20_000)], lambda i: {"field": "metadata.x", "operator": "contains", "value": f"v{i}"}),
        (list(range(20_000)), lambda i: {"field": "metadata.x", "operator": "not_in", "value": [-i, -i - 1]}),
        (list(range(20_000)), lambda _: {"field": "metadata.x", "operator": "distinct_gte", "value": 100}),
        ([{}] * 60_000, lambda i: {"field": f"metadata.x.f{i}", "operator": "total_gte", "value": 1}),
    ],
    ids=["numbers", "empty objects", "empty lists", "items", "same items", "texts", "equality", "values", "sums"],
)
def test_no_event_keeps_a_function_busy(x: Any, asked: Any, steps: Steps) -> None:
    by = compiled({f"c{i:04}": having(asked(i)) for i in range(1000)})
    one = emit(by=by, metadata={"x": x})
    assert steps.taken <= MAX_STEPS + len(x) + 10 * len(by.campaigns["PURCHASE"].campaigns)
    said = explain(must(one.evaluation).snapshot.document, must(one.evaluation).trace)
    for result, told in zip(must(one.evaluation).results, said, strict=False):
        if result.outcome is Outcome.NOT_EVALUATED:
            assert told["sentence"].startswith(
                "It was not evaluated: the event has more values than its campaigns can look at."
            )
            assert not result.lots
    assert one.event.data["metadata"] == {"x": x}


def test_campaigns_that_come_after_too_many_values_are_not_evaluated_and_the_others_are(steps: Steps) -> None:
    empty: list[Document] = [{}] * 60_000
    asked = {f"c{i:04}": having({"field": f"metadata.x.f{i}", "operator": "ne", "value": 1}) for i in range(100)}
    by = compiled(
        asked
        | {"b": having({"field": "order.value", "operator": "gte", "value": 1})}
        | {"d": having({"field": "order.value", "operator": "gte", "value": 1})}
        | {"e": having({"field": "metadata.y", "operator": "ne", "value": 2})}
        | {"f": campaign(effect(1, per=per("metadata.x.y")), effect(1), conditions=[])}
    )
    one = emit(by=by, metadata={"x": empty})
    seen = {result.campaign_id: result.outcome for result in must(one.evaluation).results}
    assert (seen["b"], seen["d"], seen["e"]) == (Outcome.REWARDED, Outcome.REWARDED, Outcome.NOT_EVALUATED)
    assert (seen["c0000"], seen["c0099"], seen["f"]) == (
        *(Outcome.REWARDED, Outcome.NOT_EVALUATED, Outcome.NOT_EVALUATED),
    )
    assert [lot.campaign_id for lot in one.event.granted_lots] == [
        name for name, outcome in seen.items() if outcome is Outcome.REWARDED
    ]
    assert must(reverse(one.event, one.customer)).customer.usage == CustomerUsage()


def test_an_order_of_500_lines_is_evaluated_by_a_thousand_campaigns(steps: Steps) -> None:
    products = [{"sku": f"sku-{i}", "value": i, "amount": 1} for i in range(500)]
    asked = {
        f"c{i:04}": having(
            {"field": "order.products.sku", "operator": "in", "value": [f"sku-{i}", "x"]},
            {"field": "order.products.sku", "operator": "ne", "value": f"no-{i}"},
            {"field": "order.value", "operator": "gte", "value": i},
        )
        for i in range(1000)
    }
    one = emit(by=compiled(asked), order={"value": 1000, "products": products})
    assert len(must(one.evaluation).rewarded) == 500
    assert steps.taken < 20_000


def test_what_is_asked_a_thousand_times_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[Any] = []
    whole = EventFields._values

    def values(fields: EventFields, path: Any) -> list[Any]:
        looked_up.append(path)
        return whole(fields, path)

    monkeypatch.setattr(EventFields, "_values", values)
    monkeypatch.setattr("loyalty.domain.wallet.update.MAX_LOTS_PER_EVENT", 10_000)
    asked = {
        f"c{i:04}": campaign(
            effect(1, per=per("order.products.value")),
            effect(1, per={**per("order.products.value"), "where": [[LINE_A]]}),
            {"reward_id": "stars", "percent": 1, "of": "order.products.value"},
            conditions=[[{"field": "order.value", "operator": "gte", "value": i}]],
        )
        for i in range(1000)
    }
    emit(by=compiled(asked), order={"value": 1000, "products": [{"sku": "A", "value": 5}, {"sku": "B", "value": 6}]})
    # Once for all lines, and once for each of them.
    assert looked_up.count(("order", "products", "value")) == 3
    assert len(looked_up) < 20


def test_values_beyond_those_that_count_are_told(steps: Steps) -> None:
    by = rules(
        c=campaign(effect(1, per=per("metadata.x")), conditions=[]),
        d=having({"field": "metadata.x", "operator": "gt", "value": 5}),
        e=having({"field": "metadata.x", "operator": "ne", "value": 5}),
        f=having({"any_item": "metadata.items", "where": [[LINE_A]]}),
    )
    one = emit(by=by, metadata={"x": [1] * 1001 + [9], "items": [{"sku": "b"}] * 1001 + [{"sku": "a"}]})
    cut = " Of metadata.x, only the first 1000 values count."
    evaluation = must(one.evaluation)
    assert [told["sentence"] for told in explain(evaluation.snapshot.document, evaluation.trace)] == [
        "It granted 1000 points." + cut,
        "It did not fire: metadata.x was 1, 1, 1, 1, 1, and 995 more, only the first 1000 count, "
        "it has to be more than 5." + cut,
        "It granted 5 points." + cut,
        "It did not fire: no item of metadata.items met all conditions: of metadata.items.0, which came nearest, "
        "sku was b, it has to be a. Of metadata.items, only the first 1000 values count.",
    ]
    exactly = must(emit(by=by, metadata={"x": [1] * 1000}).evaluation)
    assert "only" not in str([told["sentence"] for told in explain(exactly.snapshot.document, exactly.trace)])


# Properties: campaigns drawn at random, undone and shuffled.


def compiled(documents: dict[str, Document]) -> Ruleset:
    """The rules of these campaigns."""
    return Ruleset.compile(Brand("demo", "Demo"), CATALOG, documents)


class Till:
    """Budgets kept as the store keeps them, in one number a campaign."""

    def __init__(self, by: Ruleset) -> None:
        some = [one for one in by.campaigns["PURCHASE"] if one.limits.shared]
        self.left = {
            one.campaign_id: BudgetAmount(one.limits.budget or Decimal(0), one.limits.times or 0) for one in some
        }

    def budget(self) -> BudgetReservation:
        nothing = {shard: BudgetAmount() for shard in SHARDS}
        return BudgetReservation({name: {**nothing, "0": share} for name, share in self.left.items()})

    def settle(self, used: BudgetReservation) -> None:
        for (name, _), share in used.consumed.items():
            self.left[name] = self.left[name].minus(share)
            assert self.left[name].amount >= 0 <= self.left[name].times
        for name, share in used.refunds.items():
            self.left[name] = self.left[name].plus(share)


def undo(one: EmitDecision, ending: str, by: Ruleset) -> tuple[Customer, BudgetReservation]:
    """The customer after an event has ended in one of the ways that undo it, and what budgets got back."""
    over = after(days=1)
    if ending == "found dead":
        later = emit(one.customer, event_id="later", by=by, now=over, type="ANOTHER")
        return later.customer, later.budget
    change = must(lifecycle.expire(one.event, one.customer, over) if ending == "expired" else reverse(*one[:2]))
    return change.customer, change.budget


@settings(deadline=None)
@given(documents=CAMPAIGNS, values=VALUES, ending=st.sampled_from(["reversed", "cancelled", "expired", "found dead"]))
def test_an_event_that_is_undone_leaves_everything_as_before(
    documents: list[Document], values: list[int], ending: str
) -> None:
    by = compiled({f"c{i}": one for i, one in enumerate(documents)})
    till, who = Till(by), newcomer()
    for i, value in enumerate(values[:-1]):
        before_last = emit(who, event_id=f"e{i}", by=by, order={"value": value}, budget=till.budget())
        till.settle(before_last.budget)
        who = before_last.customer
    left, budget = dict(till.left), till.budget()
    resolved = ending == "reversed"
    one = emit(who, event_id="last", by=by, order={"value": values[-1]}, budget=budget, fulfilled=resolved)
    till.settle(one.budget)
    after_it, back = undo(one, ending, by)
    till.settle(back)
    assert till.left == left
    others = {"ANOTHER": 1} if ending == "found dead" else {}
    assert after_it.usage == who.usage.without(Usage({EVENT_TYPES: {digest(name): -n for name, n in others.items()}}))
    assert after_it.tags == who.tags
    assert after_it.offers == who.offers
    assert after_it.wallet.holds == who.wallet.holds
    assert {name: debt for name, debt in after_it.wallet.debts.items() if debt} == {}
    if ending in ("reversed", "cancelled"):  # a day later lots have ended by themselves
        assert after_it.wallet.lots == who.wallet.lots


@settings(deadline=None)
@given(documents=CAMPAIGNS, values=VALUES, data=st.data())
def test_without_priority_the_order_of_campaigns_does_not_matter(
    documents: list[Document], values: list[int], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(documents))))
    straight = {f"c{i}": i for i in range(len(documents))}
    shuffled = {f"c{i}": order[i] for i in range(len(documents))}

    def told(names: dict[str, int]) -> list[Any]:
        by = compiled({name: documents[i] for name, i in names.items()})
        till, who, said = Till(by), newcomer(), []
        for n, value in enumerate(values):
            one = emit(who, event_id=f"e{n}", by=by, order={"value": value}, budget=till.budget())
            till.settle(one.budget)
            who = one.customer
            said.append(
                sorted(
                    (
                        names[each.campaign_id],
                        each.outcome.value,
                        sorted((lot.reward_id, lot.amount) for lot in each.lots),
                    )
                    for each in must(one.evaluation).results
                )
            )
        return [*said, who.tags]

    assert told(straight) == told(shuffled)


@settings(deadline=None)
@given(documents=CAMPAIGNS, values=VALUES)
def test_what_a_customer_has_counted_is_what_their_events_have(documents: list[Document], values: list[int]) -> None:
    by = compiled({f"c{i}": {**one, "limits": {}} for i, one in enumerate(documents)})
    done = run(by, *values)
    counted = CustomerUsage()
    for one in done:
        counted = counted.without(
            Usage({name: {cell: -n for cell, n in cells.items()} for name, cells in one.event.usage.progress.items()})
        )
    assert counted.progress == done[-1].customer.usage.progress
