"""Conditions of campaigns: a path into what is known of an event, an operator, and a wanted value."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

from loyalty.domain.times import format_instant

Passes = Callable[[Any], bool]


class Test(NamedTuple):
    """What an operator asks of one comparable value, and whether it holds where there is none.

    Where only a few values pass, `members` are those: many such tests of a field are then one look-up.
    """

    passes: Passes
    absent: bool
    members: frozenset[Any] | None = None

    def holds(self, values: Sequence[Any]) -> bool:
        """Whether any of the comparable values passes."""
        return any(map(self.passes, values)) if values else self.absent


def found(facts: object, path: tuple[str, ...]) -> Iterator[Any]:
    """Every value at a path; a list on the way, or at its end, stands for each of its elements.

    `tags.vip` finds true in both forms tags are sent in: `{"vip": true}` and `["vip"]`.
    """
    if isinstance(facts, list | tuple):
        for element in facts:
            if path and path[1:] == () and element == path[0]:
                yield True
            else:
                yield from found(element, path)
    elif not path:
        if facts is not None:
            yield facts
    elif isinstance(facts, Mapping) and path[0] in facts:
        yield from found(facts[path[0]], path[1:])


def compiled(operator: str, wanted: object) -> Test:
    """The operator with the value it wants. Where nothing is at the path only `ne`, `not_in`, `exists: false` hold."""
    if operator == "exists":
        there = wanted is not False
        return Test(lambda _: there, not there)
    fits = comparable(wanted)
    members = frozenset([fits] if operator == "eq" else fits) if operator in ("eq", "in") else None
    return Test(_OPERATORS[operator](fits), operator in ("ne", "not_in"), members)


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


def _one_of(wanted: list[Any]) -> Passes:
    known = frozenset(wanted)
    return lambda value: isinstance(value, str | Decimal | tuple) and value in known


def _between(wanted: list[Any]) -> Passes:
    (low, high), kind = wanted, type(wanted[0])
    return lambda value: type(value) is kind and low <= value <= high


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any], Passes]:
    def passes(wanted: Any) -> Passes:
        kind = type(wanted)
        return lambda value: type(value) is kind and compare(value, wanted)

    return passes


def _contains(wanted: Any) -> Passes:
    if isinstance(wanted, str):
        return lambda value: isinstance(value, str) and wanted in value
    return lambda value: bool(value == wanted)


def _not_one_of(wanted: list[Any]) -> Passes:
    passes = _one_of(wanted)
    return lambda value: not passes(value)


_OPERATORS: dict[str, Callable[[Any], Passes]] = {
    "eq": lambda wanted: lambda value: bool(value == wanted),
    "ne": lambda wanted: lambda value: bool(value != wanted),
    "gt": _ordered(gt),
    "gte": _ordered(ge),
    "lt": _ordered(lt),
    "lte": _ordered(le),
    "between": _between,
    "in": _one_of,
    "not_in": _not_one_of,
    "contains": _contains,
    "starts_with": lambda wanted: lambda value: isinstance(value, str) and value.startswith(wanted),
}
OPERATORS = (*_OPERATORS, "exists")
ORDERS = ("gt", "gte", "lt", "lte", "between")
