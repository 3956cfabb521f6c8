"""What points have done in a time, and what is outstanding of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from loyalty.domain.money import ZERO, normalize

type Sums = Mapping[str, Decimal]


class Liability(NamedTuple):
    """What customers have of a reward now, by the month in which it expires, and what they owe of it.

    `held` is the part of what they have that open holds have reserved.
    """

    by_month: Mapping[str, Decimal]
    debt: Decimal = ZERO
    held: Decimal = ZERO

    @property
    def outstanding(self) -> Decimal:
        """What all customers have, less what they owe."""
        return normalize(sum(self.by_month.values(), -self.debt))


class PointsReport(NamedTuple):
    """Sums by reward and period, and by campaign, reward and period; and what is outstanding now, by reward.

    `open_holds` is how many events hold something now, or promise it.
    """

    time_zone: str
    rewards: Mapping[str, Mapping[str, Sums]]
    campaigns: Mapping[tuple[str, str], Mapping[str, Sums]]
    liabilities: Mapping[str, Liability]
    open_holds: int = 0


NO_LIABILITY = Liability({})
