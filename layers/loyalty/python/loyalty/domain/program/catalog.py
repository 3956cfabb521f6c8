"""The catalog of a brand: its rewards and its config offers."""

from collections.abc import Mapping
from typing import NamedTuple

from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.rewards import Reward


class Catalog(NamedTuple):
    """The rewards and config offers of one version of a brand, by id."""

    rewards: Mapping[str, Reward]
    config_offers: Mapping[str, ConfigOffer]
