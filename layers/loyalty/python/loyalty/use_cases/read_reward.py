"""Read one reward."""

from loyalty.domain.errors import RewardNotFoundError
from loyalty.domain.program.rewards import Reward
from loyalty.store.brands import load_reward


def read_reward(brand_id: str, reward_id: str) -> Reward:
    """The reward. Raises RewardNotFoundError."""
    reward = load_reward(brand_id, reward_id)
    if reward is None:
        raise RewardNotFoundError("there is no reward with this id")
    return reward
