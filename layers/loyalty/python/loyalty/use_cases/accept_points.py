"""Accept points for one customer, or less than none."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty.domain.assignments.traces import Kind
from loyalty.domain.errors import RewardNotFoundError, invalid
from loyalty.domain.money import has_decimals
from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.use_cases.accepting import Accepted, Request, accept


def accept_points(brand_id: str, request: Request, clock: Callable[[], datetime]) -> Accepted:
    """Queue them, to be assigned in a moment; of the brand's default reward if the request names none.

    Raises ValidationError, UserNotFoundError, RewardNotFoundError, IdempotencyMismatchError, BrandNotFoundError,
    ServiceUnavailable.
    """
    return accept(brand_id, Kind.POINTS, request, clock, _named)


def _named(body: Mapping[str, Any], brand: Brand, rules: Ruleset) -> Mapping[str, Any]:
    reward_id = body.get("rewardId") or brand.default_reward
    if reward_id is None:
        raise invalid("rewardId", "is required, as the brand has no default_reward")
    reward = rules.rewards.get(reward_id)
    if reward is None:
        raise RewardNotFoundError(f"rewardId: the reward {reward_id} does not exist")
    if has_decimals(Decimal(body["pointsEarned"]), reward.decimals):
        raise invalid("pointsEarned", f"must have at most {reward.decimals} decimals, as the reward has")
    return {**body, "rewardId": reward_id}
