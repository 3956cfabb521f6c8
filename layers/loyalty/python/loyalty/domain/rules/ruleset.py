"""Everything that decides what an event earns, compiled once per version of the brand."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.limits.counters import EVENT_TYPES
from loyalty.domain.limits.usage import NOTHING, CustomerUsage
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.rewards import Reward
from loyalty.domain.times import MAX_REPORT_DELAY

if TYPE_CHECKING:  # only functions that evaluate events start with campaigns
    from loyalty.domain.rules.campaigns import Campaign
    from loyalty.domain.rules.evaluator import CampaignEvaluator, Evaluation


class Ruleset(NamedTuple):
    """Everything that decides what an event earns, compiled once per version of the brand.

    `tallied` names what customers' progress and limits are kept under, and when progress ends: with its campaign.
    Limits have no end, as a campaign that is over may be prolonged.
    """

    rewards: Mapping[str, Reward]
    campaigns: "Mapping[str, CampaignEvaluator]"
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
    ) -> "Ruleset":
        """Compile stored campaigns, by trigger; `since` is the version of the rules that each has been there from."""
        from loyalty.domain.rules.campaigns import compile_campaign  # noqa: PLC0415
        from loyalty.domain.rules.evaluator import CampaignEvaluator  # noqa: PLC0415

        by_trigger: dict[str, list[Campaign]] = {}
        tallied: dict[str, datetime | None] = {}
        for campaign_id, document in campaigns.items():
            campaign = compile_campaign(campaign_id, document, brand.tz, since.get(campaign_id, 0))
            by_trigger.setdefault(campaign.trigger, []).append(campaign)
            tallied |= {campaign.key: None} | dict.fromkeys((one.key for one in campaign.counters), campaign.end)
        listeners = {trigger: CampaignEvaluator(some) for trigger, some in by_trigger.items()}
        return cls(rewards, listeners, tallied, config_offers or {})

    def evaluate(
        self,
        type_: str,
        facts: Mapping[str, Any],
        issued_at: datetime,
        usage: CustomerUsage,
        budget: BudgetReservation,
        room: int,
    ) -> "Evaluation":
        """What each campaign of that trigger makes of an event. Raises NeedsAllShards for more of a budget."""
        from loyalty.domain.rules.evaluator import EMPTY, EvaluationContext  # noqa: PLC0415

        offers = [one.config_id for one in self.config_offers.values() if one.active]
        occasion = EvaluationContext(
            facts, issued_at, self._decimals, usage.progress, usage.limits, budget, offers, room
        )
        return self.campaigns.get(type_, EMPTY).evaluate(occasion)

    def _decimals(self, reward_id: str) -> int | None:
        return self.rewards[reward_id].decimals if reward_id in self.rewards else None

    def with_budget(self, types: Iterable[str]) -> list[str]:
        """The campaigns of these triggers that customers share something of."""
        return [one.campaign_id for name in types for one in self.campaigns.get(name, ()) if one.limits.shared]

    def tallies(self, name: str, now: datetime) -> bool:
        """Whether an event may still count in the tally of that name."""
        if name not in self.tallied:
            return name == EVENT_TYPES
        end = self.tallied[name]
        return end is None or end > now - MAX_REPORT_DELAY
