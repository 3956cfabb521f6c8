"""Parts of orders as they have to be: how much of an order is gone, and what that takes of what lines share by value.

The orders of histories tell no values of lines, so that lines share by their amounts.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from loyalty.domain.events.parts import Part
from tests.simulation.model.wallet import ZERO

BY_LINES = ("lines", "double")
"""Campaigns of which a line may have earned more than its share, or nothing."""


def share_gone(data: Mapping[str, Any], parts: Iterable[Part]) -> Fraction:
    """What share of an order is gone with these parts; more than 1 if more of a line came back than there was."""
    order, parts = data["order"], list(parts)
    amounts = [Decimal(line["amount"]) for line in order["products"]]
    gone = [sum((part.lines.get(str(i), ZERO) for part in parts), ZERO) for i in range(len(amounts))]
    if any(back > amount for back, amount in zip(gone, amounts, strict=True)):
        return Fraction(2)
    if gone == amounts:
        return Fraction(1)
    by_value = Fraction(sum((part.value for part in parts), ZERO)) / Fraction(order["value"])
    return Fraction(sum(gone, ZERO)) / Fraction(sum(amounts, ZERO)) + by_value


def taken_by_last(amount: Decimal, data: Mapping[str, Any], parts: list[Part]) -> Decimal:
    """What the last of these parts takes of an amount that lines share: whole points, and the last one what is left."""
    unfulfilled = [part for part in parts if part.unfulfilled]
    never = share_gone(data, unfulfilled)
    paid = _floor(Fraction(amount) * (1 - never))
    if parts[-1].unfulfilled:
        return amount - paid
    before, after = (
        _floor(Fraction(paid) * (share_gone(data, some) - never) / (1 - never)) for some in (parts[:-1], parts)
    )
    return after - before


def _floor(amount: Fraction) -> Decimal:
    return Decimal(amount.numerator // amount.denominator)
