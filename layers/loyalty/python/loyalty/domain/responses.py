"""What clients see of the domain: the contract's field names and forms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty.domain.assignments.traces import AssignmentTrace
from loyalty.domain.customers.customer import Customer
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.limits.budgets import BudgetRemainder
from loyalty.domain.money import ZERO, total
from loyalty.domain.offers import UNRANKED, Offer, OfferRecord, OfferStatus
from loyalty.domain.program.api_keys import ApiKey
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.rewards import Reward
from loyalty.domain.rules.campaigns import Rule
from loyalty.domain.rules.effects import Grant, Points
from loyalty.domain.rules.evaluator import Evaluation
from loyalty.domain.rules.explanation import explain
from loyalty.domain.rules.results import CampaignResult, Outcome
from loyalty.domain.times import format_instant
from loyalty.domain.wallet.lots import Balance, LedgerEntry, Lot
from loyalty.domain.wallet.update import active_lots, balances

View = dict[str, Any]

QUOTED = (Outcome.REWARDED, Outcome.PROGRESS_ONLY, Outcome.NO_MATCHING_CONDITIONS)
"""What a quote says of a campaign; one that ended otherwise is not to be won now."""


def event(one: Event) -> View:
    """An event, with what it moved and the totals after it."""
    held_until = _time(one.deadline) if one.standby else None
    return {
        "id": one.event_id,
        "customer_id": one.customer_id,
        "brand_id": one.brand_id,
        "type": one.type,
        "status": one.status,
        "evaluated": one.evaluated,
        "fulfilled": one.status in (EventStatus.RESOLVED, EventStatus.REVERSED),
        "reserve": one.reserve,
        "reservation_expires_at": held_until,
        "data": one.data,
        "rewarding_campaigns": list(one.campaign_ids),
        "result": {
            "accumulations": [_moved(lot, one, held_until) for lot in one.granted_lots],
            "redemptions": [
                *(_moved(lot, one, held_until) for lot in one.redeemed_lots),
                *(_redeemed(offer, one, held_until) for offer in one.redeemed_offers),
            ],
            "offers": [_given(given) for given in one.granted_offers],
            "wallet": {"totals": [_total(total) for total in one.balances]},
        },
        "issued_at": _time(one.issued_at),
        "resolved_at": _time(one.resolved_at),
        "cancelled_at": _ended(one, EventStatus.CANCELLED),
        "expired_at": _ended(one, EventStatus.EXPIRED),
        "reversed_at": _ended(one, EventStatus.REVERSED),
        "reason": one.reason,
    }


def tracked(events: Sequence[Event]) -> View:
    """A batch's answer: each event by name with its id, and what it earns."""
    return {
        "success": True,
        "message": f"{len(events)} recorded",
        "events": [
            {
                "name": one.type,
                "eventId": one.event_id,
                "status": one.status,
                "accumulations": [_moved(lot, one, None) for lot in one.granted_lots],
            }
            for one in events
        ],
    }


def explanation(one: Event, campaigns: Sequence[View]) -> View:
    """What each campaign of its trigger made of an event."""
    return {"event_id": one.event_id, "type": one.type, "evaluated": one.evaluated, "campaigns": list(campaigns)}


def quoted(one: Event, evaluation: Evaluation | None) -> View:
    """An event that has not been stored, and beside it what each campaign makes of it."""
    return {"data": event(one), "explanation": explanation(one, _reasons(evaluation))}


def _reasons(evaluation: Evaluation | None) -> list[View]:
    return explain(evaluation.snapshot.document, evaluation.trace) if evaluation else []


