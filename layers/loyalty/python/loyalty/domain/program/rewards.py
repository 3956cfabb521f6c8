"""Rewards: the kinds of points that customers earn and redeem."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from loyalty.domain.limits.usage import NOTHING


class Reward(NamedTuple):
    """A kind of points. `allow_negative` says whether a reversal or a debit may leave a debt.

    `expires_in`, such as `12/months`, applies to points that are assigned; campaigns set the expiry of what they grant.
    """

    reward_id: str
    name: str
    type: str = "POINTS"
    decimals: int = 0
    allow_negative: bool = True
    attributes: Mapping[str, Any] = NOTHING
    expires_in: str | None = None
