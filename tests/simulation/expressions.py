"""DynamoDB's expressions on flat items: conditions, updates and key conditions.

Items have DynamoDB's wire format: `{"n": {"N": "1"}}`. Whatever is not implemented here is refused, never ignored.
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
Predicate = Callable[[Item], bool]
Operand = Callable[[Item], Value | None]

_TOKEN = re.compile(r"\s*([#:][A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*|<>|<=|>=|[=<>(),+-])")
_WORDS = frozenset(("AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"))
_NUMBERS = Context(prec=38, traps=[Inexact, InvalidOperation, Overflow, Underflow])
_ORDERED = ("S", "N", "B")
_ORDERINGS = {"<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge}


class InvalidExpression(Exception):
    """DynamoDB refuses the expression."""


class TypeMismatch(Exception):
    """The expression cannot be applied to the item's values."""


def parse_number(text: str) -> Decimal:
    """A number as DynamoDB stores it; InvalidExpression if it is not one or has more than 38 digits."""
    try:
        return _NUMBERS.create_decimal(text)
    except (Inexact, InvalidOperation, Overflow, Underflow):
        raise InvalidExpression(f"not a number: {text}") from None


def format_number(value: Decimal) -> str:
    """A number as DynamoDB returns it."""
    if not value:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def comparable(value: Value) -> Any:
    """A value in the form in which it is ordered: numbers by size, strings and binaries by their bytes."""
    ((kind, plain),) = value.items()
    if kind == "N":
        return parse_number(plain)
    return plain.encode() if kind == "S" else bytes(plain) if kind == "B" else plain


def equal(one: Value | None, other: Value | None) -> bool:
    """Whether two values are equal; a missing value equals none."""
    if one is None or other is None or one.keys() != other.keys():
        return False
    return bool(comparable(one) == comparable(other))