def preview(
    customer_id: str,
    one: Customer,
    evaluated: Sequence[tuple[str, Evaluation | None]],
    rewards: Mapping[str, Reward],
) -> View:
    """A quote in the form of Gameball's reward-preview (v4): points by event, and each campaign with its reason.

    As documented there, it leaves out the campaigns that the customer cannot win now. Each event also has the
    `explanation` that the same event would be stored with, where every campaign is.
    """
    events = [(name, made.results if made else [], _reasons(made)) for name, made in evaluated]
    tier = one.attributes.get("tier")
    shown = [
        {
            "eventName": name,
            "valid": True,
            "invalidReason": None,
            "totalPoints": sum(_points(verdict, rewards) for verdict in results),
            "campaigns": [_previewed(verdict, rewards, tier) for verdict in results if verdict.outcome in QUOTED],
            "explanation": reasons,
        }
        for name, results, reasons in events
    ]
    total = sum(_points(verdict, rewards) for _, results, _ in events for verdict in results)
    return {"customerId": customer_id, "totalPoints": total, "events": shown}


def _previewed(verdict: CampaignResult, rewards: Mapping[str, Reward], tier: object) -> View:
    points = _points(verdict, rewards)
    rewarded = verdict.outcome is Outcome.REWARDED
    paying = _paying([verdict.progress.rule] if verdict.progress else verdict.campaign.settings.rules, rewards)
    kind = "Points" if points or (paying and not rewarded) else "Coupon"
    offered = points or (_offered(paying[0], tier) if kind == "Points" else None)
    return {
        "campaignId": verdict.campaign_id,
        "campaignName": verdict.campaign.settings.name,
        "campaignEndDate": _time(verdict.campaign.end),
        "eligible": verdict.outcome is not Outcome.NO_MATCHING_CONDITIONS,
        "reason": verdict.outcome if points or not rewarded else "NonPointsReward",
        "rewardType": kind,
        "rewardPoints": offered,
        "couponType": None,
        "couponValue": None,
        "points": points,
        "timesAchieved": int(rewarded),
        "progress": verdict.progress
        and {
            "currentPercentage": verdict.progress.before,
            "wouldBePercentage": verdict.progress.now,
            "completionRewardPoints": offered,
            "completionRewardType": kind,
        },
    }


def _paying(rules: Iterable[Rule], rewards: Mapping[str, Reward]) -> list[list[Grant]]:
    """The effects that grant points, of each rule that has some."""
    found = [
        [one for one in rule.effects if isinstance(one, Grant) and _is_points(rewards.get(one.reward_id))]
        for rule in rules
    ]
    return [effects for effects in found if effects]


def _offered(effects: Sequence[Grant], tier: object) -> Decimal | None:
    """What these effects grant whatever the event; None if one of them asks it."""
    fixed = [one for one in effects if isinstance(one, Points) and not one.per]
    return total(one.due({"customer": {"tier": tier}}) for one in fixed) if len(fixed) == len(effects) else None


def _is_points(reward: Reward | None) -> bool:
    return reward is not None and reward.type == "POINTS"


def _points(verdict: CampaignResult, rewards: Mapping[str, Reward]) -> Decimal:
    return sum((lot.amount for lot in verdict.lots if _is_points(rewards[lot.reward_id])), ZERO)


def customer(one: Customer) -> View:
    """Who a customer is."""
    return {
        "customer_id": one.customer_id,
        "brand_id": one.brand_id,
        "email": one.email,
        "mobile": one.mobile,
        "aliases": list(one.merged_ids),
        "tags": one.tags,
        "attributes": one.attributes,
        "created_at": _time(one.created_at),
    }


def wallet(one: Customer, now: datetime) -> View:
    """What a customer has as of now: the sums by reward, and the lots they consist of, soonest-expiring first."""
    return {
        "totals": [_total(total) for total in balances(one.wallet, now)],
        "lines": [_lot(lot) for lot in active_lots(one.wallet, now)],
    }


def transaction(line_id: str, line: LedgerEntry, at: datetime | None) -> View:
    """One line of the ledger; `amount` is what it did to `available`, `debt` to what the customer owes."""
    return {
        "id": line_id,
        "type": line.type,
        "reward_id": line.lot.reward_id,
        "amount": line.amount,
        "event_id": line.event_id,
        "campaign_id": line.lot.campaign_id,
        "expiration_date": _time(line.lot.expires_at),
        "debt": line.debt,
        "reserved": line.reserved,
        "created_at": _time(at),
    }


