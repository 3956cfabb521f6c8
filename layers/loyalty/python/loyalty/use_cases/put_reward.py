"""Create or replace a reward."""

from collections.abc import Mapping
from typing import Any

from loyalty.domain.program.rewards import Reward
from loyalty.store.brands import load_brand, save_reward
from loyalty.store.table import WriteConflict, attempts


def put_reward(brand_id: str, reward_id: str, settings: Mapping[str, Any]) -> Reward:
    """The reward as it now is; what `settings` does not say has its default. Raises BrandNotFoundError."""
    reward = Reward(reward_id, **{name: value for name, value in settings.items() if value is not None})
    for _ in attempts():
        try:
            save_reward(load_brand(brand_id), reward)
        except WriteConflict:
            continue
        return reward
    raise AssertionError("attempts() ends by raising")
