"""Parts of an order that were taken back, or did not ship: how much of it is gone, and what share of each effect.

What a part takes is the share of all that is gone after it, less what was taken before, so that the last one takes what
is left: in any order, parts come to the whole.

    share gone of an effect = T + (1 - T) × V     T: what its lines have earned of it, each as far as it is gone
                                                  V: what was taken by value, of the value of the lines not gone
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from loyalty.domain.limits.usage import NOTHING, Usage
from loyalty.domain.money import ZERO, difference, from_units, normalize, total
from loyalty.domain.orders import Order
from loyalty.domain.wallet.lots import Lot
from loyalty.domain.wallet.shares import BY_VALUE, EffectShares, Share, Weights

MAX_PARTS = 200
"""How many parts of one event are told apart; what is left after that can only be reversed as a whole."""

_BY_VALUE: EffectShares = (Share(Decimal(1)),)


class Part(NamedTuple):
    """A part of an order that was taken back at a time; or, if `unfulfilled`, that did not ship when it was fulfilled.

    `lines` has how much of each line, by its number; `value` is what was taken by value. `granted` and `redeemed` are
    what it took of the lots that the event grants and of the parts of lots that it redeems, in their order; empty if
    that is nothing. `usage` is what it took of limits. `shipped` has the amounts of lines of which less was paid than
    these: goods by the kilo.
    """

    at: datetime
    lines: Mapping[str, Decimal] = NOTHING
    value: Decimal = ZERO
    granted: tuple[Decimal, ...] = ()
    redeemed: tuple[Decimal, ...] = ()
    usage: Usage = Usage()
    reason: str | None = None
    unfulfilled: bool = False
    shipped: Mapping[str, Decimal] = NOTHING


class _RemainingLine(NamedTuple):
    """How much of a line is left, and what share of it is gone."""

    left: Decimal
    share: Fraction

    @classmethod
    def of(cls, amount: Decimal, number: str, parts: Sequence[Part]) -> "_RemainingLine":
        """What parts have left of a line. What was returned is a share of what had shipped."""
        first = [part for part in parts if part.unfulfilled]
        unfulfilled = total(part.lines.get(number, ZERO) for part in first)
        shipped = next(
            (part.shipped[number] for part in first if number in part.shipped), difference(amount, unfulfilled)
        )
        returned = total(part.lines.get(number, ZERO) for part in parts if not part.unfulfilled)
        not_shipped = Fraction(unfulfilled) / Fraction(amount) if amount else Fraction(0)
        came_back = Fraction(returned) / Fraction(shipped) if shipped else Fraction(0)
        return cls(normalize(shipped - returned), not_shipped + (1 - not_shipped) * came_back)


class RemainingOrder:
    """What is left of an order without some parts, and what share of it is gone with them."""

    def __init__(self, order: Order, parts: Iterable[Part]) -> None:
        parts = tuple(parts)
        self.order = order
        self.value = total(part.value for part in parts)
        self._gone_shares: dict[Weights, Fraction] = {}
        self.lines = [_RemainingLine.of(line.amount, str(i), parts) for i, line in enumerate(order.lines)]

    def left_of(self, number: int) -> Decimal:
        """How much is left of a line."""
        return self.lines[number].left

    @property
    def value_left(self) -> Fraction:
        """What is left of the order's value; negative if lines are gone whose value had been taken already."""
        return Fraction(self.order.value) * (1 - self._of_lines(BY_VALUE)) - Fraction(self.value)

    @property
    def has_no_piece_left(self) -> bool:
        """Whether every line is gone."""
        counted = [i for i, line in enumerate(self.order.lines) if line.amount]
        return bool(counted) and not any(map(self.left_of, counted))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left: no piece of any line, or none of the value."""
        return self.has_no_piece_left or (self.value > 0 and self.value_left <= 0)

    def gone_share(self, shares: EffectShares) -> Fraction:
        """What share of an effect is gone that is made of these shares."""
        if self.is_empty:
            return Fraction(1)
        shares = shares or _BY_VALUE
        whole = sum(Fraction(one.weight) for one in shares)
        return sum((Fraction(one.weight) * self.gone_share_of(one.lines) for one in shares), Fraction(0)) / whole

    def gone_share_of(self, weights: Weights) -> Fraction:
        """What share is gone of something that lines have earned in these proportions."""
        if self.is_empty:
            return Fraction(1)
        of_lines = self._of_lines(weights)
        left_by_value = Fraction(self.order.value) * (1 - self._of_lines(BY_VALUE))
        by_value = Fraction(self.value) / left_by_value if left_by_value and self.value else Fraction(0)
        return of_lines + (1 - of_lines) * by_value

    def _of_lines(self, weights: Weights) -> Fraction:
        # Many effects have the same weights, and exact sums over hundreds of lines take time.
        if weights not in self._gone_shares:
            self._gone_shares[weights] = self._sum_of_lines(weights)
        return self._gone_shares[weights]

    def _sum_of_lines(self, weights: Weights) -> Fraction:
        lines = self.order.lines
        whole = weights if any(weights) and len(weights) == len(lines) else tuple(line.value for line in lines)
        if not any(whole):
            whole = tuple(line.amount for line in lines)
        if not any(whole):
            return Fraction(0)
        gone = sum((Fraction(weight) * one.share for weight, one in zip(whole, self.lines, strict=True)), Fraction(0))
        return gone / Fraction(total(whole))


def share_of_amount(amount: Decimal, share: Fraction, decimals: int) -> Decimal:
    """That share of an amount, rounded down to so many decimals; all of it if the share is."""
    if share >= 1:
        return amount
    return from_units(int(Fraction(amount) * share * 10**decimals), decimals) if amount > 0 else ZERO


def taken_in_proportion(amount: Decimal, left: Sequence[Decimal], decimals: int) -> list[Decimal]:
    """An amount taken from what is left of several lots, in proportion; what does not divide goes to the first ones."""
    whole = total(left)
    taken = [share_of_amount(one, Fraction(amount) / Fraction(whole), decimals) if whole else ZERO for one in left]
    missing = amount - total(taken)
    for i, one in enumerate(left):
        more = min(missing, one - taken[i], Decimal(1).scaleb(-decimals))
        taken[i], missing = normalize(taken[i] + more), missing - more
    for i, one in enumerate(left):
        more = min(missing, one - taken[i])
        taken[i], missing = normalize(taken[i] + more), missing - more
    return taken


def sums(parts: Iterable[Sequence[Decimal]], count: int) -> list[Decimal]:
    """What parts have taken of each of so many lots together; a part that names none has taken nothing."""
    named = [part for part in parts if part]
    return [total(part[i] for part in named) for i in range(count)]


def less(lots: Sequence[Lot], taken: Sequence[Decimal]) -> list[Decimal]:
    """What is left of each lot."""
    return [normalize(lot.amount - amount) for lot, amount in zip(lots, taken, strict=True)]


def taken_lots(lots: Sequence[Lot], amounts: Sequence[Decimal]) -> tuple[Lot, ...]:
    """The lots with these amounts, without those of nothing; none if no amounts are given."""
    taken = zip(lots, amounts, strict=True) if amounts else ()
    return tuple(lot._replace(amount=amount) for lot, amount in taken if amount)
