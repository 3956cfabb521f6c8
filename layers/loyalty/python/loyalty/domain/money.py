"""Exact decimal arithmetic. Amounts in requests have at most 15 digits and 4 decimals; binary floats are never used."""

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from functools import reduce

ZERO = Decimal(0)
MAX_DIGITS = 15
MAX_DECIMALS = 4
LARGEST = Decimal(10) ** MAX_DIGITS - 1

# Numbers in requests have at most 30 digits and 30 decimals, so 150 digits keep their sums and products exact.
_EXACT = Context(prec=150)


def normalize(amount: Decimal) -> Decimal:
    """The same number in one form, so that 10, 10.0 and 1E+1 have the same text."""
    whole = amount.to_integral_value()
    return whole.quantize(Decimal(1), context=_EXACT) if whole == amount else amount.normalize(_EXACT)


def times(count: Decimal, amount: Decimal) -> Decimal:
    """The exact product."""
    return _EXACT.multiply(count, amount)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    return reduce(_EXACT.add, amounts, ZERO)


def difference(amount: Decimal, less: Decimal) -> Decimal:
    """The exact difference, in its one form."""
    return normalize(_EXACT.subtract(amount, less))


def full_multiples(value: Decimal, every: Decimal) -> Decimal:
    """How many times `every` fits into `value`; 0 if `value` is negative."""
    return _EXACT.divide_int(value, every) if value > 0 else ZERO


def from_units(units: int, decimals: int) -> Decimal:
    """So many units of the last of so many decimal places, exactly."""
    return normalize(_EXACT.scaleb(Decimal(units), -decimals))


def round_down(amount: Decimal, decimals: int) -> Decimal:
    """`amount` truncated to `decimals` places: no customer is promised more than was computed."""
    return normalize(amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN, context=_EXACT))


def round_half_up(amount: Decimal) -> Decimal:
    """`amount` rounded to MAX_DECIMALS places, halves up: till systems send sums of binary floats."""
    if not has_decimals(amount, MAX_DECIMALS):
        return amount
    return normalize(amount.quantize(Decimal(1).scaleb(-MAX_DECIMALS), rounding=ROUND_HALF_UP, context=_EXACT))


def has_decimals(amount: Decimal, decimals: int) -> bool:
    """Whether `amount` has more than `decimals` decimal places."""
    # Counting the decimals as written is cheap and settles most amounts; only 1.50000, say, has to be made 1.5 first.
    return _decimals(amount) > decimals and _decimals(normalize(amount)) > decimals


def _decimals(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
