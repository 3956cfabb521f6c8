"""Everything that decides what an event earns, compiled once per version of the brand."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from loyalty.domain.errors import ServiceUnavailable
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.limits.counters import EVENT_TYPES
from loyalty.domain.limits.usage import NOTHING, CustomerUsage
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.rules.campaigns import Campaign
from loyalty.domain.rules.compiled import CompiledCampaign, compile_campaign
from loyalty.domain.rules.evaluator import EMPTY, CampaignEvaluator, Evaluation, EvaluationContext
from loyalty.domain.times import MAX_REPORT_DELAY


class Ruleset(NamedTuple):
    """What a brand has to give, and its campaigns by trigger.

    `counted` names what customers' progress and limits are kept under, and when progress ends: with its campaign.
    Limits have no end, as a campaign that is over may be prolonged. `unread` are the triggers of campaigns that a newer
    release stored and this one cannot read, None if it cannot even read the trigger.
    """

    catalog: Catalog
    campaigns: Mapping[str, CampaignEvaluator]
    counted: Mapping[str, datetime | None] = NOTHING
    unread: frozenset[str | None] = frozenset()

    @classmethod
    def compile(
        cls,
        brand: Brand,
        catalog: Catalog,
        campaigns: Mapping[str, Mapping[str, Any]],
        since: Mapping[str, int] = NOTHING,
    ) -> "Ruleset":
        """The rules of stored campaigns; `since` is the version of the rules that each has been there from."""
        by_trigger: dict[str, list[CompiledCampaign]] = {}
        counted: dict[str, datetime | None] = {}
        unread: set[str | None] = set()
        for campaign_id, document in campaigns.items():
            try:
                settings = Campaign.model_validate(document)
            except ValidationError:
                unread.add(trigger if isinstance(trigger := document.get("trigger"), str) else None)
                continue
            campaign = compile_campaign(campaign_id, settings, brand.tz, since.get(campaign_id, 0))
            by_trigger.setdefault(settings.trigger, []).append(campaign)
            counted |= {campaign.usage_key: None} | dict.fromkeys((one.key for one in campaign.counters), campaign.end)
        return cls(
            catalog,
            {trigger: CampaignEvaluator(some) for trigger, some in by_trigger.items()},
            counted,
            frozenset(unread),
        )

    def evaluate(
        self,
        trigger: str,
        facts: Mapping[str, Any],
        issued_at: datetime,
        usage: CustomerUsage,
        budget: BudgetReservation,
        max_offers: int,
    ) -> Evaluation:
        """What each campaign of that trigger makes of an event. Raises NeedsAllShards for more of a budget.

        Raises ServiceUnavailable if there is one that only a newer release can read: it must be neither left out nor
        guessed, and that release answers soon.
        """
        if self.unread & {trigger, None}:
            raise ServiceUnavailable("a campaign for this event was stored by a newer release; send this again")
        rewards, config_offers = self.catalog
        context = EvaluationContext(
            facts,
            issued_at,
            lambda reward_id: rewards[reward_id].decimals if reward_id in rewards else None,
            usage.progress,
            usage.limits,
            budget,
            [one.config_id for one in config_offers.values() if one.active],
            max_offers,
        )
        return self.campaigns.get(trigger, EMPTY).evaluate(context)

    def with_budget(self, triggers: Iterable[str]) -> list[str]:
        """The campaigns of these triggers that have a budget or a number of times, which customers share."""
        return [one.campaign_id for name in triggers for one in self.campaigns.get(name, ()) if one.limits.shared]

    def counts(self, name: str, now: datetime) -> bool:
        """Whether an event may still count under that name."""
        if name not in self.counted:
            return name == EVENT_TYPES or bool(self.unread)
        end = self.counted[name]
        return end is None or end > now - MAX_REPORT_DELAY