def brand(one: Brand) -> View:
    """A brand's settings."""
    return {name: value for name, value in asdict(one).items() if name != "rules_version"}


def api_key(key_id: str, one: ApiKey) -> View:
    """An API key without its secret."""
    return {
        "id": key_id,
        "name": one.name,
        "scopes": list(one.scopes),
        "created_at": _time(one.created_at),
        "expires_at": _time(one.expires_at),
        "disabled": one.disabled,
    }


def reward(one: Reward) -> View:
    """A reward's settings."""
    shown = one._asdict()
    return {"id": shown.pop("reward_id"), **shown}


def config_offer(one: ConfigOffer) -> View:
    """A config offer's settings."""
    shown = one._asdict()
    return {"id": shown.pop("config_id"), **shown}


def offer(one: OfferRecord, status: OfferStatus, held_by: str | None) -> View:
    """A customer's offer; `held_by` is the event in standby that has taken it."""
    return {
        "id": one.offer.offer_id,
        "config_id": one.offer.config_id,
        "name": one.name,
        "benefits": one.benefits,
        "status": status,
        "rank": one.offer.rank if one.offer.rank < UNRANKED else None,
        "starts_at": _time(one.offer.starts_at),
        "ends_at": _time(one.offer.ends_at),
        "held_by": held_by,
        "redeemed_by": one.offer.used_by,
        "source": one.source,
        "reference": one.reference,
        "trace_id": one.trace_id,
        "created_at": _time(one.assigned_at),
    }


def trace(one: AssignmentTrace) -> View:
    """What has become of a request, which is shown as it was sent."""
    return {
        **one.request.fields,
        "traceId": one.request.trace_id,
        "status": one.status,
        "reason": one.reason,
        "offerId": one.offer_id,
        "timeline": [{"at": format_instant(step.at), "what": step.what} for step in one.steps],
    }


def campaign(campaign_id: str, document: View) -> View:
    """A campaign as it was written."""
    return {"id": campaign_id, **document}


def left(one: BudgetRemainder) -> View:
    """What a campaign has left to give."""
    return one._asdict()


def page(items: Iterable[View], next_cursor: str | None) -> View:
    """One page of a list."""
    return {"data": list(items), "next_cursor": next_cursor}


def _moved(lot: Lot, one: Event, held_until: str | None) -> View:
    return {
        "amount": lot.amount,
        "reward_id": lot.reward_id,
        "campaign_id": lot.campaign_id,
        "brand_id": one.brand_id,
        "issued_at": _time(lot.issued_at),
        "expiration_date": _time(lot.expires_at),
        "reservation_expires_at": held_until,
    }


def _redeemed(offer: Offer, one: Event, held_until: str | None) -> View:
    return {
        "amount": 1,
        "reward_id": offer.offer_id,
        "campaign_id": None,
        "brand_id": one.brand_id,
        "issued_at": _time(offer.starts_at),
        "expiration_date": _time(offer.ends_at),
        "reservation_expires_at": held_until,
    }


def _given(one: OfferRecord) -> View:
    return {
        "id": one.offer.offer_id,
        "config_id": one.offer.config_id,
        "campaign_id": one.reference,
        "starts_at": _time(one.offer.starts_at),
        "ends_at": _time(one.offer.ends_at),
    }


def _lot(lot: Lot) -> View:
    return {
        "reward_id": lot.reward_id,
        "amount": lot.amount,
        "campaign_id": lot.campaign_id,
        "issued_at": _time(lot.issued_at),
        "expiration_date": _time(lot.expires_at),
    }


def _total(total: Balance) -> View:
    return {**total._asdict(), "next_expiration": _time(total.next_expiration)}


def _ended(one: Event, status: EventStatus) -> str | None:
    return _time(one.ended_at) if one.status is status else None


def _time(instant: datetime | None) -> str | None:
    return format_instant(instant) if instant else None
