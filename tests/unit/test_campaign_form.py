"""The form of a campaign: what is taken, and the exact path and reason of everything that is not."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from loyalty.domain.campaign_form import read_campaign
from loyalty.domain.campaigns import compile_campaign
from loyalty.domain.conditions import OPERATORS
from loyalty.domain.errors import ValidationError
from loyalty.domain.times import zone
from tests.builders import REWARDS, Document, campaign, effect

NOTHING = object()
CONDITION = {"field": "order.value", "operator": "gte", "value": 10}


def a_campaign() -> Document:
    """One with everything in it that a campaign can have."""
    whole = effect(1, per={"field": "order.value", "every": 1}, expires_in="12/months")
    document = campaign(whole, conditions=[[dict(CONDITION)]], start_date="2026-01-01", end_date="2026-12-31")
    document["rules"][0]["name"] = "spend"
    return {**document, "limits": None}


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
        read_campaign(document, REWARDS)
    except ValidationError as refusal:
        return {one.field: one.message for one in refusal.fields}
    return {}


def test_a_campaign_is_kept_as_it_was_written() -> None:
    assert read_campaign(a_campaign(), REWARDS) == a_campaign()


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
    assert compile_campaign("c", read_campaign(document, REWARDS), zone("UTC")).rules


def test_a_campaign_runs_unless_it_says_otherwise() -> None:
    assert read_campaign(changed("status", NOTHING), REWARDS)["status"] == "RUNNING"


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
}


def with_condition(operator: str, value: object) -> Document:
    """A campaign with one such condition."""
    document = changed("rules.0.conditions.0.0.operator", operator)
    document["rules"][0]["conditions"][0][0].pop("value")
    if value is not NOTHING:
        document["rules"][0]["conditions"][0][0]["value"] = value
    return document


def test_every_operator_has_values_that_are_taken_and_others_that_are_not() -> None:
    assert set(GOOD_VALUES) == set(BAD_VALUES) == set(OPERATORS)


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
