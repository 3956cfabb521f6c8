"""The counters that reports are made of: of a day of the brand, and of what is outstanding."""

from decimal import Decimal
from typing import NamedTuple

NEVER = "never"
"""The month in which points expire that never do."""

COLUMNS = ("redeemed", "granted", "adjusted", "expired", "reversed", "transferred", "other")
"""What is counted of a day."""


class DayCounter(NamedTuple):
    """Names the counters of a reward and of the campaign that granted its points, of one day of the brand."""

    day: str
    reward_id: str
    campaign_id: str


class LiabilityCounter(NamedTuple):
    """Names the counters of what is outstanding of a reward and expires in a month."""

    reward_id: str
    month: str


OPEN_HOLDS = LiabilityCounter("", NEVER)
"""Names the counter of open holds, which are of no reward: one of them may reserve several, or nothing."""

type Counter = DayCounter | LiabilityCounter
type Counts = dict[Counter, dict[str, Decimal]]
