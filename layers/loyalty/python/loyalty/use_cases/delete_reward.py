"""Remove a reward."""

from loyalty.domain.errors import RewardInUseError, RewardNotFoundError
from loyalty.store import brands
from loyalty.store.table import WriteConflict, attempts


def delete_reward(brand_id: str, reward_id: str) -> None:
    """Remove a reward that no campaign grants and that is not the brand's default.

    Raises RewardNotFoundError, RewardInUseError, BrandNotFoundError.
    """
    for _ in attempts():
        brand = brands.load_brand(brand_id)
        if brand.default_reward == reward_id:
            raise RewardInUseError("the brand's default_reward is this one; set another or none first")
        for campaign_id, campaign in brands.load_campaigns(brand_id).items():
            if any(effect.get("reward_id") == reward_id for rule in campaign["rules"] for effect in rule["effects"]):
                raise RewardInUseError(f"the campaign {campaign_id} grants this reward; change or delete it first")
        try:
            brands.delete_reward(brand, reward_id, RewardNotFoundError("there is no reward with this id"))
        except WriteConflict:
            continue
        return
