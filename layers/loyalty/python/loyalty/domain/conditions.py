"""Conditions of campaigns: a path into what is known of an event, an operator, and a wanted value."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty.domain.times import format_instant

Test = Callable[[Mapping[str, Any]], bool]


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


def compiled(field: str, operator: str, wanted: object) -> Test:
    """The condition as one function of the facts. True if any element at the path passes.

    Where nothing is at the path only `ne`, `not_in` and `exists: false` hold.
    """
    path = tuple(field.split("."))
    if operator == "exists":
        return lambda facts: (next(found(facts, path), None) is not None) == (wanted is not False)
    passes = _OPERATORS[operator](_comparable(wanted))
    if operator in ("ne", "not_in"):
        return lambda facts: all(False for _ in found(facts, path)) or _any(facts, path, passes)
    return lambda facts: _any(facts, path, passes)


def _any(facts: Mapping[str, Any], path: tuple[str, ...], passes: Callable[[Any], bool]) -> bool:
    return any(passes(_comparable(value)) for value in found(facts, path))


def _comparable(value: Any) -> Any:
    """Strings without case; numbers as decimals; true and false as neither numbers nor strings."""
    if isinstance(value, str):
        return value.casefold()
    if isinstance(value, bool):
        return (value,)
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, datetime):
        return format_instant(value).casefold()
    if isinstance(value, list | tuple):
        return [_comparable(element) for element in value]
    return value


def _ordered(left: Any, right: Any) -> bool:
    return isinstance(left, str | Decimal) and type(left) is type(right)


_OPERATORS: dict[str, Callable[[Any], Callable[[Any], bool]]] = {
    "eq": lambda wanted: lambda value: bool(value == wanted),
    "ne": lambda wanted: lambda value: bool(value != wanted),
    "gt": lambda wanted: lambda value: _ordered(value, wanted) and value > wanted,
    "gte": lambda wanted: lambda value: _ordered(value, wanted) and value >= wanted,
    "lt": lambda wanted: lambda value: _ordered(value, wanted) and value < wanted,
    "lte": lambda wanted: lambda value: _ordered(value, wanted) and value <= wanted,
    "between": lambda wanted: lambda value: _ordered(value, wanted[0]) and wanted[0] <= value <= wanted[1],
    "in": lambda wanted: lambda value: value in wanted,
    "not_in": lambda wanted: lambda value: value not in wanted,
    "contains": lambda wanted: lambda value: value == wanted or (isinstance(value, str) and _within(wanted, value)),
    "starts_with": lambda wanted: lambda value: isinstance(value, str) and value.startswith(wanted),
}


def _within(part: object, text: str) -> bool:
    return isinstance(part, str) and part in text


OPERATORS = (*_OPERATORS, "exists")
