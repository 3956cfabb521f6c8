"""A brand (a tenant), its rewards, and what its functions keep of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.domain.campaigns import Campaign, compile_campaign
from loyalty.domain.times import zone


@dataclass(frozen=True)
class Brand:
    """A tenant. `rules_version` moves with every change of its settings, rewards or campaigns."""

    brand_id: str
    name: str
    enabled: bool = True
    time_zone: str = "UTC"
    channel_merging: str = "none"
    sandbox: bool = False
    default_region: str | None = None
    rules_version: int = 0

    @property
    def tz(self) -> ZoneInfo:
        """Where its days begin."""
        return zone(self.time_zone)


@dataclass(frozen=True)
class Reward:
    """What can be earned and spent. `allow_negative` says whether a reversal may leave a debt."""

    reward_id: str
    name: str
    type: str = "POINTS"
    decimals: int = 0
    allow_negative: bool = True
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    """Everything that decides what an event earns, compiled once per version of the brand."""

    rewards: Mapping[str, Reward]
    campaigns: Mapping[str, tuple[Campaign, ...]]

    @classmethod
    def of(cls, brand: Brand, rewards: Mapping[str, Reward], campaigns: Mapping[str, Mapping[str, Any]]) -> "Rules":
        """Compile stored campaigns, by trigger, in the order of their ids."""
        by_trigger: dict[str, tuple[Campaign, ...]] = {}
        for campaign_id, document in sorted(campaigns.items()):
            campaign = compile_campaign(campaign_id, document, brand.tz)
            by_trigger[campaign.trigger] = (*by_trigger.get(campaign.trigger, ()), campaign)
        return cls(rewards, by_trigger)
