"""JSON with exact numbers, in and out."""

from collections import Counter
from decimal import Context, Decimal, InvalidOperation
from typing import Any

import simplejson

_EXACT = Context(prec=150)
# Made once: an encoder takes as long to make as a small document takes to write. Nothing that is written is a named
# tuple or holds itself, and to ask every value whether it does takes half of the time.
_OPTIONS: dict[str, Any] = {
    "use_decimal": True,
    "separators": (",", ":"),
    "namedtuple_as_object": False,
    "check_circular": False,
}
_COMPACT = simplejson.JSONEncoder(ensure_ascii=False, **_OPTIONS)
_ASCII = simplejson.JSONEncoder(**_OPTIONS)
_CANONICAL = simplejson.JSONEncoder(sort_keys=True, **_OPTIONS)


def loads(text: str | bytes) -> Any:
    """Parse JSON: whole numbers as int, others as Decimal. Raises ValueError, also for NaN and Infinity."""
    return _loads(text, _DECODER)


class Doubled(dict[str, Any]):
    """An object that has a name more than once in the JSON text; `names` are those."""

    names: tuple[str, ...] = ()


def loads_noting_doubles(text: str | bytes) -> Any:
    """Parse JSON like `loads`; an object with a name that stands twice comes as `Doubled`."""
    return _loads(text, _NOTING_DOUBLES)


def dumps(value: Any) -> str:
    """Write compact JSON; Decimals keep their digits."""
    text: str = _COMPACT.encode(value)
    return text


def dumps_ascii(value: Any) -> str:
    """Write compact JSON in ASCII, for carriers that do not take every character."""
    text: str = _ASCII.encode(value)
    return text


def canonical(value: Any) -> str:
    """One text for all ways to write the same JSON value: order of names and 10, 10.0, 1e1 do not matter."""
    text: str = _CANONICAL.encode(_plain(value))
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal) or type(value) is int:
        return Decimal(value).normalize(_EXACT) if value else 0  # -0 is 0
    return value


def _loads(text: str | bytes, decoder: simplejson.JSONDecoder) -> Any:
    try:
        return decoder.decode(text if isinstance(text, str) else text.decode())
    except InvalidOperation:  # an exponent that no decimal has
        raise ValueError("a number is beyond all measure") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled = Doubled(found)
    times = Counter(name for name, _ in pairs)
    doubled.names = tuple(name for name, count in times.items() if count > 1)
    return doubled


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")


_DECODER = simplejson.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)
_NOTING_DOUBLES = simplejson.JSONDecoder(parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_object)
