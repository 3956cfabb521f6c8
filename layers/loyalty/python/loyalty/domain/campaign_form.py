"""The form of a campaign as it is written: what a `PUT /campaigns/{id}` takes, strictly."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic_core import PydanticCustomError

from loyalty.domain.amounts import has_decimals
from loyalty.domain.brands import Reward
from loyalty.domain.campaigns import bound
from loyalty.domain.conditions import OPERATORS
from loyalty.domain.errors import FieldProblem, ValidationError
from loyalty.domain.shapes import Shape, amount, anything, choice, converted, identifier, listing, period, record, text
from loyalty.domain.times import parse_instant, zone


def _day_or_instant(value: object) -> str:
    try:
        if isinstance(value, str):
            parse_instant(value) if "T" in value.upper() else date.fromisoformat(value)
            return value
    except (ValueError, OverflowError):
        pass
    raise PydanticCustomError("day", "must be a day such as 2026-01-31 or a time such as 2026-01-31T09:30:00Z")


def _no_limits(value: object) -> object:
    if value:
        raise PydanticCustomError("limits", "must be empty: limits cannot be set yet")
    return value


_DAY = {"type": "string", "examples": ["2026-01-31", "2026-01-31T09:30:00Z"]}
_EMPTY = {"type": "object", "maxProperties": 0}
_FIELD = text(max_length=200)
_CONDITION = record({"field": _FIELD, "operator": choice(*OPERATORS)}, {"value": anything()}, closed=True)
_EFFECT = record(
    {"reward_id": identifier(), "amount": amount(gt=Decimal(0))},
    {"per": record({"field": _FIELD, "every": amount(gt=Decimal(0))}, closed=True), "expires_in": period()},
    closed=True,
)
_RULE = record(
    {"effects": listing(_EFFECT, max_length=20, min_length=1)},
    {"name": text(), "conditions": listing(listing(_CONDITION, max_length=50, min_length=1), max_length=50)},
    closed=True,
)
CAMPAIGN = Shape(
    record(
        {"name": text(), "trigger": text(), "rules": listing(_RULE, max_length=50, min_length=1)},
        {
            "status": choice("RUNNING", "PAUSED"),
            "start_date": converted(_day_or_instant, _DAY),
            "end_date": converted(_day_or_instant, _DAY),
            "limits": converted(_no_limits, _EMPTY),
        },
        closed=True,
    )
)


_BOUNDS = (("start_date", timedelta()), ("end_date", timedelta(days=1)))


def read_campaign(body: object, rewards: Mapping[str, Reward]) -> dict[str, Any]:
    """The campaign as it will be stored, or a ValidationError naming every path that cannot be meant."""
    document = CAMPAIGN(body)
    problems: list[FieldProblem] = []
    starts, ends = (bound(document.get(name), zone("UTC"), length) for name, length in _BOUNDS)
    if starts and ends and ends <= starts:
        problems.append(FieldProblem("end_date", "must be on or after start_date"))
    for r, rule in enumerate(document["rules"]):
        for o, every in enumerate(rule.get("conditions") or ()):
            for i, one in enumerate(every):
                if problem := _wrong_value(one):
                    problems.append(FieldProblem(f"rules.{r}.conditions.{o}.{i}.value", problem))
        for e, effect in enumerate(rule["effects"]):
            problems += _wrong_effect(f"rules.{r}.effects.{e}", effect, rewards)
    if problems:
        raise ValidationError(*problems)
    return {**document, "status": document.get("status") or "RUNNING"}


def _wrong_effect(path: str, effect: Mapping[str, Any], rewards: Mapping[str, Reward]) -> list[FieldProblem]:
    reward = rewards.get(effect["reward_id"])
    if reward is None:
        return [FieldProblem(f"{path}.reward_id", "is not a reward of this brand")]
    if has_decimals(effect["amount"], reward.decimals):
        return [FieldProblem(f"{path}.amount", f"must have at most {reward.decimals} decimals, as the reward has")]
    return []


def _wrong_value(condition: Mapping[str, Any]) -> str | None:
    operator, value = condition["operator"], condition.get("value")
    if "value" not in condition and operator != "exists":
        return "is required"
    for operators, fits, message in _WANTED:
        if operator in operators:
            return None if fits(value) else message
    raise KeyError(operator)


def _pair(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 2 or not _orderable(*value):
        return False
    low, high = (one.casefold() if isinstance(one, str) else one for one in value)
    return bool(low <= high)


def _scalars(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_scalar, value))


def _scalar(value: object) -> bool:
    return isinstance(value, str | bool | int | Decimal)


def _orderable(low: object, high: object) -> bool:
    numbers = all(isinstance(one, int | Decimal) and not isinstance(one, bool) for one in (low, high))
    return numbers or (isinstance(low, str) and isinstance(high, str))


# What each operator can be asked to find.
_WANTED: tuple[tuple[tuple[str, ...], Callable[[Any], bool], str], ...] = (
    (("exists",), lambda value: value is None or isinstance(value, bool), "must be true or false"),
    (("between",), _pair, "must be two numbers or two strings, the lower first"),
    (("in", "not_in"), _scalars, "must be a list of strings, numbers, true or false"),
    (("gt", "gte", "lt", "lte"), lambda value: _orderable(value, value), "must be a number or a string"),
    (("starts_with",), lambda value: isinstance(value, str), "must be a string"),
    (("eq", "ne", "contains"), _scalar, "must be a string, a number, true or false"),
)
