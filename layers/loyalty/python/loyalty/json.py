"""JSON with exact numbers, in and out."""

from decimal import Decimal
from typing import Any

import simplejson


def loads(text: str | bytes) -> Any:
    """Parse JSON: whole numbers as int, others as Decimal. ValueError for what is none, NaN and Infinity included."""
    return simplejson.loads(text, use_decimal=True, parse_constant=_refuse)


def dumps(value: Any) -> str:
    """Write compact JSON; Decimals keep their digits."""
    return simplejson.dumps(value, use_decimal=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: Any) -> str:
    """One text for all ways to write the same JSON value: order of names and 10, 10.0, 1e1 do not matter."""
    return simplejson.dumps(_plain(value), use_decimal=True, separators=(",", ":"), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return (
        value.normalize() if isinstance(value, Decimal) else Decimal(value).normalize() if type(value) is int else value
    )


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")
