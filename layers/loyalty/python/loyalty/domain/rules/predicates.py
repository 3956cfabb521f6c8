"""What operators ask of the values at a field, compiled once: strings without case, numbers exactly."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from loyalty.domain.times import format_instant, parse_instant, start_of_day

ORDERING = ("gt", "gte", "lt", "lte", "between")

_Passes = Callable[[Any], bool]
_HASHABLE = (str, Decimal, tuple)


class Predicate(NamedTuple):
    """What an operator asks of one comparable value, and whether it holds where there is none."""

    passes: _Passes
    holds_without_values: bool

    def holds(self, values: Sequence[Any]) -> bool:
        """Whether any of the comparable values passes."""
        return any(map(self.passes, values)) if values else self.holds_without_values


def compile_predicate(operator: str, wanted: Any) -> Predicate:
    """The operator with the value it wants. Where nothing is at the field only `ne`, `not_in`, `exists: false` hold."""
    if operator == "exists":
        there = wanted is not False
        return Predicate(lambda _: there, not there)
    return Predicate(_OPERATORS[operator](comparable(wanted)), operator in ("ne", "not_in"))


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


def _one_of(wanted: list[Any]) -> _Passes:
    known = frozenset(wanted)
    return lambda value: isinstance(value, _HASHABLE) and value in known


def _none_of(wanted: list[Any]) -> _Passes:
    passes = _one_of(wanted)
    return lambda value: not passes(value)


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


_OPERATORS: dict[str, Callable[[Any], _Passes]] = {
    "eq": lambda wanted: lambda value: bool(value == wanted),
    "ne": lambda wanted: lambda value: bool(value != wanted),
    "gt": _ordered(gt),
    "gte": _ordered(ge),
    "lt": _ordered(lt),
    "lte": _ordered(le),
    "between": _between,
    "in": _one_of,
    "not_in": _none_of,
    "contains": _contains,
    "starts_with": lambda wanted: lambda value: isinstance(value, str) and value.startswith(wanted),
}
