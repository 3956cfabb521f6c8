"""Everything that decides what an event earns, compiled once per version of the brand."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from loyalty.domain.errors import FieldProblem
from loyalty.domain.limits.budgets import DEFAULT_SHARDS, BudgetReservation, Shards
from loyalty.domain.limits.counters import EVENT_TYPES
from loyalty.domain.limits.usage import NOTHING, CustomerUsage
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.rules.campaigns import Campaign, read_stored
from loyalty.domain.rules.compiled import CompiledCampaign, compile_campaign
from loyalty.domain.rules.evaluator import EMPTY, CampaignEvaluator, Evaluation, EvaluationContext
from loyalty.domain.times import MAX_REPORT_DELAY


class Ruleset(NamedTuple):
    """What a brand has to give, and its campaigns by trigger.

    `counted` names what customers' progress and limits are kept under, and when progress ends: with its campaign.
    Limits have no end, as a campaign that is over may be prolonged. `left_out` has the ids of stored campaigns that
    this release cannot read, each with the fields that are wrong: they reward nothing, and keep no other from it.
    """

    catalog: Catalog
    campaigns: Mapping[str, CampaignEvaluator]
    counted: Mapping[str, datetime | None] = NOTHING
    left_out: Mapping[str, Sequence[FieldProblem]] = NOTHING

    @classmethod
    def compile(cls, brand: Brand, catalog: Catalog, campaigns: Mapping[str, Mapping[str, Any]]) -> "Ruleset":
        """The rules of stored campaigns, none of which was there before under the same id."""
        compiled: list[CompiledCampaign] = []
        left_out: dict[str, Sequence[FieldProblem]] = {}
        for campaign_id, document in campaigns.items():
            one = compile_stored(campaign_id, document, brand.tz)
            if isinstance(one, CompiledCampaign):
                compiled.append(one)
            else:
                left_out[campaign_id] = one
        return cls.of(catalog, compiled, left_out)

    @classmethod
    def of(
        cls,
        catalog: Catalog,
        campaigns: Iterable[CompiledCampaign],
        left_out: Mapping[str, Sequence[FieldProblem]] = NOTHING,
    ) -> "Ruleset":
        """The rules of campaigns that are compiled already."""
        by_trigger: dict[str, list[CompiledCampaign]] = {}
        counted: dict[str, datetime | None] = {}
        for campaign in campaigns:
            by_trigger.setdefault(campaign.settings.trigger, []).append(campaign)
            counted |= {campaign.usage_key: None} | dict.fromkeys((one.key for one in campaign.counters), campaign.end)
        evaluators = {trigger: CampaignEvaluator(some) for trigger, some in by_trigger.items()}
        return cls(catalog, evaluators, counted, left_out)

    def evaluate(
        self,
        trigger: str,
        facts: Mapping[str, Any],
        issued_at: datetime,
        usage: CustomerUsage,
        budget: BudgetReservation,
        max_offers: int,
    ) -> Evaluation:
        """What each campaign of that trigger makes of an event. Raises NeedsAllShards for more of a budget."""
        context = EvaluationContext(facts, issued_at, self.catalog, budget, usage.progress, usage.limits, max_offers)
        return self.campaigns.get(trigger, EMPTY).evaluate(context)

    def with_budget(self, triggers: Iterable[str]) -> dict[str, Shards]:
        """The campaigns of these triggers that have a budget or a number of times, which customers share."""
        campaigns = (one for name in triggers for one in self.campaigns.get(name, ()))
        return {one.campaign_id: one.shards for one in campaigns if one.limits.shared}

    def shards(self, campaign_ids: Collection[str]) -> dict[str, Shards]:
        """Over how many shards the budgets of these campaigns are spread."""
        campaigns = (one for some in self.campaigns.values() for one in some if one.campaign_id in campaign_ids)
        return {one.campaign_id: one.shards for one in campaigns}

    def counts(self, name: str, now: datetime) -> bool:
        """Whether an event may still count under that name; while campaigns are left out, any name may be theirs."""
        if name not in self.counted:
            return name == EVENT_TYPES or bool(self.left_out)
        end = self.counted[name]
        return end is None or end > now - MAX_REPORT_DELAY


def compile_stored(
    campaign_id: str, document: Mapping[str, Any], tz: ZoneInfo, since: int = 0, all_shards: int = DEFAULT_SHARDS
) -> CompiledCampaign | list[FieldProblem]:
    """A stored campaign ready to be evaluated, or what is wrong with it if this release cannot read it."""
    read = read_stored(document)
    return compile_campaign(campaign_id, read, tz, since, all_shards) if isinstance(read, Campaign) else read
