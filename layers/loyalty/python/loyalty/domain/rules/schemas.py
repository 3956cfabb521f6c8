"""A program in one request: rewards, config offers and campaigns together."""

from loyalty.domain.program.schemas import ConfigOfferSettings, RewardSettings
from loyalty.domain.rules.campaigns import Campaign
from loyalty.domain.schemas import PathIdentifier, Settings


class ProgramSettings(Settings):
    """Rewards, config offers and campaigns to create or replace, each by its id; what is not named stays as it is."""

    rewards: dict[PathIdentifier, RewardSettings] | None = None
    """Rewards by id."""
    config_offers: dict[PathIdentifier, ConfigOfferSettings] | None = None
    """Config offers by id."""
    campaigns: dict[PathIdentifier, Campaign] | None = None
    """Campaigns by id; they may name rewards and config offers of the same request."""
