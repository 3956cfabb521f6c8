"""Read and change the rewards of a brand."""

from collections.abc import Mapping
from typing import Any

from loyalty.domain.brands import Reward
from loyalty.domain.errors import RewardInUseError, RewardNotFoundError
from loyalty.store import brands
from loyalty.store.table import Contended, attempts
from loyalty.use_cases.paging import Page, decode, not_ours, page_of


def read_reward(brand_id: str, reward_id: str) -> Reward:
    """The reward. Raises RewardNotFoundError."""
    reward = brands.load_reward(brand_id, reward_id)
    if reward is None:
        raise RewardNotFoundError("there is no reward with this id")
    return reward


def list_rewards(brand_id: str, cursor: str | None, limit: int) -> Page[Reward]:
    """The rewards by id. Raises ValidationError (cursor)."""
    rewards = brands.list_rewards(brand_id, read_after(cursor), limit + 1)
    return page_of(((reward.reward_id, reward) for reward in rewards), limit)


def put_reward(brand_id: str, reward_id: str, settings: Mapping[str, Any]) -> Reward:
    """The reward as it now is; what `settings` does not say has its default. Raises BrandNotFoundError."""
    reward = Reward(reward_id, **{name: value for name, value in settings.items() if value is not None})
    for _ in attempts():
        try:
            brands.save_reward(brands.load_brand(brand_id), reward)
        except Contended:
            continue
        return reward
    raise AssertionError("attempts() ends by raising")


def delete_reward(brand_id: str, reward_id: str) -> None:
    """Remove a reward that no campaign grants. Raises RewardNotFoundError, RewardInUseError, BrandNotFoundError."""
    for _ in attempts():
        brand = brands.load_brand(brand_id)
        for campaign_id, campaign in brands.load_campaigns(brand_id).items():
            if any(effect["reward_id"] == reward_id for rule in campaign["rules"] for effect in rule["effects"]):
                raise RewardInUseError(f"the campaign {campaign_id} grants this reward; change or delete it first")
        try:
            brands.delete_reward(brand, reward_id, RewardNotFoundError("there is no reward with this id"))
        except Contended:
            continue
        return


def read_after(cursor: str | None) -> str:
    """The id a cursor names, "" without one."""
    after = decode(cursor) if cursor is not None else ""
    if not isinstance(after, str) or len(after) > 255 or "#" in after:
        raise not_ours()
    return after
