"""Conditions over a customer's history, computed a second time: numbers by period and value, added up over events."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from tests.simulation.model.wallet import ZERO

HISTORY_OPERATORS = ("total_gte", "count_gte", "distinct_gte", "repeat_gte")
BOGOTA = timedelta(hours=-5)
EVENT_TYPES = ("types",)
"""The path under which the types of a customer's events are counted, as if that were a condition."""

Json = Mapping[str, Any]
ConditionPath = tuple[str | int, ...]
"""A campaign, and the position of a condition in it. No history moves a condition that counts."""


class CounterKey(NamedTuple):
    """The number of a day, minute or week, and the value that was counted where values are told apart."""

    period: int
    value: Any = None


CounterValues = dict[CounterKey, Decimal]


def add_values(*counters: Mapping[CounterKey, Decimal]) -> CounterValues:
    """The sum of these counters. Zeros are left out."""
    total: CounterValues = {}
    for counter in counters:
        for key, number in counter.items():
            total[key] = total.get(key, ZERO) + number
    return {key: number for key, number in total.items() if number}


def negated(counter: Mapping[CounterKey, Decimal]) -> CounterValues:
    """What has to be added to a counter to undo this."""
    return {key: -number for key, number in counter.items()}


def count(condition: Json, before: CounterValues, fields: Json, issued_at: datetime) -> tuple[CounterValues, Decimal]:
    """What an event adds to a condition's counter, less what has left its window; and the reading after it."""
    now, length = _window(condition.get("within"), issued_at)
    newest = max([now, *(key.period for key in before)])
    current = {key: number for key, number in before.items() if newest - key.period < length}
    outdated = {key: number for key, number in before.items() if key not in current}
    added = _added(condition, current, fields, now) if newest - now < length else {}
    return add_values(added, negated(outdated)), _reading(condition["operator"], add_values(current, added))


def values_at(fields: Any, path: str) -> Iterator[Any]:
    """Every value at a path, strings in lower case; a list stands for its elements."""
    if isinstance(fields, list):
        for element in fields:
            yield from values_at(element, path)
    elif not path:
        yield fields.casefold() if isinstance(fields, str) else fields
    elif fields is not None:
        name, _, rest = path.partition(".")
        yield from values_at(fields[name], rest) if fields.get(name) is not None else ()


def _window(within: str | None, at: datetime) -> tuple[int, int]:
    """The number of an event's day, minute or week, and how many of them the window has."""
    if within is None:
        return 0, 1
    length, unit = within.split("/")
    day = ((at + BOGOTA).date() - date.min).days
    if within == "this/week":  # date.min is a Monday
        return day // 7, 1
    if unit == "days":
        return day + 1, int(length)
    # A window of minutes begins within a minute, which counts as well.
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(minutes=1), int(length) + 1


def _added(condition: Json, current: CounterValues, fields: Json, now: int) -> CounterValues:
    field, operator = condition.get("field"), condition["operator"]
    values = list(values_at(fields, field)) if field else [True]
    if operator == "total_gte":
        return add_values({CounterKey(now): sum((Decimal(value) for value in values if value > 0), ZERO)})
    if operator == "count_gte":
        return {CounterKey(now): Decimal(1)} if values else {}
    known = {key.value for key in current}
    new = [value for value in dict.fromkeys(values) if value not in known]
    if operator == "distinct_gte":  # no more values are stored than the condition asks for
        new = new[: max(0, condition["value"] - len(known))]
    return {CounterKey(now, value): Decimal(1) for value in values if value in known or value in new}


def _reading(operator: str, counter: CounterValues) -> Decimal:
    by_value: dict[Any, Decimal] = {}
    for key, number in counter.items():
        by_value[key.value] = by_value.get(key.value, ZERO) + number
    if operator == "distinct_gte":
        return Decimal(sum(number > 0 for number in by_value.values()))
    return max(by_value.values(), default=ZERO)
