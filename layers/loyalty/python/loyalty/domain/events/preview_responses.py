"""What clients see of what campaigns would make of a batch of events: Gameball's reward previews."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import FieldProblem
from loyalty.domain.money import ZERO, total
from loyalty.domain.program.rewards import Reward
from loyalty.domain.rules.campaigns import Rule
from loyalty.domain.rules.effects import Grant, Points
from loyalty.domain.rules.evaluator import Evaluation
from loyalty.domain.rules.explanation_responses import CampaignExplanationResponse
from loyalty.domain.rules.outcomes import Outcome
from loyalty.domain.rules.results import CampaignResult
from loyalty.domain.schemas import CamelAnswer, Number, Time, WarningResponse, to_time, warnings_response

Json = dict[str, Any]


class PreviewProgressResponse(CamelAnswer):
    """How far a campaign is that rewards after several events."""

    current_percentage: Number
    """How far it is."""
    would_be_percentage: Number
    """How far it would be with the event."""
    completion_reward_points: Number | None
    """What its end gives; null if that depends on the event, or is not points."""
    completion_reward_type: Literal["Points", "Coupon"]
    """What its end gives: points, or anything else."""


class PreviewCampaignResponse(CamelAnswer):
    """What a campaign would make of an event."""

    campaign_id: str
    """The campaign's id."""
    campaign_name: str
    """The campaign's name."""
    campaign_end_date: Time | None
    """When it ends."""
    eligible: bool
    """Whether the event counts for it."""
    reason: Literal["Rewarded", "ProgressOnly", "NoMatchingConditions", "NonPointsReward"]
    """What it would make of the event."""
    reward_type: Literal["Points", "Coupon"]
    """What it gives: points, or anything else."""
    reward_points: Number | None
    """How many points it gives; null if that depends on the event, or it gives none."""
    coupon_type: str | None
    """Null: what a coupon is, is up to the brand."""
    coupon_value: Number | None
    """Null: what a coupon is worth, is up to the brand."""
    points: Number
    """How many points the event would earn."""
    times_achieved: int
    """How often the event would be rewarded."""
    progress: PreviewProgressResponse | None
    """How far it is, if it rewards after several events."""


class PreviewEventResponse(CamelAnswer):
    """What an event would earn."""

    event_name: str
    """The event's name."""
    valid: bool
    """True."""
    invalid_reason: str | None
    """Null."""
    total_points: Number
    """How many points it would earn."""
    campaigns: list[PreviewCampaignResponse]
    """The campaigns that the customer can win now."""
    explanation: list[CampaignExplanationResponse]
    """What each campaign of its type would make of it."""


class PreviewResponse(CamelAnswer):
    """What a batch of events would earn."""

    customer_id: str
    """Who would do it."""
    total_points: Number
    """How many points all events would earn, each by itself."""
    events: list[PreviewEventResponse]
    """The events in the order they were sent."""
    warnings: list[WarningResponse]
    """What would not be taken: an e-mail address or mobile number that is not valid names nobody."""


_QUOTED = (Outcome.REWARDED, Outcome.PROGRESS_ONLY, Outcome.NO_MATCHING_CONDITIONS)


def preview_response(
    customer_id: str,
    customer: Customer,
    evaluated: Sequence[tuple[str, Evaluation | None]],
    rewards: Mapping[str, Reward],
    warnings: Sequence[FieldProblem],
) -> Json:
    """A PreviewResponse (Gameball's reward-preview, v4).

    As documented there, it leaves out the campaigns that the customer cannot win now. Each event also has the
    `explanation` that the same event would be stored with, where every campaign is.
    """
    events = [(name, made.results if made else [], made.explanation if made else []) for name, made in evaluated]
    tier = customer.attributes.get("tier")
    shown = [
        {
            "eventName": name,
            "valid": True,
            "invalidReason": None,
            "totalPoints": sum(_points(result, rewards) for result in results),
            "campaigns": [_previewed(result, rewards, tier) for result in results if result.outcome in _QUOTED],
            "explanation": explanation,
        }
        for name, results, explanation in events
    ]
    total_points = sum(_points(result, rewards) for _, results, _ in events for result in results)
    return {
        "customerId": customer_id,
        "totalPoints": total_points,
        "events": shown,
        "warnings": warnings_response(warnings),
    }


def _previewed(result: CampaignResult, rewards: Mapping[str, Reward], tier: object) -> Json:
    points = _points(result, rewards)
    rewarded = result.outcome is Outcome.REWARDED
    paying = _paying([result.progress.rule] if result.progress else result.campaign.settings.rules, rewards)
    kind = "Points" if points or (paying and not rewarded) else "Coupon"
    offered = points or (_offered(paying[0], tier) if kind == "Points" else None)
    return {
        "campaignId": result.campaign_id,
        "campaignName": result.campaign.settings.name,
        "campaignEndDate": to_time(result.campaign.end),
        "eligible": result.outcome is not Outcome.NO_MATCHING_CONDITIONS,
        "reason": result.outcome if points or not rewarded else "NonPointsReward",
        "rewardType": kind,
        "rewardPoints": offered,
        "couponType": None,
        "couponValue": None,
        "points": points,
        "timesAchieved": int(rewarded),
        "progress": result.progress
        and {
            "currentPercentage": result.progress.before,
            "wouldBePercentage": result.progress.now,
            "completionRewardPoints": offered,
            "completionRewardType": kind,
        },
    }


def _paying(rules: Iterable[Rule], rewards: Mapping[str, Reward]) -> list[list[Grant]]:
    """The effects that grant points, of each rule that has some."""
    found = [
        [effect for effect in rule.effects if isinstance(effect, Grant) and _is_points(rewards.get(effect.reward_id))]
        for rule in rules
    ]
    return [effects for effects in found if effects]


def _offered(effects: Sequence[Grant], tier: object) -> Decimal | None:
    """What these effects grant whatever the event; None if one of them depends on it."""
    fixed = [effect for effect in effects if isinstance(effect, Points) and not effect.per]
    if len(fixed) < len(effects):
        return None
    return total(effect.amount_for(tier) for effect in fixed)


def _is_points(reward: Reward | None) -> bool:
    return reward is not None and reward.type == "POINTS"


def _points(result: CampaignResult, rewards: Mapping[str, Reward]) -> Decimal:
    return sum((lot.amount for lot in result.lots if _is_points(rewards[lot.reward_id])), ZERO)
