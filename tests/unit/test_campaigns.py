"""Campaigns: when they run, what they grant, and what they say about an event."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from loyalty import json as exact
from loyalty.domain.errors import ValidationError
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.campaigns import Campaign
from loyalty.domain.rules.compiled import compile_campaign
from loyalty.domain.rules.evaluator import CampaignEvaluator, EvaluationContext
from loyalty.domain.rules.outcomes import Outcome
from loyalty.domain.rules.results import CampaignResult
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.times import parse_instant, zone
from tests.support.builders import CATALOG, NOW, Document, campaign, effect, lot, per, rules, sizes

RAIN = [[{"field": "metadata.weather", "operator": "eq", "value": "rain"}]]


def result(document: Document, facts: Document, at: datetime = NOW, where: str = "UTC") -> CampaignResult:
    """What one campaign makes of an event."""
    evaluator = CampaignEvaluator([compile_campaign("spend", Campaign.model_validate(document), zone(where))])
    (one,) = evaluator.evaluate(EvaluationContext(facts, at, CATALOG, BudgetReservation())).results
    return one


def granted(*effects: Document, facts: str) -> list[object]:
    """The amounts that effects grant for facts in JSON."""
    return list(sizes(result(campaign(*effects), exact.loads(facts)).lots))


def test_a_fixed_effect_grants_its_amount_whatever_was_bought() -> None:
    assert granted(effect(100), facts="{}") == [100]


@pytest.mark.parametrize(
    ("amount", "every", "value", "points"),
    [
        (1, "1", "42.5", [42]),
        (1, "1", "0.99", []),
        (1, "1", "0", []),
        (3, "10", "99.99", [27]),
        (3, "10", "100", [30]),
        (5, "0.5", "1.4", [10]),
        (1, "0.0001", "1", [10000]),
        (1, "1", "-7", []),
        (1, "1", '"42"', [42]),
        (1, "1", '"152.5000"', [152]),
        (1, "1", '["1.5", 2, "x", "0.5"]', [4]),
        (1, "1", '"1e3"', []),
        (1, "1", '"1,000"', []),
        (1, "1", '"abc"', []),
        (1, "1", "true", []),
        (1, "1", "null", []),
        (1, "1", "[10, 0.5, 0.5, null]", [11]),
        (1, "1", "[0.7, 0.7]", [1]),
        (1, "1", "0.999999999999999999999999999999", []),
        (1, "1", "999999999999999", [999999999999999]),
    ],
)
def test_an_effect_grants_for_every_full_step_of_its_field(
    amount: int, every: str, value: str, points: list[object]
) -> None:
    step = per(every=every)
    assert granted(effect(amount, per=step), facts=f'{{"order": {{"value": {value}}}}}') == points


def test_a_field_that_lies_in_several_products_counts_with_its_sum() -> None:
    bought = '{"order": {"products": [{"amount": 2}, {"sku": "X"}, {"amount": 3}]}}'
    assert granted(effect(10, per=per("order.products.amount", 2)), facts=bought) == [20]


GIFT_CARD = {"field": "tags.gift_card", "operator": "ne", "value": True}
CHEAP = {"field": "value", "operator": "lt", "value": 10}
LINES = """{"order": {"value": 999, "store_id": "s1", "products": [
  {"value": 20, "sku": "A", "metadata": {"weight": "2"}},
  {"value": 50, "tags": {"gift_card": true}, "metadata": {"weight": "7"}},
  {"value": "5.50", "tags": ["new"]},
  {"value": 8, "tags": ["gift_card"]}]},
  "metadata": {"items": [{"price": 3, "kind": "x"}, {"price": 4}], "price": 6, "currency": "EUR"}}"""


@pytest.mark.parametrize(
    ("field", "where", "points"),
    [
        ("order.products.value", [[GIFT_CARD]], [25]),
        ("order.products.value", [[GIFT_CARD, CHEAP]], [5]),
        ("order.products.value", [[CHEAP], [{"field": "sku", "operator": "eq", "value": "a"}]], [33]),
        ("order.products.value", [[{"field": "sku", "operator": "eq", "value": "Z"}]], []),
        ("order.products.metadata.weight", [[GIFT_CARD]], [2]),
        ("order.value", [[{"field": "store_id", "operator": "eq", "value": "S1"}]], [999]),
        ("metadata.items.price", [[{"field": "kind", "operator": "exists", "value": False}]], [4]),
        ("metadata.price", [[{"field": "currency", "operator": "eq", "value": "EUR"}]], [6]),
        ("metadata.price", [[{"field": "currency", "operator": "eq", "value": "USD"}]], []),
        ("order.products.value", None, [83]),
    ],
)
def test_only_items_that_a_where_chooses_count(field: str, where: object, points: list[object]) -> None:
    assert granted(effect(1, per={**per(field), "where": where}), facts=LINES) == points
    share = {"reward_id": "points", "percent": 100, "of": field, "where": where}
    assert granted(share, facts=LINES) == points


@pytest.mark.parametrize(
    ("reward_id", "amount", "kept"),
    [("stars", "0.125", ["0.37"]), ("points", "0.9", ["2"]), ("points", "0.3", []), ("gone", "1", [])],
    ids=["to two decimals", "to none", "to nothing", "of a reward that is gone"],
)
def test_what_is_granted_is_cut_to_the_decimals_of_its_reward(reward_id: str, amount: str, kept: list[str]) -> None:
    three = effect(amount, reward_id, per=per())
    assert [str(one) for one in granted(three, facts='{"order": {"value": 3}}')] == kept


def test_effects_on_the_same_reward_that_expire_together_are_one_lot() -> None:
    effects = [effect(1), effect(2), effect(4, expires_in="1/day"), effect(8, "coffee")]
    assert sizes(result(campaign(*effects), {}).lots) == [3, 4, 8]


def test_every_rule_that_matches_grants() -> None:
    document = campaign(effect(1))
    document["rules"] += [{"conditions": RAIN, "effects": [effect(2)]}, {"conditions": [], "effects": [effect(4)]}]
    assert sizes(result(document, {"metadata": {"weather": "sun"}}).lots) == [5]
    assert sizes(result(document, {"metadata": {"weather": "rain"}}).lots) == [7]


@pytest.mark.parametrize(
    ("facts", "matches"),
    [
        ({"a": 1, "b": 1}, True),
        ({"c": 1}, True),
        ({"a": 1}, False),
        ({"b": 1}, False),
        ({}, False),
        ({"a": 1, "b": 1, "c": 1}, True),
    ],
    ids=str,
)
def test_any_of_the_outer_conditions_has_to_hold_whole(facts: Document, matches: bool) -> None:
    has_a, has_b, has_c = ({"field": f"metadata.{field}", "operator": "exists"} for field in "abc")
    one = result(campaign(effect(1), conditions=[[has_a, has_b], [has_c]]), {"metadata": facts})
    assert one.outcome is (Outcome.REWARDED if matches else Outcome.NO_MATCHING_CONDITIONS)
    assert bool(one.lots) == matches


def test_what_matched_but_granted_nothing_is_not_rewarded() -> None:
    assert result(campaign(effect(1, per=per())), {"order": {"value": Decimal("0.5")}}).outcome is (
        Outcome.NO_MATCHING_CONDITIONS
    )


def test_a_lot_says_where_it_came_from_and_ends_with_its_day_in_the_zone_of_the_brand() -> None:
    (one,) = result(campaign(effect(5, expires_in="1/day")), {}, where="Asia/Kolkata").lots
    assert one == lot(5, parse_instant("2026-03-11T18:30:00Z"), issued_at=NOW)


@pytest.mark.parametrize(
    ("dates", "at", "runs"),
    [
        ({}, "2026-03-10T12:00:00Z", True),
        ({"start_date": "2026-03-08"}, "2026-03-08T04:59:59.999Z", False),
        ({"start_date": "2026-03-08"}, "2026-03-08T05:00:00Z", True),
        ({"end_date": "2026-03-08"}, "2026-03-09T03:59:59.999Z", True),
        ({"end_date": "2026-03-08"}, "2026-03-09T04:00:00Z", False),
        ({"start_date": "2026-03-08T09:30:00Z"}, "2026-03-08T09:29:59.999Z", False),
        ({"start_date": "2026-03-08T09:30:00Z"}, "2026-03-08T09:30:00Z", True),
        ({"end_date": "2026-03-08T09:30:00+01:00"}, "2026-03-08T08:29:59.999Z", True),
        ({"end_date": "2026-03-08T09:30:00+01:00"}, "2026-03-08T08:30:00Z", False),
        ({"start_date": "0001-01-01", "end_date": "9999-12-31"}, "2026-03-10T12:00:00Z", True),
        ({"start_date": None, "end_date": None}, "2026-03-10T12:00:00Z", True),
        ({"start_date": "2026-03-08", "end_date": "2026-03-08"}, "2026-03-08T12:00:00Z", True),
        ({"status": "PAUSED"}, "2026-03-10T12:00:00Z", False),
    ],
    ids=[
        "always",
        "the day before it starts, in New York",
        "its first instant, in New York",
        "its last instant, on a day of 23 hours",
        "the day after it ended, in New York",
        "just before it starts",
        "when it starts",
        "just before it ends",
        "when it ends",
        "for ever, as some write it",
        "for ever, as null",
        "for one day",
        "paused",
    ],
)
def test_a_campaign_runs_within_its_dates(dates: dict[str, Any], at: str, runs: bool) -> None:
    one = result(campaign(effect(1), **dates), {}, parse_instant(at), "America/New_York")
    assert one.outcome is (Outcome.REWARDED if runs else Outcome.OUT_OF_SCHEDULE)


@pytest.mark.parametrize(
    ("operator", "value", "first", "after_last"),
    [
        ("gte", "2026-03-29", "2026-03-28T23:00:00Z", None),
        ("gt", "2026-03-29", "2026-03-29T22:00:00Z", None),
        ("lt", "2026-03-29", None, "2026-03-28T23:00:00Z"),
        ("lte", "2026-03-29", None, "2026-03-29T22:00:00Z"),
        ("between", ["2026-03-29", "2026-03-29"], "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("between", ["2026-03-29T01:00:00+01:00", "2026-03-30"], "2026-03-29T00:00:00Z", "2026-03-30T22:00:00Z"),
    ],
)
def test_a_day_that_a_condition_names_is_the_whole_day_of_the_brand(
    operator: str, value: object, first: str | None, after_last: str | None
) -> None:
    document = campaign(effect(1), conditions=[[{"field": "issued_at", "operator": operator, "value": value}]])

    def holds(at: datetime) -> bool:
        return result(document, {"issued_at": at}, at, "Europe/Berlin").outcome is Outcome.REWARDED

    millisecond = timedelta(milliseconds=1)
    for turn, holds_from_then in ((first, True), (after_last, False)):
        if turn:
            at = parse_instant(turn)
            assert (holds(at - millisecond), holds(at)) == (not holds_from_then, holds_from_then)


def test_campaigns_are_asked_in_the_order_of_their_ids_and_only_about_their_trigger() -> None:
    compiled = rules(b=campaign(), a=campaign(), c=campaign(trigger="SURVEY"))
    assert [one.campaign_id for one in compiled.campaigns["PURCHASE"]] == ["a", "b"]
    assert [one.campaign_id for one in compiled.campaigns["SURVEY"]] == ["c"]
    assert "REFERRAL" not in compiled.campaigns


def test_rules_are_compiled_for_the_zone_of_the_brand() -> None:
    brand = Brand("demo", "Demo", time_zone="Asia/Tokyo")
    (one,) = Ruleset.compile(brand, CATALOG, {"spend": campaign(start_date="2026-03-10")}).campaigns["PURCHASE"]
    assert one.schedule.starts_at == parse_instant("2026-03-09T15:00:00Z")


@pytest.mark.parametrize("field", ["order.value", "metadata.km"])
def test_more_than_an_amount_can_hold_is_refused_naming_the_field_it_came_from(field: str) -> None:
    document = campaign(effect(999999999999999, per=per(field)))
    section, name = field.split(".")
    assert sizes(result(document, {section: {name: 1}}).lots) == [999999999999999]
    with pytest.raises(ValidationError, match="would grant more than 15 digits") as refusal:
        result(document, {section: {name: 2}})
    assert [one.field for one in refusal.value.fields] == [field]
