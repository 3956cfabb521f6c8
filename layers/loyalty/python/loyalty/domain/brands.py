"""A brand (a tenant), its rewards, and what its functions keep of both."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from loyalty.domain.counts import NOTHING, Standing
from loyalty.domain.funds import Funds
from loyalty.domain.tallies import TYPES
from loyalty.domain.times import LATEST_REPORT, zone

if TYPE_CHECKING:  # only functions that evaluate events start with campaigns
    from loyalty.domain.campaigns import Campaign
    from loyalty.domain.listening import Evaluation, Listeners


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
    default_reward: str | None = None
    rules_version: int = 0

    @property
    def tz(self) -> ZoneInfo:
        """Where its days begin."""
        return zone(self.time_zone)


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


class ConfigOffer(NamedTuple):
    """What offers are made of: `benefits` is up to the brand. Those assigned keep what they were made of."""

    config_id: str
    name: str
    benefits: Mapping[str, Any] = NOTHING
    active: bool = True


class Rules(NamedTuple):
    """Everything that decides what an event earns, compiled once per version of the brand.

    `tallied` names what customers' progress and limits are kept under, and when progress ends: with its campaign.
    Limits have no end, as a campaign that is over may be prolonged.
    """

    rewards: Mapping[str, Reward]
    campaigns: "Mapping[str, Listeners]"
    tallied: Mapping[str, datetime | None] = NOTHING
    config_offers: Mapping[str, ConfigOffer] = NOTHING

    @classmethod
    def of(
        cls,
        brand: Brand,
        rewards: Mapping[str, Reward],
        campaigns: Mapping[str, Mapping[str, Any]],
        config_offers: Mapping[str, ConfigOffer] | None = None,
        since: Mapping[str, int] = NOTHING,
    ) -> "Rules":
        """Compile stored campaigns, by trigger; `since` is the version of the rules that each has been there from."""
        from loyalty.domain.campaigns import compile_campaign  # noqa: PLC0415
        from loyalty.domain.listening import Listeners  # noqa: PLC0415

        by_trigger: dict[str, list[Campaign]] = {}
        tallied: dict[str, datetime | None] = {}
        for campaign_id, document in campaigns.items():
            campaign = compile_campaign(campaign_id, document, brand.tz, since.get(campaign_id, 0))
            by_trigger.setdefault(campaign.trigger, []).append(campaign)
            tallied |= {campaign.key: None} | dict.fromkeys((one.key for one in campaign.counters), campaign.end)
        listeners = {trigger: Listeners(some) for trigger, some in by_trigger.items()}
        return cls(rewards, listeners, tallied, config_offers or {})

    def evaluate(
        self,
        type_: str,
        facts: Mapping[str, Any],
        issued_at: datetime,
        standing: Standing,
        funds: Funds,
        room: int,
    ) -> "Evaluation":
        """What each campaign of that trigger makes of an event. Raises NotAllRead for more of a budget."""
        from loyalty.domain.listening import NOBODY, Occasion  # noqa: PLC0415

        offers = [one.config_id for one in self.config_offers.values() if one.active]
        occasion = Occasion(facts, issued_at, self._decimals, standing.progress, standing.limits, funds, offers, room)
        return self.campaigns.get(type_, NOBODY).evaluate(occasion)

    def _decimals(self, reward_id: str) -> int | None:
        return self.rewards[reward_id].decimals if reward_id in self.rewards else None

    def with_funds(self, types: Iterable[str]) -> list[str]:
        """The campaigns of these triggers that customers share something of."""
        return [one.campaign_id for name in types for one in self.campaigns.get(name, ()) if one.limits.shared]

    def tallies(self, name: str, now: datetime) -> bool:
        """Whether an event may still count in the tally of that name."""
        if name not in self.tallied:
            return name == TYPES
        end = self.tallied[name]
        return end is None or end > now - LATEST_REPORT
