"""The catalog of a brand: its rewards and its config offers."""

from collections.abc import Mapping
from typing import NamedTuple

from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.rewards import Reward


class Catalog(NamedTuple):
    """The rewards and config offers of one version of a brand, by id."""

    rewards: Mapping[str, Reward]
    config_offers: Mapping[str, ConfigOffer]

    def decimals_of(self, reward_id: str) -> int | None:
        """How many decimals a reward has; None for one that is gone."""
        reward = self.rewards.get(reward_id)
        return reward.decimals if reward else None

    def is_given(self, config_id: str) -> bool:
        """Whether offers of that kind are given now."""
        config_offer = self.config_offers.get(config_id)
        return config_offer is not None and config_offer.active
