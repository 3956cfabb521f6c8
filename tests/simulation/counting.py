"""Conditions over a customer's history, reckoned a second time: a heap of marks, each of an event that stands."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from tests.simulation.wallets import ZERO

HISTORY = ("total_gte", "count_gte", "distinct_gte", "repeat_gte")
BOGOTA = timedelta(hours=-5)
TYPES = ("types",)
"""Where the types of a customer's events are counted, as a condition of its own."""

Json = Mapping[str, Any]
Place = tuple[str | int, ...]
"""A campaign, and where in it a condition stands; histories leave that as it is."""


class Mark(NamedTuple):
    """The day, minute or week that something was counted for, and the value, where values are told apart."""

    at: int
    value: Any = None


Marks = dict[Mark, Decimal]


def summed(*some: Mapping[Mark, Decimal]) -> Marks:
    """All marks in one heap; those that come to nothing are none."""
    found: Marks = {}
    for marks in some:
        for mark, number in marks.items():
            found[mark] = found.get(mark, ZERO) + number
    return {mark: number for mark, number in found.items() if number}


def negative(marks: Mapping[Mark, Decimal]) -> Marks:
    """What takes these marks away."""
    return {mark: -number for mark, number in marks.items()}


def count(condition: Json, had: Marks, facts: Json, issued_at: datetime) -> tuple[Marks, Decimal]:
    """What an event adds to the marks, and takes away of those that are too old for the window; how far that leads."""
    now, length = _window(condition.get("within"), issued_at)
    newest = max([now, *(mark.at for mark in had)])
    active = {mark: number for mark, number in had.items() if newest - mark.at < length}
    gone = {mark: number for mark, number in had.items() if mark not in active}
    new = _counted(condition, active, facts, now) if newest - now < length else {}
    return summed(new, negative(gone)), _reached(condition["operator"], summed(active, new))


def values_at(facts: Any, path: str) -> Iterator[Any]:
    """Everything at a path, strings without case; a list stands for what is in it."""
    if isinstance(facts, list):
        for one in facts:
            yield from values_at(one, path)
    elif not path:
        yield facts.casefold() if isinstance(facts, str) else facts
    elif facts is not None:
        name, _, rest = path.partition(".")
        yield from values_at(facts[name], rest) if facts.get(name) is not None else ()


def _window(within: str | None, at: datetime) -> tuple[int, int]:
    """The number of an event's day, minute or week, and how many of them count: only minutes may be cut."""
    if within is None:
        return 0, 1
    length, unit = within.split("/")
    day = ((at + BOGOTA).date() - date.min).days
    if within == "this/week":  # the first day that there was is a Monday
        return day // 7, 1
    if unit == "days":
        return day + 1, int(length)
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(minutes=1), int(length) + 1


def _counted(condition: Json, active: Marks, facts: Json, now: int) -> Marks:
    field, operator = condition.get("field"), condition["operator"]
    values = list(values_at(facts, field)) if field else [True]
    if operator == "total_gte":
        return summed({Mark(now): sum((Decimal(one) for one in values if one > 0), ZERO)})
    if operator == "count_gte":
        return {Mark(now): Decimal(1)} if values else {}
    known = {mark.value for mark in active}
    new = [one for one in dict.fromkeys(values) if one not in known]
    if operator == "distinct_gte":  # more than are wanted are not remembered
        new = new[: max(0, condition["value"] - len(known))]
    return {Mark(now, one): Decimal(1) for one in values if one in known or one in new}


def _reached(operator: str, marks: Marks) -> Decimal:
    by_value: dict[Any, Decimal] = {}
    for mark, number in marks.items():
        by_value[mark.value] = by_value.get(mark.value, ZERO) + number
    if operator == "distinct_gte":
        return Decimal(sum(number > 0 for number in by_value.values()))
    return max(by_value.values(), default=ZERO)
