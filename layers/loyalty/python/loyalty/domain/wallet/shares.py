"""Which lines of an order have earned what: kept with its event, so that a part of it can be undone exactly.

Nothing is kept of what the lines share by their values, as most effects are, nor of an order without lines.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any, Final, NamedTuple

from loyalty.domain.money import ZERO, normalize

_NOTHING: Final[Mapping[str, Any]] = {}

Weights = tuple[Decimal, ...]
"""How much each line of an order has earned of something, in proportion; empty if that is as their values are."""

BY_VALUE: Final[Weights] = ()


class Share(NamedTuple):
    """A share of an effect, of that `weight` among its shares, and which lines earned it."""

    weight: Decimal
    lines: Weights = BY_VALUE


EffectShares = tuple[Share, ...]
"""What an effect is made of; empty if all of it goes by the lines' values."""


class Shares(NamedTuple):
    """What the lines of an order have earned and spent of all that its event did.

    `granted` is in the order of the lots that are granted, empty if all go by value. `redeemed` is by reward.
    `progress` has the sums over history of which each line has a part; all other counters are undone as a whole.
    `decimals` are those of rewards that have any.
    """

    granted: tuple[EffectShares, ...] = ()
    redeemed: Mapping[str, EffectShares] = _NOTHING
    progress: Mapping[str, Weights] = _NOTHING
    decimals: Mapping[str, int] = _NOTHING


NO_SHARES = Shares()

Earned = Mapping[Weights, Fraction]
"""How much of an effect was earned in each proportion."""


def effect_shares(earned: Earned) -> EffectShares:
    """The same in whole numbers without a common divisor; empty if all of it goes by value."""
    kept = {lines: amount for lines, amount in earned.items() if amount > 0}
    if not kept or kept.keys() == {BY_VALUE}:
        return ()
    if len(kept) == 1:
        return tuple(Share(Decimal(1), lines) for lines in kept)
    denominator = lcm(*(amount.denominator for amount in kept.values()))
    return tuple(Share(Decimal(int(amount * denominator)), lines) for lines, amount in kept.items())


def added(some: Earned, more: Earned) -> dict[Weights, Fraction]:
    """The sum of both."""
    return {**some, **{lines: some.get(lines, Fraction(0)) + amount for lines, amount in more.items()}}


def in_proportion(earned: Earned, to: Decimal) -> dict[Weights, Fraction]:
    """The same proportions of another amount."""
    whole = sum(earned.values(), Fraction(0))
    return {lines: Fraction(to) * amount / whole for lines, amount in earned.items()} if whole else {}


def weights_of(lines: Sequence[Decimal]) -> Weights:
    """What lines have earned of something by what was measured of them; by value if none of them has any."""
    weights = tuple(normalize(max(one, ZERO)) for one in lines)
    return weights if any(weights) else BY_VALUE
