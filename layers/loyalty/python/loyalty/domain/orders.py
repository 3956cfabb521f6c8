"""The lines of an order and what each is worth, for partial reversals and fulfilments."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from loyalty.domain.money import ZERO, times, total

_ONE = Decimal(1)


class Line(NamedTuple):
    """One line: how many of which product, and what they are worth together."""

    sku: str | None
    amount: Decimal
    value: Decimal


class Order(NamedTuple):
    """The lines of an order, and its value: what was sent, else the sum of its lines."""

    lines: tuple[Line, ...]
    value: Decimal


def order_in(data: Mapping[str, Any], *, by_piece: bool | None = None) -> Order | None:
    """The order of an event as it was sent; None if it has none. `by_piece` says whether its prices are known to be."""
    order = data.get("order")
    if not isinstance(order, Mapping):
        return None
    values = line_values(order, "value", by_piece=by_piece)
    lines = tuple(
        Line(product.get("sku"), _amount(product), value)
        for product, value in zip(_products(order), values, strict=True)
    )
    value = order.get("value")
    return Order(lines, total(values) if value is None else Decimal(value))


def line_values(order: Mapping[str, Any], name: str, *, by_piece: bool | None = None) -> tuple[Decimal, ...]:
    """What each line of an order is worth, by its `value` or its `discounted_value`."""
    if by_piece is None:
        by_piece = has_prices_by_piece(order, name)
    return _by_piece(order, name) if by_piece else _as_sent(order, name)


def has_prices_by_piece(order: Mapping[str, Any], name: str = "value") -> bool:
    """Whether the values of lines are those of one piece: some senders give these, others the value of the line.

    It is the one whose sum is nearer to what the order says of itself, and that of the line if it says nothing.
    """
    stated = order.get(name)
    if stated is None:
        return False
    by_piece, as_sent = (total(values) for values in (_by_piece(order, name), _as_sent(order, name)))
    return abs(by_piece - Decimal(stated)) < abs(as_sent - Decimal(stated))


def _as_sent(order: Mapping[str, Any], name: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(product.get(name) or ZERO) for product in _products(order))


def _by_piece(order: Mapping[str, Any], name: str) -> tuple[Decimal, ...]:
    values = zip(_products(order), _as_sent(order, name), strict=True)
    return tuple(times(_amount(product), value) for product, value in values)


def _products(order: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return order.get("products") or ()


def _amount(product: Mapping[str, Any]) -> Decimal:
    amount = product.get("amount")
    return _ONE if amount is None else Decimal(amount)
