"""The form of a campaign as it is written: what a `PUT /campaigns/{id}` takes, strictly."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic_core import PydanticCustomError

from loyalty.domain.errors import FieldProblem, ValidationError
from loyalty.domain.limits.counters import HISTORY_OPERATORS, MAX_DISTINCT_VALUES
from loyalty.domain.money import LARGEST, has_decimals
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.rewards import Reward
from loyalty.domain.rules.campaigns import DAYS, bound
from loyalty.domain.rules.conditions import OPERATORS, ORDERS
from loyalty.domain.rules.fields import TIMES, impossible
from loyalty.domain.shapes import (
    Shape,
    amount,
    anything,
    choice,
    converted,
    identifier,
    listing,
    mapping_of,
    period,
    record,
    text,
    whole,
    window,
)
from loyalty.domain.times import parse_instant, zone

MAX_COUNTERS = 10


_MOMENT = "must be a day such as 2026-01-31 or a time such as 2026-01-31T09:30:00Z"


def _is_moment(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(
            parse_instant(value) if "T" in value.upper() else date.fromisoformat(value)
        )
    except (ValueError, OverflowError):
        return False


def _day_or_instant(value: object) -> str:
    if isinstance(value, str) and _is_moment(value):
        return value
    raise PydanticCustomError("day", _MOMENT)


def _time_of_day(value: object) -> str:
    if isinstance(value, str) and _TIME_OF_DAY.fullmatch(value):
        return value
    raise PydanticCustomError("time_of_day", "must be a time of day such as 09:30")


_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_DAY = {"type": "string", "examples": ["2026-01-31", "2026-01-31T09:30:00Z"]}
_FIELD = text(max_length=200)
_PERIOD = choice("day", "week", "month", "ever")
_TIME = converted(_time_of_day, {"type": "string", "pattern": f"^({_TIME_OF_DAY.pattern})$"})
_TIMES = whole(1, 1_000_000_000)
_POSITIVE = amount(gt=Decimal(0))
_CONDITION = record(
    {"operator": choice(*OPERATORS, *HISTORY_OPERATORS)},
    {"field": _FIELD, "value": anything(), "within": window()},
    closed=True,
)
_EFFECT = record(
    optional={
        "reward_id": identifier(),
        "amount": _POSITIVE,
        "by_tier": mapping_of(_POSITIVE, 50, min_length=1),
        "per": record({"field": _FIELD, "every": _POSITIVE}, closed=True),
        "percent": amount(gt=Decimal(0), le=Decimal(10_000)),
        "of": _FIELD,
        "cap": _POSITIVE,
        "multiply": amount(gt=Decimal(1), le=Decimal(1_000)),
        "expires_in": period(),
        "tag": text(max_length=100),
        "value": anything(),
        "offer": identifier(),
        "valid_for": period(),
    },
    closed=True,
)
_RULE = record(
    {"effects": listing(_EFFECT, max_length=20, min_length=1)},
    {"name": text(), "conditions": listing(listing(_CONDITION, max_length=50, min_length=1), max_length=50)},
    closed=True,
)
_LIMITS = record(
    optional={
        "per_customer": record({"times": whole(1, 1_000_000)}, {"period": _PERIOD}, closed=True),
        "per_campaign": record({"times": _TIMES}, closed=True),
        "per_event": record({"amount": _POSITIVE}, closed=True),
        "budget": _POSITIVE,
        "when_short": choice("partial", "nothing"),
    },
    closed=True,
)
CAMPAIGN = Shape(
    record(
        {"name": text(), "trigger": text(), "rules": listing(_RULE, max_length=50, min_length=1)},
        {
            "status": choice("RUNNING", "PAUSED"),
            "start_date": converted(_day_or_instant, _DAY),
            "end_date": converted(_day_or_instant, _DAY),
            "days_of_week": listing(choice(*DAYS), max_length=7, min_length=1),
            "hours": record({"from": _TIME, "to": _TIME}, closed=True),
            "priority": whole(-1000, 1000),
            "exclusive": text(max_length=100),
            "limits": _LIMITS,
        },
        closed=True,
    )
)


# A day lies where the brand is, which is not known here: beside a time it is taken where it begins first, or ends last.
_BOUNDS = (("start_date", timedelta(), "Etc/GMT-14"), ("end_date", timedelta(days=1), "Etc/GMT+12"))


def read_campaign(
    body: object, rewards: Mapping[str, Reward], config_offers: Mapping[str, ConfigOffer]
) -> dict[str, Any]:
    """The campaign as it will be stored, or a ValidationError naming every path that cannot be meant."""
    document = CAMPAIGN(body)
    problems: list[FieldProblem] = [*_wrong_times(document), *_wrong_limits(document.get("limits") or {})]
    for r, rule in enumerate(document["rules"]):
        for o, every in enumerate(rule.get("conditions") or ()):
            for i, one in enumerate(every):
                problems += _wrong_condition(f"rules.{r}.conditions.{o}.{i}", one)
        for e, effect in enumerate(rule["effects"]):
            problems += _wrong_effect(f"rules.{r}.effects.{e}", effect, rewards, config_offers)
    counted = [one["operator"] for rule in document["rules"] for every in rule.get("conditions") or () for one in every]
    if sum(operator in HISTORY_OPERATORS for operator in counted) > MAX_COUNTERS:
        problems.append(FieldProblem("rules", f"must have at most {MAX_COUNTERS} conditions over history"))
    if problems:
        raise ValidationError(*problems)
    return {**document, "status": document.get("status") or "RUNNING"}


def _wrong_times(document: Mapping[str, Any]) -> Iterator[FieldProblem]:
    days = all("T" not in (document.get(name) or "").upper() for name, _, _ in _BOUNDS)
    starts, ends = (
        bound(document.get(name), zone("UTC" if days else where), length) for name, length, where in _BOUNDS
    )
    if starts and ends and ends <= starts:
        yield FieldProblem("end_date", "must be on or after start_date")
    hours = document.get("hours")
    if hours and hours["from"] == "24:00":
        yield FieldProblem("hours.from", "must be before 24:00")
    elif hours and hours["from"] == hours["to"]:
        yield FieldProblem("hours.to", "must be another time than hours.from")


def _wrong_limits(limits: Mapping[str, Any]) -> Iterator[FieldProblem]:
    if limits.get("when_short") and limits.get("budget") is None:
        yield FieldProblem("limits.when_short", "means nothing without a budget")


_EQUALITIES = ("eq", "ne", "in", "not_in", "contains")


def _wrong_condition(path: str, one: Mapping[str, Any]) -> Iterator[FieldProblem]:
    history = one["operator"] in HISTORY_OPERATORS
    if one.get("field") is not None:
        if problem := impossible(one["field"]):
            yield FieldProblem(f"{path}.field", problem)
    elif one["operator"] != "count_gte":
        yield FieldProblem(f"{path}.field", "is required")
    if one.get("field") in TIMES and one["operator"] in _EQUALITIES:
        yield FieldProblem(f"{path}.operator", f"cannot be asked of a time; use one of {', '.join(ORDERS)}")
    if problem := _wrong_value(one):
        yield FieldProblem(f"{path}.value", problem)
    if one.get("within") is not None and not history:
        yield FieldProblem(
            f"{path}.within", f"means nothing with {one['operator']}: only operators over history have a window"
        )


def _wrong_effect(
    path: str,
    effect: Mapping[str, Any],
    rewards: Mapping[str, Reward],
    config_offers: Mapping[str, ConfigOffer],
) -> Iterator[FieldProblem]:
    given = [name for name, value in effect.items() if value is not None]
    kinds = [kind for kind in _KINDS if kind in given]
    if not kinds:
        yield FieldProblem(f"{path}.amount", f"is required, or one of {', '.join(_KINDS)}")
        return
    allowed = _KINDS[kinds[0]]
    for name in given:
        if name not in allowed:
            yield FieldProblem(f"{path}.{name}", f"means nothing beside {kinds[0]}")
    for name, where in (("of", effect.get("of")), ("per.field", (effect.get("per") or {}).get("field"))):
        if where is not None and (problem := impossible(where)):
            yield FieldProblem(f"{path}.{name}", problem)
    if kinds[0] == "percent" and "of" not in given:
        yield FieldProblem(f"{path}.of", "is required with percent")
    if kinds[0] == "tag":
        if not _scalar(effect.get("value", True)):
            yield FieldProblem(f"{path}.value", "must be a string, a number, true or false")
        return
    if kinds[0] == "offer":
        if effect["offer"] not in config_offers:
            yield FieldProblem(f"{path}.offer", "is not a config offer of this brand")
        if "valid_for" not in given:
            yield FieldProblem(f"{path}.valid_for", "is required with offer")
        return
    yield from _wrong_reward(path, effect, rewards)


def _wrong_reward(path: str, effect: Mapping[str, Any], rewards: Mapping[str, Reward]) -> Iterator[FieldProblem]:
    reward_id = effect.get("reward_id")
    if reward_id is None:
        yield FieldProblem(f"{path}.reward_id", "is required")
    elif reward_id not in rewards:
        yield FieldProblem(f"{path}.reward_id", "is not a reward of this brand")
    else:
        decimals = rewards[reward_id].decimals
        by_tier = {f"by_tier.{tier}": amount for tier, amount in (effect.get("by_tier") or {}).items()}
        tiers = [tier.casefold() for tier in effect.get("by_tier") or ()]
        if len(set(tiers)) < len(tiers):
            yield FieldProblem(f"{path}.by_tier", "has a tier twice: they are told apart without case")
        for name, number in {"amount": effect.get("amount"), **by_tier}.items():
            if number is not None and has_decimals(number, decimals):
                yield FieldProblem(f"{path}.{name}", f"must have at most {decimals} decimals, as the reward has")


def _wrong_value(condition: Mapping[str, Any]) -> str | None:
    operator, value = condition["operator"], condition.get("value")
    if "value" not in condition and operator != "exists":
        return "is required"
    for operators, fits, message in _WANTED:
        if operator in operators:
            return message if not fits(value) else _wrong_moment(condition)
    raise KeyError(operator)


def _wrong_moment(condition: Mapping[str, Any]) -> str | None:
    value = condition.get("value")
    if condition.get("field") not in TIMES or condition["operator"] not in ORDERS:
        return None
    if all(map(_is_moment, value if isinstance(value, list) else [value])):
        return None
    return _MOMENT.replace("must be", "must be two, each", 1) if isinstance(value, list) else _MOMENT


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


def _within(value: object, most: int | Decimal, *, whole: bool = True) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return False
    return 0 < value <= most and (not whole or value == int(value))


# What each operator can be asked to find.
_WANTED: tuple[tuple[tuple[str, ...], Callable[[Any], bool], str], ...] = (
    (("exists",), lambda value: value is None or isinstance(value, bool), "must be true or false"),
    (("between",), _pair, "must be two numbers or two strings, the lower first"),
    (("in", "not_in"), _scalars, "must be a list of strings, numbers, true or false"),
    (("gt", "gte", "lt", "lte"), lambda value: _orderable(value, value), "must be a number or a string"),
    (("starts_with",), lambda value: isinstance(value, str), "must be a string"),
    (("eq", "ne", "contains"), _scalar, "must be a string, a number, true or false"),
    (("total_gte",), lambda value: _within(value, LARGEST, whole=False), "must be a number above 0"),
    (("count_gte", "repeat_gte"), lambda value: _within(value, 1_000_000), "must be a whole number from 1 to 1000000"),
    (
        ("distinct_gte",),
        lambda value: _within(value, MAX_DISTINCT_VALUES),
        f"must be a whole number from 1 to {MAX_DISTINCT_VALUES}",
    ),
)

# What makes an effect the one it is, and what may stand beside that.
_POINTS = {"reward_id", "amount", "by_tier", "per", "expires_in"}
_KINDS: dict[str, set[str]] = {
    "amount": _POINTS,
    "by_tier": _POINTS,
    "percent": {"reward_id", "percent", "of", "cap", "expires_in"},
    "multiply": {"reward_id", "multiply", "expires_in"},
    "tag": {"tag", "value"},
    "offer": {"offer", "valid_for"},
}
