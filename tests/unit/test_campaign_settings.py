"""The form of a campaign: what is taken, and the exact path and reason of everything that is not."""

from copy import deepcopy
from decimal import Decimal
from typing import Any, get_args

import pytest

from loyalty.domain.errors import ValidationError
from loyalty.domain.rules.campaigns import check_campaign, to_document
from loyalty.domain.rules.compiled import compile_campaign
from loyalty.domain.rules.conditions import Operator
from loyalty.domain.times import zone
from tests.support.builders import CATALOG, Document, campaign, effect

NOTHING = object()
CONDITION = {"field": "order.value", "operator": "gte", "value": 10}


def a_campaign() -> Document:
    """One with everything in it that a campaign can have."""
    whole = effect(1, per={"field": "order.value", "every": 1}, expires_in="12/months")
    document = campaign(whole, conditions=[[dict(CONDITION)]], start_date="2026-01-01", end_date="2026-12-31")
    document["rules"][0]["name"] = "spend"
    return {
        **document,
        "days_of_week": ["mon", "sun"],
        "hours": {"from": "09:00", "to": "24:00"},
        "priority": 5,
        "exclusive": "welcome",
        "limits": {
            "per_customer": {"times": 1, "period": "day"},
            "per_campaign": {"times": 500},
            "per_event": {"amount": 50},
            "budget": 1000,
            "when_short": "nothing",
        },
    }


def changed(path: str, value: object) -> Document:
    """A campaign with another value, or NOTHING, at that path."""
    document = deepcopy(a_campaign())
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = document
    for part in way:
        place = place[part]
    if value is NOTHING:
        del place[last]
    else:
        place[last] = value
    return document


def problems(document: object) -> dict[str, str]:
    """What is wrong with a campaign, by path."""
    try:
        check_campaign(document, CATALOG)
    except ValidationError as refusal:
        return {one.field: one.message for one in refusal.fields}
    return {}


def test_a_campaign_is_kept_as_it_was_written() -> None:
    assert to_document(a_campaign()) == a_campaign()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("status", NOTHING),
        ("status", None),
        ("status", "PAUSED"),
        ("start_date", NOTHING),
        ("start_date", None),
        ("start_date", "2026-01-31T09:30:00Z"),
        ("start_date", "0001-01-01"),
        ("end_date", "9999-12-31"),
        ("limits", NOTHING),
        ("limits", {}),
        ("limits", None),
        ("limits.per_customer.period", NOTHING),
        ("limits.when_short", NOTHING),
        ("days_of_week", None),
        ("hours", {"from": "22:00", "to": "02:00"}),
        ("priority", -1000),
        ("rules.0.conditions.0.0", {"operator": "count_gte", "value": 3}),
        ("rules.0.conditions.0.0", {"operator": "count_gte", "value": 3, "within": "1/month"}),
        ("rules.0.conditions.0.0", {"operator": "count_gte", "value": 3, "within": "this/month"}),
        ("rules.0.conditions.0.0.field", "customer.tags.vip"),
        ("rules.0.conditions.0.0.field", "order.products.whatever.is.sent"),
        ("rules.0.effects.0", {"reward_id": "points", "by_tier": {"gold": 3}}),
        ("rules.0.effects.0", {"reward_id": "points", "percent": 5, "of": "order.value", "cap": 100}),
        ("rules.0.effects.0", {"reward_id": "points", "multiply": Decimal("1.5")}),
        ("rules.0.effects.0", {"tag": "vip"}),
        ("rules.0.effects.0", {"tag": "vip", "value": "gold"}),
        ("rules.0.name", NOTHING),
        ("rules.0.conditions", NOTHING),
        ("rules.0.conditions", None),
        ("rules.0.conditions", []),
        ("rules.0.effects.0.per", NOTHING),
        ("rules.0.effects.0.per", None),
        ("rules.0.effects.0.expires_in", None),
        ("rules.0.effects.0.expires_in", "90/minutes"),
        ("rules.0.effects.0.amount", 999999999999999),
    ],
)
def test_what_may_be_left_out_or_be_otherwise(path: str, value: object) -> None:
    document = changed(path, value)
    assert problems(document) == {}
    assert compile_campaign("c", check_campaign(document, CATALOG), zone("UTC")).alternatives


