"""Rewards: the kinds of points that customers earn and redeem."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from loyalty.domain.limits.usage import NOTHING

MONEY = ("DISCOUNT", "GIFT_CARD")
"""Types whose amounts are money: they have two decimals if nothing else is said."""


class Reward(NamedTuple):
    """A kind of points, of money off or on a card, or of pieces of a product.

    `allow_negative` says whether a reversal or a debit may leave a debt. `expires_in`, such as `12/months`, applies to
    points that are assigned; campaigns set the expiry of what they grant.
    """

    reward_id: str
    name: str
    type: str = "POINTS"
    decimals: int = 0
    allow_negative: bool = True
    attributes: Mapping[str, Any] = NOTHING
    expires_in: str | None = None

    @classmethod
    def written(cls, reward_id: str, settings: Mapping[str, Any]) -> "Reward":
        """The reward of these settings, with the defaults of its type where they say nothing or null."""
        given = {name: value for name, value in settings.items() if value is not None}
        return cls(reward_id, **{"decimals": 2 if given.get("type") in MONEY else 0, **given})
