"""What operators ask of the values at a field, compiled once: strings without case, numbers exactly."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from loyalty.domain.times import format_instant, parse_instant, start_of_day

MAX_VALUES = 1_000
"""How many values of one field count for one event: the first ones; an order has at most half as many lines."""

ORDERING = ("gt", "gte", "lt", "lte", "between")
NEGATIVE = ("ne", "not_in")
"""Operators that hold if none of the values equals what is wanted; `exists` with false is one as well."""

_Passes = Callable[[Any], bool]
_HASHABLE = (str, Decimal, tuple)
# A plain number as shops send it in a text: no exponent, no sign but a minus, as many digits as a JSON number may have.
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


class Readings:
    """The values at a field in all forms that they are compared in, each made once per event.

    `comparables` has one for each value. `readings` are these, and a number for each text that is one: numbers sent as
    text count as numbers wherever a number is compared, summed or multiplied. `distinct` are the readings that can
    equal something.
    """

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values
        self.comparables = list(map(comparable, values))
        numbers = [Decimal(one) for one in self.comparables if type(one) is str and is_number(one)]
        self.readings = self.comparables + numbers if numbers else self.comparables
        self.distinct = frozenset([one for one in self.readings if isinstance(one, _HASHABLE)])


class Predicate(NamedTuple):
    """What an operator asks of the readings at a field: that one of them passes, or none if it is `negative`.

    An operator that asks for equality has `equal_to`, the comparable values that are wanted: it is decided without
    comparing each value with each of them.
    """

    passes: _Passes = bool
    negative: bool = False
    equal_to: frozenset[Any] | None = None

    def holds(self, found: Readings) -> bool:
        """Whether one of the readings passes; or none, if it is negative."""
        if self.equal_to is not None:
            return self.equal_to.isdisjoint(found.distinct) is self.negative
        return any(map(self.passes, found.readings)) is not self.negative

    def comparisons(self, found: Readings) -> int:
        """How many comparisons that takes at most."""
        if self.equal_to is not None:
            return 1 + min(len(self.equal_to), len(found.distinct))
        return 1 + len(found.readings)


def compile_predicate(operator: str, wanted: Any) -> Predicate:
    """The operator with the value it wants. Where nothing is at the field only `ne`, `not_in`, `exists: false` hold."""
    if operator == "exists":
        return Predicate(lambda _: True, negative=wanted is False)
    if operator in _EQUALITY:
        equal_to = frozenset(map(comparable, wanted if isinstance(wanted, list) else [wanted]))
        return Predicate(negative=operator in NEGATIVE, equal_to=equal_to)
    return Predicate(_OPERATORS[operator](comparable(wanted)))


def comparable(value: Any) -> Any:
    """Strings without case; numbers as decimals; true and false as neither numbers nor strings."""
    kind = type(value)
    if kind is str:
        return value.casefold()
    if kind is bool:
        return (value,)
    if kind is int:
        return Decimal(value)
    if isinstance(value, datetime):
        return format_instant(value).casefold()
    if kind is list or kind is tuple:
        return [comparable(element) for element in value]
    return value


def is_number(text: str) -> bool:
    """Whether a text is a plain number, and so counts as one."""
    return _NUMBER.fullmatch(text) is not None


def instant_of(text: str | None, tz: ZoneInfo, *, end_of_day: bool = False) -> datetime | None:
    """A time as it is, a day as the instant at which it begins or ends in the zone; None if there is none such."""
    try:
        if text and "T" not in text.upper():
            return start_of_day(date.fromisoformat(text) + timedelta(days=end_of_day), tz)
        return parse_instant(text) if text else None
    except OverflowError:  # the first or the last day there is, as some write "always" and "never"
        return None


def whole_days(operator: str, wanted: Any, tz: ZoneInfo) -> Any:
    """What an ordering operator wants of an instant: a day is a whole day, so `lte` has its last millisecond."""
    if operator == "between":
        return [_instant(wanted[0], tz, last=False), _instant(wanted[1], tz, last=True)]
    return _instant(wanted, tz, last=operator in ("gt", "lte"))


def _instant(text: str, tz: ZoneInfo, *, last: bool) -> Any:
    instant = instant_of(text, tz, end_of_day=last)
    is_end = instant and last and "T" not in text.upper()
    return instant - timedelta(milliseconds=1) if instant and is_end else instant or text


def _between(wanted: list[Any]) -> _Passes:
    (low, high), kind = wanted, type(wanted[0])
    return lambda value: type(value) is kind and low <= value <= high


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any], _Passes]:
    def passes(wanted: Any) -> _Passes:
        kind = type(wanted)
        return lambda value: type(value) is kind and compare(value, wanted)

    return passes


def _contains(wanted: Any) -> _Passes:
    if isinstance(wanted, str):
        return lambda value: isinstance(value, str) and wanted in value
    return lambda value: bool(value == wanted)


_EQUALITY = ("eq", "ne", "in", "not_in")
_OPERATORS: dict[str, Callable[[Any], _Passes]] = {
    "gt": _ordered(gt),
    "gte": _ordered(ge),
    "lt": _ordered(lt),
    "lte": _ordered(le),
    "between": _between,
    "contains": _contains,
    "starts_with": lambda wanted: lambda value: isinstance(value, str) and value.startswith(wanted),
}