@pytest.mark.parametrize(
    ("starts", "ends", "right"),
    [
        ("2026-03-08", "2026-03-08", True),
        ("2026-03-09", "2026-03-08", False),
        ("2026-03-08T20:00:00-05:00", "2026-03-08", True),
        ("2026-03-09T12:00:00Z", "2026-03-08", False),
        ("2026-03-09", "2026-03-08T20:00:00Z", True),
        ("2026-03-09", "2026-03-08T10:00:00Z", False),
        ("2026-03-08T20:00:00-05:00", "2026-03-09T01:00:00Z", False),
        ("2026-03-08T20:00:00-05:00", "2026-03-09T01:00:01Z", True),
    ],
)
def test_a_day_and_a_time_are_in_order_if_they_are_anywhere(starts: str, ends: str, right: bool) -> None:
    document = {**a_campaign(), "start_date": starts, "end_date": ends}
    assert problems(document) == ({} if right else {"end_date": "must be on or after start_date"})


def test_a_campaign_runs_unless_it_says_otherwise() -> None:
    assert to_document(changed("status", NOTHING))["status"] == "RUNNING"


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        ("name", NOTHING, "is required"),
        ("name", None, "must be a string"),
        ("name", "", "must have at least 1 character"),
        ("name", "x" * 256, "must have at most 255 characters"),
        ("trigger", NOTHING, "is required"),
        ("trigger", 5, "must be a string"),
        ("status", "running", "must be 'RUNNING' or 'PAUSED'"),
        ("start_date", "31.01.2026", "must be a day such as 2026-01-31 or a time such as 2026-01-31T09:30:00Z"),
        ("start_date", "2026-02-29", "must be a day such as 2026-01-31 or a time such as 2026-01-31T09:30:00Z"),
        ("end_date", "2026-01-31T09:30:00", "must be a day such as 2026-01-31 or a time such as 2026-01-31T09:30:00Z"),
        ("end_date", "9999-12-31T23:59:59-01:00", "must be a day such as 2026-01-31 or a time such as"),
        ("end_date", 20261231, "must be a day such as 2026-01-31 or a time such as 2026-01-31T09:30:00Z"),
        ("end_date", "2025-12-31", "must be on or after start_date"),
        ("days_of_week", [], "must have at least 1 item"),
        ("days_of_week.0", "monday", "must be 'mon', 'tue', 'wed',"),
        ("hours.from", "9:00", "must be a time of day such as 09:30"),
        ("hours.to", 540, "must be a time of day such as 09:30"),
        ("hours.from", "24:00", "must be before 24:00"),
        ("hours.to", "09:00", "must be another time than hours.from"),
        ("hours.to", NOTHING, "is required"),
        ("priority", 1001, "must be less than or equal to 1000"),
        ("priority", "high", "must be a whole number"),
        ("exclusive", "", "must have at least 1 character"),
        ("limits.per_customer.times", 0, "must be greater than or equal to 1"),
        ("limits.per_customer.times", NOTHING, "is required"),
        ("limits.per_customer.period", "year", "must be 'day', 'week', 'month' or 'ever'"),
        ("limits.per_campaign.times", 0, "must be greater than or equal to 1"),
        ("limits.per_event.amount", 0, "must be greater than 0"),
        ("limits.budget", 0, "must be greater than 0"),
        ("limits.budget", "1000", "must be a number"),
        ("limits.when_short", "half", "must be 'partial' or 'nothing'"),
        ("rules", NOTHING, "is required"),
        ("rules", {}, "must be a list"),
        ("rules", [], "must have at least 1 item"),
        ("rules.0", "spend", "must be an object"),
        ("rules.0.effects", NOTHING, "is required"),
        ("rules.0.effects", [], "must have at least 1 item"),
        ("rules.0.conditions.0", [], "must have at least 1 item"),
        ("rules.0.conditions.0", dict(CONDITION), "must be a list"),
        ("rules.0.conditions.0.0", [], "must be an object"),
        ("rules.0.conditions.0.0.field", NOTHING, "is required"),
        ("rules.0.conditions.0.0.field", "x" * 201, "must have at most 200 characters"),
        ("rules.0.conditions.0.0.field", "type.sky", "cannot exist: type is a single value"),
        ("rules.0.conditions.0.0.where", [[CONDITION]], "is not a known field"),
        ("rules.0.conditions.0.0.field", "order.value.cents", "cannot exist: order.value is a single value"),
        ("rules.0.conditions.0.0.field", "customer.age", "cannot exist: customer has attributes, created_at,"),
        ("rules.0.conditions.0.0.field", "platform.name", "cannot exist: platform is a single value"),
        ("rules.0.conditions.0.0.field", "order..value", "must be names with single dots between them"),
        ("rules.0.conditions.0.0.field", "order.value.", "must be names with single dots between them"),
        ("rules.0.conditions.0.0.within", "30/days", "means nothing with gte"),
        ("rules.0.conditions.0.0.within", "soon", "must be a length of time such as 30/days, or this/month"),
        ("rules.0.conditions.0.0.within", "this/quarter", "must be a length of time such as"),
        ("rules.0.conditions.0.0.within", "this/month", "means nothing with gte"),
        ("rules.0.effects.0.expires_in", "this/month", "must be a length of time such as"),
        ("rules.0.conditions.0.0.operator", NOTHING, "is required"),
        ("rules.0.conditions.0.0.operator", "=", "must be 'eq', 'ne', 'gt',"),
        ("rules.0.conditions.0.0.value", NOTHING, "is required"),
        ("rules.0.effects.0.reward_id", NOTHING, "is required"),
        ("rules.0.effects.0.reward_id", "pounds", "is not a reward of this brand"),
        ("rules.0.effects.0.reward_id", "a#b", "must not contain #"),
        ("rules.0.effects.0.amount", NOTHING, "is required"),
        ("rules.0.effects.0.amount", "1", "must be a number"),
        ("rules.0.effects.0.amount", True, "must be a number"),
        ("rules.0.effects.0.amount", 0, "must be greater than 0"),
        ("rules.0.effects.0.amount", -1, "must be greater than 0"),
        ("rules.0.effects.0.amount", 10**15, "must have no more than 15 digits in total"),
        ("rules.0.effects.0.amount", Decimal("0.00001"), "must have no more than 4 decimal places"),
        ("rules.0.effects.0.amount", Decimal("1.5"), "must have at most 0 decimals, as the reward has"),
        ("rules.0.effects.0.by_tier", {}, "must have at least 1 item"),
        ("rules.0.effects.0.cap", 5, "means nothing beside amount"),
        ("rules.0.effects.0.of", "order.value", "means nothing beside amount"),
        ("rules.0.effects.0.percent", 5, "means nothing beside amount"),
        ("rules.0.effects.0.multiply", 2, "means nothing beside amount"),
        ("rules.0.effects.0.tag", "vip", "means nothing beside amount"),
        ("rules.0.effects.0.per.field", "customer.sky", "cannot exist: customer has"),
        ("rules.0.effects.0.per.where", [], "must have at least 1 item"),
        ("rules.0.effects.0.where", [[CONDITION]], "means nothing beside amount"),
        ("rules.0.effects.0.per", "order.value", "must be an object"),
        ("rules.0.effects.0.per.field", NOTHING, "is required"),
        ("rules.0.effects.0.per.every", NOTHING, "is required"),
        ("rules.0.effects.0.per.every", 0, "must be greater than 0"),
        ("rules.0.effects.0.expires_in", "1/fortnight", "must be a length of time such as 12/months or 30/days"),
        ("rules.0.effects.0.expires_in", 12, "must be a string"),
        ("rules.0.effects.0.expires_in", "101/years", "must be at most 100 years"),
        ("rules.0.effects.0.expires_in", "1201/months", "must be at most 100 years"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_path(path: str, value: object, why: str) -> None:
    found = problems(changed(path, value))
    assert list(found) == [path]
    assert found[path].startswith(why)


@pytest.mark.parametrize(
    "path",
    [
        "budget",
        "rules.0.condition",
        "rules.0.conditions.0.0.not",
        "rules.0.effects.0.expires",
        "rules.0.effects.0.per.step",
    ],
)
def test_an_unknown_key_is_refused_wherever_it_stands(path: str) -> None:
    assert problems(changed(path, 1)) == {path: "is not a known field"}


GOOD_VALUES: dict[str, list[Any]] = {
    "eq": ["a", 1, Decimal("1.5"), True, False, ""],
    "ne": ["a", 1, False],
    "contains": ["a", 1, True],
    "gt": [1, "a"],
    "gte": [1, "2026-01-01"],
    "lt": [1, "a"],
    "lte": [1, "a"],
    "between": [[1, 2], [1, 1], ["a", "b"], ["a", "B"], ["B", "c"]],
    "in": [["a"], [1, "a", True]],
    "not_in": [["a"]],
    "starts_with": ["a"],
    "exists": [True, False, None, NOTHING],
    "total_gte": [1, Decimal("0.5"), 10**15 - 1],
    "count_gte": [1, 1_000_000],
    "distinct_gte": [1, 100],
    "repeat_gte": [2],
}
BAD_VALUES: dict[str, tuple[str, list[Any]]] = {
    "eq": ("must be a string, a number, true or false", [None, [], {}, ["a"]]),
    "ne": ("must be a string, a number, true or false", [None, [1]]),
    "contains": ("must be a string, a number, true or false", [None, ["a"]]),
    "gt": ("must be a number or a string", [None, True, [1]]),
    "gte": ("must be a number or a string", [{}, False]),
    "lt": ("must be a number or a string", [None]),
    "lte": ("must be a number or a string", [None]),
    "between": (
        "must be two numbers or two strings, the lower first",
        [None, 1, [], [1], [1, 2, 3], [2, 1], ["b", "A"], ["B", "a"], [1, "b"], [True, False], [[1], [2]]],
    ),
    "in": ("must be a list of strings, numbers, true or false", [None, "a", [], [None], [["a"]], [{}]]),
    "not_in": ("must be a list of strings, numbers, true or false", [[], 5]),
    "starts_with": ("must be a string", [None, 1, True, ["a"]]),
    "exists": ("must be true or false", ["true", 1, []]),
    "total_gte": ("must be a number above 0", [None, 0, -1, "5", True, 10**15]),
    "count_gte": ("must be a whole number from 1 to 1000000", [0, Decimal("1.5"), "3", 1_000_001]),
    "distinct_gte": ("must be a whole number from 1 to 100", [0, 101, True]),
    "repeat_gte": ("must be a whole number from 1 to 1000000", [0, None, [2]]),
}


def with_condition(operator: str, value: object) -> Document:
    """A campaign with one such condition."""
    document = changed("rules.0.conditions.0.0.operator", operator)
    document["rules"][0]["conditions"][0][0].pop("value")
    if value is not NOTHING:
        document["rules"][0]["conditions"][0][0]["value"] = value
    return document


def test_every_operator_has_values_that_are_taken_and_others_that_are_not() -> None:
    assert set(GOOD_VALUES) == set(BAD_VALUES) == set(get_args(Operator))


@pytest.mark.parametrize(
    ("operator", "value"), [(operator, value) for operator, values in GOOD_VALUES.items() for value in values]
)
def test_a_value_that_the_operator_can_find_is_taken(operator: str, value: object) -> None:
    assert problems(with_condition(operator, value)) == {}


@pytest.mark.parametrize(
    ("operator", "value", "why"),
    [(operator, value, why) for operator, (why, values) in BAD_VALUES.items() for value in values],
)
def test_a_value_that_the_operator_could_never_find_is_refused(operator: str, value: object, why: str) -> None:
    assert problems(with_condition(operator, value)) == {"rules.0.conditions.0.0.value": why}


@pytest.mark.parametrize(
    ("operator", "value", "right"),
    [
        ("gte", "2026-01-31", True),
        ("lt", "2026-01-31T09:30:00+02:00", True),
        ("between", ["2026-01-31", "2026-01-31T09:30:00Z"], True),
        ("starts_with", "2026-01", True),
        ("exists", True, True),
        ("gte", "31.1.2026", False),
        ("lt", 2026, False),
        ("between", ["2026-01-31", "2027"], False),
    ],
)
def test_what_orders_a_time_is_a_time_or_a_day(operator: str, value: object, right: bool) -> None:
    for field in ("customer.created_at", "issued_at"):
        document = with_condition(operator, value)
        document["rules"][0]["conditions"][0][0]["field"] = field
        assert list(problems(document)) == ([] if right else ["rules.0.conditions.0.0.value"])


@pytest.mark.parametrize("operator", ["eq", "ne", "in", "not_in", "contains"])
def test_a_time_is_before_or_after_another_and_never_the_same(operator: str) -> None:
    document = with_condition(operator, GOOD_VALUES[operator][0])
    document["rules"][0]["conditions"][0][0]["field"] = "customer.created_at"
    assert problems(document) == {
        "rules.0.conditions.0.0.operator": "cannot be asked of a time; use one of gt, gte, lt, lte, between"
    }


SKU: Document = {"field": "sku", "operator": "eq", "value": "A"}


@pytest.mark.parametrize(
    ("condition", "path", "why"),
    [
        ({"any_item": "order.products", "where": [[SKU]]}, "", ""),
        ({"any_item": "order.products", "where": [[{"field": "tags.x", "operator": "exists"}], [SKU, SKU]]}, "", ""),
        ({"any_item": "metadata.items", "where": [[{**SKU, "field": "issued_at"}]]}, "", ""),
        ({"any_item": "order.redeem", "where": [[{**SKU, "field": "id"}]]}, "", ""),
        ({"any_item": "order.lines", "where": [[SKU]]}, "", ""),
        ({"any_item": "order.products"}, "where", "is required"),
        ({"any_item": "order.products", "where": []}, "where", "must have at least 1 item"),
        ({"any_item": "order.products", "where": [[SKU], []]}, "where.1", "must have at least 1 item"),
        ({"any_item": "order.products", "where": [SKU]}, "where.0", "must be a list"),
        ({"any_item": "order.value", "where": [[SKU]]}, "any_item", "is a single value, and has no items"),
        ({"any_item": "order.products.sku", "where": [[SKU]]}, "any_item", "is a single value, and has no items"),
        ({"any_item": "order..products", "where": [[SKU]]}, "any_item", "must be names with single dots between them"),
        ({"any_item": "order.products", "where": [[SKU]], "operator": "eq"}, "operator", "is not a known field"),
        ({"any_item": "order.products", "where": [[{**SKU, "value": None}]]}, "where.0.0.value", "must be a string,"),
        ({"any_item": "order.products", "where": [[{**SKU, "field": None}]]}, "where.0.0.field", "is required"),
        ({"any_item": "order.products", "where": [[{**SKU, "within": "1/day"}]]}, "where.0.0.within", "means nothing"),
        (
            {"any_item": "order.products", "where": [[SKU, {**SKU, "field": "sku.x"}]]},
            "where.0.1.field",
            "cannot exist: order.products.sku is a single value",
        ),
        (
            {"any_item": "order.products", "where": [[{"operator": "count_gte", "value": 3}]]},
            "where.0.0.operator",
            "must be 'eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'between', 'in',",
        ),
        ({"field": "order.products.value", "operator": "total_gte", "value": 1, "where": [[SKU]]}, "", ""),
        (
            {
                "field": "order.products.value",
                "operator": "total_gte",
                "value": 1,
                "where": [[{**SKU, "field": "a..b"}]],
            },
            "where.0.0.field",
            "must be names with single dots",
        ),
        ({"operator": "count_gte", "value": 3, "where": [[SKU]]}, "where", "means nothing without a field"),
        ({"field": "order.products.sku", "operator": "count_gte", "value": 3, "where": [[SKU]]}, "", ""),
    ],
)
def test_conditions_on_items_have_one_form(condition: Document, path: str, why: str) -> None:
    found = problems(changed("rules.0.conditions.0.0", condition))
    assert list(found) == ([f"rules.0.conditions.0.0.{path}"] if path else [])
    assert all(one.startswith(why) for one in found.values())


@pytest.mark.parametrize(
    ("effect", "path", "why"),
    [
        ({"reward_id": "points"}, "amount", "is required, or one of amount, by_tier, percent, multiply, tag, offer"),
        ({"reward_id": "points", "percent": 5}, "of", "is required with percent"),
        ({"reward_id": "points", "percent": 5, "of": "metadata"}, "", ""),
        ({"percent": 5, "of": "order.value"}, "reward_id", "is required"),
        ({"reward_id": "points", "percent": 5, "of": "type.b"}, "of", "cannot exist: type is a single"),
        ({"reward_id": "points", "multiply": 1}, "multiply", "must be greater than 1"),
        ({"reward_id": "pounds", "multiply": 2}, "reward_id", "is not a reward of this brand"),
        ({"reward_id": "points", "multiply": 2, "per": {"field": "order.value", "every": 1}}, "per", "means nothing"),
        ({"reward_id": "points", "by_tier": {"gold": Decimal("0.5")}}, "by_tier.gold", "must have at most 0 decimals"),
        ({"reward_id": "points", "by_tier": {"gold": 1, "Gold": 2}}, "by_tier", "has a tier twice"),
        ({"reward_id": "points", "percent": 5, "of": "order.products.value", "where": [[SKU]]}, "", ""),
        (
            {"reward_id": "points", "percent": 5, "of": "order.products.value", "where": [[{**SKU, "field": "sku.x"}]]},
            "where.0.0.field",
            "cannot exist: order.products.sku is a single value",
        ),
        ({"tag": "vip", "value": ["x"]}, "value", "must be a string, a number, true or false"),
        ({"tag": "vip", "reward_id": "points"}, "reward_id", "means nothing beside tag"),
        ({"offer": "treat", "valid_for": "7/days"}, "", ""),
        ({"offer": "treat"}, "valid_for", "is required with offer"),
        ({"offer": "trick", "valid_for": "7/days"}, "offer", "is not a config offer of this brand"),
        ({"offer": "treat", "valid_for": "7/days", "cap": 1}, "cap", "means nothing beside offer"),
    ],
)
def test_an_effect_has_one_form(effect: Document, path: str, why: str) -> None:
    found = problems(changed("rules.0.effects.0", effect))
    assert list(found) == ([f"rules.0.effects.0.{path}"] if path else [])
    assert all(one.startswith(why) for one in found.values())


def test_what_is_short_of_no_budget_means_nothing() -> None:
    assert problems(changed("limits.budget", NOTHING)) == {"limits.when_short": "means nothing without a budget"}


def test_a_campaign_counts_at_most_ten_things() -> None:
    visits = [{"operator": "count_gte", "value": i} for i in range(1, 12)]
    assert problems(changed("rules.0.conditions.0", visits[:10])) == {}
    assert problems(changed("rules.0.conditions.0", visits)) == {
        "rules": "must have at most 10 conditions over history"
    }


def test_every_problem_is_listed_at_once() -> None:
    document = a_campaign()
    document["rules"] += [
        {
            "conditions": [[CONDITION, {"field": "metadata.a", "operator": "in", "value": 5}]],
            "effects": [effect(1, "pounds")],
        },
        {"effects": [effect(1), effect("0.5")]},
    ]
    assert problems(document) == {
        "rules.1.conditions.0.1.value": "must be a list of strings, numbers, true or false",
        "rules.1.effects.0.reward_id": "is not a reward of this brand",
        "rules.2.effects.1.amount": "must have at most 0 decimals, as the reward has",
    }


@pytest.mark.parametrize("body", [None, [], "campaign", 5], ids=str)
def test_what_is_no_object_is_no_campaign(body: object) -> None:
    assert problems(body) == {"body": "must be an object"}
