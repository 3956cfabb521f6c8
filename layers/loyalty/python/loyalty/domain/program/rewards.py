"""What can be earned and spent."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from loyalty.domain.limits.usage import NOTHING

if TYPE_CHECKING:  # only functions that evaluate events start with campaigns
    pass


class Reward(NamedTuple):
    """What can be earned and spent. `allow_negative` says whether a reversal may leave a debt.

    `expires_in`, such as `12/months`, is for points that are assigned; campaigns have periods of their own.
    """

    reward_id: str
    name: str
    type: str = "POINTS"
    decimals: int = 0
    allow_negative: bool = True
    attributes: Mapping[str, Any] = NOTHING
    expires_in: str | None = None
