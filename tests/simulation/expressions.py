"""DynamoDB's expressions, as far as flat items need them: conditions, updates and key conditions.

An item is as the wire has it: `{"n": {"N": "1"}}`. What this does not know it refuses, so that nothing is half right.
"""

import operator as operators
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow, Underflow
from functools import lru_cache
from typing import Any, NoReturn

Value = dict[str, Any]
Item = dict[str, Value]
Truth = Callable[[Item], bool]
Term = Callable[[Item], Value | None]

_TOKEN = re.compile(r"\s*([#:][A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*|<>|<=|>=|[=<>(),+-])")
_WORDS = frozenset(("AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"))
_NUMBERS = Context(prec=38, traps=[Inexact, InvalidOperation, Overflow, Underflow])
_ORDERED = ("S", "N", "B")
_ORDERINGS = {"<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge}


class Malformed(Exception):
    """The request is not one that DynamoDB takes."""


class Mismatched(Exception):
    """The expression does not fit what the item holds."""


def number(text: str) -> Decimal:
    """A number as DynamoDB keeps it; Malformed if it has more than 38 digits, or is none."""
    try:
        return _NUMBERS.create_decimal(text)
    except (Inexact, InvalidOperation, Overflow, Underflow):
        raise Malformed(f"not a number: {text}") from None


def spelled(value: Decimal) -> str:
    """The one text that DynamoDB gives a number back as."""
    if not value:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def comparable(value: Value) -> Any:
    """What a value is compared by: numbers by size, strings and bytes by their bytes."""
    ((kind, plain),) = value.items()
    if kind == "N":
        return number(plain)
    return plain.encode() if kind == "S" else bytes(plain) if kind == "B" else plain


def same(one: Value | None, other: Value | None) -> bool:
    """Whether two values are equal; nothing equals nothing."""
    if one is None or other is None or one.keys() != other.keys():
        return False
    return bool(comparable(one) == comparable(other))


@dataclass
class _Reader:
    """The tokens of one expression, read from left to right, and which placeholders they used."""

    text: str
    names: Mapping[str, str]
    values: Mapping[str, Value]
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.tokens = list(_tokens(self.text))
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        """A token that has not been read yet, in capitals if it is a word of the language; "" at the end."""
        place = self.at + ahead
        token = self.tokens[place] if place < len(self.tokens) else ""
        return token.upper() if token.upper() in _WORDS else token

    def next(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def took(self, token: str) -> bool:
        """Whether the next token is this one; it is read if so."""
        if self.peek() == token:
            self.at += 1
            return True
        return False

    def need(self, token: str) -> None:
        if not self.took(token):
            self.fail()

    def fail(self) -> NoReturn:
        raise Malformed(f"syntax error near {self.peek() or 'the end'}: {self.text}")

    def attribute(self) -> str:
        """A name of an attribute, as it is or behind `#`."""
        token = self.next()
        if token.startswith("#"):
            self.used.add(token)
            if token not in self.names:
                raise Malformed(f"a name is not defined: {token}")
            return self.names[token]
        if not token or token in _WORDS or not (token[0].isalpha() or token[0] == "_"):
            self.fail()
        return token

    def value(self) -> Value:
        token = self.next()
        if not token.startswith(":"):
            self.fail()
        self.used.add(token)
        if token not in self.values:
            raise Malformed(f"a value is not defined: {token}")
        return self.values[token]


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[str, ...]:
    found = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise Malformed(f"syntax error: {text}")
        found.append(match[1])
        place = match.end()
    if not found:
        raise Malformed("an expression must not be empty")
    return tuple(found)


def reads(request: Mapping[str, Any], *kinds: str) -> dict[str, _Reader]:
    """A reader for each of these expressions that the request has."""
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    return {kind: _Reader(request[kind], names, values) for kind in kinds if kind in request}


def check_all_used(request: Mapping[str, Any], readers: Mapping[str, _Reader]) -> None:
    """Malformed if the request brings a name or a value that no expression of it uses."""
    used = set().union(*(reader.used for reader in readers.values()))
    for part in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        if unused := set(request.get(part, ())) - used:
            raise Malformed(f"unused in expressions: {', '.join(sorted(unused))}")


def condition(reader: _Reader) -> Truth:
    """A condition, whole."""
    truth = _any(reader)
    if reader.peek():
        reader.fail()
    return truth


def _any(reader: _Reader) -> Truth:
    parts = [_all(reader)]
    while reader.took("OR"):
        parts.append(_all(reader))
    return parts[0] if len(parts) == 1 else lambda item: any(part(item) for part in parts)


def _all(reader: _Reader) -> Truth:
    parts = [_not(reader)]
    while reader.took("AND"):
        parts.append(_not(reader))
    return parts[0] if len(parts) == 1 else lambda item: all(part(item) for part in parts)


def _not(reader: _Reader) -> Truth:
    if reader.took("NOT"):
        inner = _not(reader)
        return lambda item: not inner(item)
    if reader.took("("):
        inner = _any(reader)
        reader.need(")")
        return inner
    return _function(reader) if reader.peek(1) == "(" and reader.peek() != "size" else _comparison(reader)


def _function(reader: _Reader) -> Truth:
    name = reader.next()
    reader.need("(")
    attribute = reader.attribute()
    if name in ("attribute_exists", "attribute_not_exists"):
        reader.need(")")
        return lambda item: (attribute in item) is (name == "attribute_exists")
    reader.need(",")
    value = reader.value()
    reader.need(")")
    ((kind, plain),) = value.items()
    match name:
        case "begins_with" if kind in ("S", "B"):
            return lambda item: kind in item.get(attribute, ()) and item[attribute][kind].startswith(plain)
        case "contains" if kind in ("S", "B"):
            return lambda item: kind in item.get(attribute, ()) and plain in item[attribute][kind]
        case "attribute_type" if kind == "S":
            return lambda item: plain in item.get(attribute, ())
        case _:
            return reader.fail()


def _comparison(reader: _Reader) -> Truth:
    left = _operand(reader)
    operator = reader.next()
    if operator == "BETWEEN":
        low = _operand(reader)
        reader.need("AND")
        high = _operand(reader)
        return lambda item: _holds(">=", left(item), low(item)) and _holds("<=", left(item), high(item))
    if operator == "IN":
        reader.need("(")
        wanted = [_operand(reader)]
        while reader.took(","):
            wanted.append(_operand(reader))
        reader.need(")")
        return lambda item: any(same(left(item), one(item)) for one in wanted)
    if operator not in ("=", "<>", "<", "<=", ">", ">="):
        reader.fail()
    right = _operand(reader)
    return lambda item: _holds(operator, left(item), right(item))


def _operand(reader: _Reader) -> Term:
    if reader.peek() == "size" and reader.peek(1) == "(":
        reader.at += 2
        attribute = reader.attribute()
        reader.need(")")
        return lambda item: _size(item.get(attribute))
    if reader.peek().startswith(":"):
        value = reader.value()
        return lambda _: value
    attribute = reader.attribute()
    return lambda item: item.get(attribute)


def _size(value: Value | None) -> Value | None:
    ((kind, plain),) = (value or {"": None}).items()
    return {"N": str(len(plain.encode() if kind == "S" else plain))} if kind in ("S", "B") else None


def _holds(operator: str, left: Value | None, right: Value | None) -> bool:
    if operator == "=":
        return same(left, right)
    if operator == "<>":
        return not same(left, right)
    if left is None or right is None or left.keys() != right.keys() or next(iter(left)) not in _ORDERED:
        return False
    return bool(_ORDERINGS[operator](comparable(left), comparable(right)))


@dataclass(frozen=True)
class Update:
    """What an update expression does to an item; every part of it sees the item as it was before."""

    sets: tuple[tuple[str, Term], ...]
    removes: tuple[str, ...]
    adds: tuple[tuple[str, Value], ...]

    @property
    def touched(self) -> list[str]:
        """The attributes it writes."""
        return [*(name for name, _ in self.sets), *self.removes, *(name for name, _ in self.adds)]

    def apply(self, item: Item) -> Item:
        """The item after it. Raises Mismatched if what is there cannot be counted with."""
        after = dict(item)
        for name, term in self.sets:
            value = term(item)
            if value is None:
                raise Mismatched(f"an operand of {name} does not exist")
            after[name] = value
        for name in self.removes:
            after.pop(name, None)
        for name, value in self.adds:
            after[name] = _sum(item.get(name, {"N": "0"}), value)
        return after


def update(reader: _Reader) -> Update:
    """An update expression, whole."""
    sets: list[tuple[str, Term]] = []
    removes: list[str] = []
    adds: list[tuple[str, Value]] = []
    seen: set[str] = set()
    while clause := reader.next():
        if clause in seen or clause not in ("SET", "REMOVE", "ADD"):
            reader.fail()
        seen.add(clause)
        while True:
            name = reader.attribute()
            if clause == "SET":
                reader.need("=")
                sets.append((name, _arithmetic(reader)))
            elif clause == "REMOVE":
                removes.append(name)
            else:
                value = reader.value()
                if "N" not in value:
                    raise Malformed("ADD takes a number")
                adds.append((name, value))
            if not reader.took(","):
                break
    whole = Update(tuple(sets), tuple(removes), tuple(adds))
    if len(set(whole.touched)) < len(whole.touched):
        raise Malformed("two paths overlap")
    return whole


def _arithmetic(reader: _Reader) -> Term:
    left = _settable(reader)
    sign = reader.peek()
    if sign not in ("+", "-"):
        return left
    reader.at += 1
    right = _settable(reader)

    def reckoned(item: Item) -> Value | None:
        one, other = left(item), right(item)
        if one is None or other is None:
            return None
        if sign == "-" and "N" in other:
            other = {"N": spelled(number(other["N"]).copy_negate())}
        return _sum(one, other)

    return reckoned


def _settable(reader: _Reader) -> Term:
    if reader.peek() == "if_not_exists" and reader.peek(1) == "(":
        reader.at += 2
        attribute = reader.attribute()
        reader.need(",")
        other = _operand(reader)
        reader.need(")")
        return lambda item: item[attribute] if attribute in item else other(item)
    return _operand(reader)


def _sum(one: Value, other: Value) -> Value:
    if "N" not in one or "N" not in other:
        raise Mismatched("only numbers can be counted with")
    try:
        return {"N": spelled(_NUMBERS.add(number(one["N"]), number(other["N"])))}
    except Inexact:
        raise Mismatched("more than 38 digits") from None


@dataclass(frozen=True)
class KeyRange:
    """One partition, and which of its sort keys."""

    pk: str
    within: Truth


def key_condition(reader: _Reader) -> KeyRange:
    """A key condition: `pk = :x`, and at most one condition on `sk`."""
    if reader.attribute() != "pk":
        reader.fail()
    reader.need("=")
    pk = reader.value()["S"]
    if not reader.peek():
        return KeyRange(pk, lambda _: True)
    reader.need("AND")
    within = _function(reader) if reader.peek(1) == "(" else _comparison(reader)
    if reader.peek():
        reader.fail()
    return KeyRange(pk, within)
