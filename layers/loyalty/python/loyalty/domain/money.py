"""Exact decimal amounts: at most 15 digits and 4 decimals when sent, never binary floats."""

from collections.abc import Iterable
from decimal import ROUND_DOWN, Context, Decimal
from functools import reduce

ZERO = Decimal(0)
MAX_DIGITS = 15
MAX_DECIMALS = 4
LARGEST = Decimal(10) ** MAX_DIGITS - 1

# What a request may hold has 30 digits and 30 decimals at most; sums and products of that are exact within 150.
_EXACT = Context(prec=150)


def normalize(amount: Decimal) -> Decimal:
    """The same number in its shortest plain form, so that 10, 10.0 and 1E+1 are one text."""
    whole = amount.to_integral_value()
    return whole.quantize(Decimal(1), context=_EXACT) if whole == amount else amount.normalize(_EXACT)


def times(count: Decimal, amount: Decimal) -> Decimal:
    """The exact product."""
    return _EXACT.multiply(count, amount)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    return reduce(_EXACT.add, amounts, ZERO)


def full_multiples(value: Decimal, every: Decimal) -> Decimal:
    """How many full `every` there are in `value`; none in a negative value."""
    return _EXACT.divide_int(value, every) if value > 0 else ZERO


def round_down(amount: Decimal, decimals: int) -> Decimal:
    """`amount` cut to `decimals` places: a promise is never rounded up by accident."""
    return normalize(amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN, context=_EXACT))


def has_decimals(amount: Decimal, decimals: int) -> bool:
    """Whether `amount` needs more than `decimals` places."""
    return round_down(amount, decimals) != amount