@dataclass
class _Parser:
    """The tokens of one expression, read from left to right, and the placeholders that were used."""

    text: str
    names: Mapping[str, str]
    values: Mapping[str, Value]
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.tokens = list(_tokens(self.text))
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        """A token that has not been read yet, keywords in capitals; "" at the end."""
        place = self.at + ahead
        token = self.tokens[place] if place < len(self.tokens) else ""
        return token.upper() if token.upper() in _WORDS else token

    def next(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def accept(self, token: str) -> bool:
        """Read the next token if it is this one; whether it was."""
        if self.peek() == token:
            self.at += 1
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.accept(token):
            self.fail()

    def fail(self) -> NoReturn:
        raise InvalidExpression(f"syntax error near {self.peek() or 'the end'}: {self.text}")

    def attribute(self) -> str:
        """The name of an attribute, literal or behind a `#` placeholder."""
        token = self.next()
        if token.startswith("#"):
            self.used.add(token)
            if token not in self.names:
                raise InvalidExpression(f"a name is not defined: {token}")
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
            raise InvalidExpression(f"a value is not defined: {token}")
        return self.values[token]


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[str, ...]:
    found = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise InvalidExpression(f"syntax error: {text}")
        found.append(match[1])
        place = match.end()
    if not found:
        raise InvalidExpression("an expression must not be empty")
    return tuple(found)


def parsers_of(request: Mapping[str, Any], *kinds: str) -> dict[str, _Parser]:
    """A parser for each of these expressions that the request has."""
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    return {kind: _Parser(request[kind], names, values) for kind in kinds if kind in request}


def check_all_used(request: Mapping[str, Any], parsers: Mapping[str, _Parser]) -> None:
    """Raise InvalidExpression if the request defines a name or a value that none of its expressions uses."""
    used = set().union(*(parser.used for parser in parsers.values()))
    for part in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        if unused := set(request.get(part, ())) - used:
            raise InvalidExpression(f"unused in expressions: {', '.join(sorted(unused))}")


def condition(parser: _Parser) -> Predicate:
    """A whole condition."""
    predicate = _any(parser)
    if parser.peek():
        parser.fail()
    return predicate


def _any(parser: _Parser) -> Predicate:
    parts = [_all(parser)]
    while parser.accept("OR"):
        parts.append(_all(parser))
    return parts[0] if len(parts) == 1 else lambda item: any(part(item) for part in parts)


def _all(parser: _Parser) -> Predicate:
    parts = [_not(parser)]
    while parser.accept("AND"):
        parts.append(_not(parser))
    return parts[0] if len(parts) == 1 else lambda item: all(part(item) for part in parts)


def _not(parser: _Parser) -> Predicate:
    if parser.accept("NOT"):
        inner = _not(parser)
        return lambda item: not inner(item)
    if parser.accept("("):
        inner = _any(parser)
        parser.expect(")")
        return inner
    return _function(parser) if parser.peek(1) == "(" and parser.peek() != "size" else _comparison(parser)


def _function(parser: _Parser) -> Predicate:
    name = parser.next()
    parser.expect("(")
    attribute = parser.attribute()
    if name in ("attribute_exists", "attribute_not_exists"):
        parser.expect(")")
        return lambda item: (attribute in item) is (name == "attribute_exists")
    parser.expect(",")
    value = parser.value()
    parser.expect(")")
    ((kind, plain),) = value.items()
    match name:
        case "begins_with" if kind in ("S", "B"):
            return lambda item: kind in item.get(attribute, ()) and item[attribute][kind].startswith(plain)
        case "contains" if kind in ("S", "B"):
            return lambda item: kind in item.get(attribute, ()) and plain in item[attribute][kind]
        case "attribute_type" if kind == "S":
            return lambda item: plain in item.get(attribute, ())
        case _:
            return parser.fail()


def _comparison(parser: _Parser) -> Predicate:
    left = _operand(parser)
    operator = parser.next()
    if operator == "BETWEEN":
        low = _operand(parser)
        parser.expect("AND")
        high = _operand(parser)
        return lambda item: _compare(">=", left(item), low(item)) and _compare("<=", left(item), high(item))
    if operator == "IN":
        parser.expect("(")
        wanted = [_operand(parser)]
        while parser.accept(","):
            wanted.append(_operand(parser))
        parser.expect(")")
        return lambda item: any(equal(left(item), one(item)) for one in wanted)
    if operator not in ("=", "<>", "<", "<=", ">", ">="):
        parser.fail()
    right = _operand(parser)
    return lambda item: _compare(operator, left(item), right(item))


def _operand(parser: _Parser) -> Operand:
    if parser.peek() == "size" and parser.peek(1) == "(":
        parser.at += 2
        attribute = parser.attribute()
        parser.expect(")")
        return lambda item: _size(item.get(attribute))
    if parser.peek().startswith(":"):
        value = parser.value()
        return lambda _: value
    attribute = parser.attribute()
    return lambda item: item.get(attribute)


def _size(value: Value | None) -> Value | None:
    ((kind, plain),) = (value or {"": None}).items()
    return {"N": str(len(plain.encode() if kind == "S" else plain))} if kind in ("S", "B") else None


def _compare(operator: str, left: Value | None, right: Value | None) -> bool:
    if operator == "=":
        return equal(left, right)
    if operator == "<>":
        return not equal(left, right)
    if left is None or right is None or left.keys() != right.keys() or next(iter(left)) not in _ORDERED:
        return False
    return bool(_ORDERINGS[operator](comparable(left), comparable(right)))


@dataclass(frozen=True)
class Update:
    """An update expression; every part of it reads the item as it was before."""

    sets: tuple[tuple[str, Operand], ...]
    removes: tuple[str, ...]
    adds: tuple[tuple[str, Value], ...]

    @property
    def attributes(self) -> list[str]:
        """The attributes that it writes."""
        return [*(name for name, _ in self.sets), *self.removes, *(name for name, _ in self.adds)]

    def apply(self, item: Item) -> Item:
        """The item after the update. Raises TypeMismatch if an operand is missing or no number."""
        after = dict(item)
        for name, operand in self.sets:
            value = operand(item)
            if value is None:
                raise TypeMismatch(f"an operand of {name} does not exist")
            after[name] = value
        for name in self.removes:
            after.pop(name, None)
        for name, value in self.adds:
            after[name] = _sum(item.get(name, {"N": "0"}), value)
        return after


def update(parser: _Parser) -> Update:
    """A whole update expression."""
    sets: list[tuple[str, Operand]] = []
    removes: list[str] = []
    adds: list[tuple[str, Value]] = []
    seen: set[str] = set()
    while clause := parser.next():
        if clause in seen or clause not in ("SET", "REMOVE", "ADD"):
            parser.fail()
        seen.add(clause)
        while True:
            name = parser.attribute()
            if clause == "SET":
                parser.expect("=")
                sets.append((name, _arithmetic(parser)))
            elif clause == "REMOVE":
                removes.append(name)
            else:
                value = parser.value()
                if "N" not in value:
                    raise InvalidExpression("ADD takes a number")
                adds.append((name, value))
            if not parser.accept(","):
                break
    whole = Update(tuple(sets), tuple(removes), tuple(adds))
    if len(set(whole.attributes)) < len(whole.attributes):
        raise InvalidExpression("two paths overlap")
    return whole


def _arithmetic(parser: _Parser) -> Operand:
    left = _settable(parser)
    sign = parser.peek()
    if sign not in ("+", "-"):
        return left
    parser.at += 1
    right = _settable(parser)

    def result(item: Item) -> Value | None:
        one, other = left(item), right(item)
        if one is None or other is None:
            return None
        if sign == "-" and "N" in other:
            other = {"N": format_number(parse_number(other["N"]).copy_negate())}
        return _sum(one, other)

    return result


def _settable(parser: _Parser) -> Operand:
    if parser.peek() == "if_not_exists" and parser.peek(1) == "(":
        parser.at += 2
        attribute = parser.attribute()
        parser.expect(",")
        other = _operand(parser)
        parser.expect(")")
        return lambda item: item[attribute] if attribute in item else other(item)
    return _operand(parser)


def _sum(one: Value, other: Value) -> Value:
    if "N" not in one or "N" not in other:
        raise TypeMismatch("only numbers can be counted with")
    try:
        return {"N": format_number(_NUMBERS.add(parse_number(one["N"]), parse_number(other["N"])))}
    except Inexact:
        raise TypeMismatch("more than 38 digits") from None


@dataclass(frozen=True)
class KeyRange:
    """One partition, and a predicate on its sort keys."""

    pk: str
    matches: Predicate


def key_condition(parser: _Parser) -> KeyRange:
    """A key condition: `pk = :x`, and at most one condition on `sk`."""
    if parser.attribute() != "pk":
        parser.fail()
    parser.expect("=")
    pk = parser.value()["S"]
    if not parser.peek():
        return KeyRange(pk, lambda _: True)
    parser.expect("AND")
    matches = _function(parser) if parser.peek(1) == "(" else _comparison(parser)
    if parser.peek():
        parser.fail()
    return KeyRange(pk, matches)
