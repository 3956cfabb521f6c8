"""Emit an event, as a pure decision: it redeems first, then earns; in standby it only reserves both."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import FieldProblem, ValidationError, invalid
from loyalty.domain.events.event import Event, EventStatus, stored_data, within_max_hold
from loyalty.domain.events.schemas import EmitEventRequest, redemptions
from loyalty.domain.events.sharing import shares_of
from loyalty.domain.ids import derived
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.limits.counters import add_counters, drop_oldest, of_history
from loyalty.domain.limits.usage import Usage
from loyalty.domain.money import ZERO, has_decimals, normalize
from loyalty.domain.offers import (
    MAX_REDEEMED_OFFERS,
    UNRANKED,
    Offer,
    OfferRecord,
    Offers,
    after_event,
    refuse_unredeemable,
    room_for_offers,
)
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.rewards import Reward
from loyalty.domain.rules.evaluator import Evaluation
from loyalty.domain.rules.results import CampaignResult
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.times import DEFAULT_HOLD, MAX_CLOCK_SKEW, MAX_REPORT_DELAY
from loyalty.domain.wallet.lots import Hold, Lot
from loyalty.domain.wallet.update import WalletUpdate, balances, begin_update


class _Redeemed(NamedTuple):
    """The offers that an event redeems, and the parts of lots."""

    offers: tuple[Offer, ...] = ()
    lots: tuple[Lot, ...] = ()

    @property
    def offer_ids(self) -> tuple[str, ...]:
        """The ids of the offers."""
        return tuple(offer.offer_id for offer in self.offers)


class EmitDecision(NamedTuple):
    """A new event, the customer after it, what it does to budgets, and how campaigns were evaluated."""

    event: Event
    customer: Customer
    budget: BudgetReservation
    evaluation: Evaluation | None = None


def emit(
    request: EmitEventRequest,
    sent: Mapping[str, Any],
    customer: Customer,
    brand: Brand,
    rules: Ruleset,
    *,
    event_id: str,
    fingerprint: str,
    now: datetime,
    budget: BudgetReservation,
    history: bool = False,
) -> EmitDecision:
    """Decide what an event does: it redeems first, then earns. If it is not fulfilled yet, a hold reserves both.

    `sent` is the request as it came: campaigns see it, and it is stored. `budget` has the budgets that were read. A
    disabled brand still records events but evaluates no campaigns, and nothing is redeemed. One of `history` may have
    happened at any time in the past.

    Raises ValidationError for times out of range and unknown rewards, InsufficientBalanceError, TooManyHoldsError,
    TooManyLotsError, and NeedsAllShards or BudgetFragmented for budgets.
    """
    issued_at = _issued_at(request, now, history=history)
    standby = request.fulfilled is False
    deadline = _deadline(request, now) if standby else None
    update = begin_update(customer.wallet, now)
    customer = customer.without_released_usage(update).refund_budgets(budget)
    rewards, redeemed = rules.catalog.rewards, _Redeemed()
    evaluation: Evaluation | None = None
    if brand.enabled:
        redeemed = _redeem(update, request, customer.offers, rewards, event_id, held=standby)
        evaluation = evaluate_event(request.type, sent, customer, brand, rules, issued_at, budget)
    results = evaluation.rewarded if evaluation else []
    earned_lots = tuple(lot for result in results for lot in result.lots)
    lots = tuple(lot.as_of(now) for lot in earned_lots)
    update.refuse_too_many_lots(lots)
    # If several campaigns set the same tag, the first one decides.
    tags = {name: value for result in results[::-1] for name, value in result.tags.items()}
    granted_offers = tuple(_granted_offers(results, event_id, customer, brand, rules, issued_at, now))
    usage, customer = _count(customer, request.type, evaluation, rules, now, issued_at if history else None)
    replaced_tags: dict[str, Any] = {}
    if deadline:
        hold = Hold(deadline, redeemed.lots, lots, usage, redeemed.offer_ids, customer.version + 1)
        update.open_hold(event_id, hold)
    else:
        update.grant(lots, event_id)
        customer, replaced_tags = customer.with_tags(tags)
        new_offers = [record.offer for record in granted_offers]
        customer = replace(customer, offers=after_event(customer.offers, event_id, redeemed.offer_ids, new_offers))
    balances_after = tuple(balances(update.wallet, now))
    event = Event(
        event_id=event_id,
        brand_id=brand.brand_id,
        customer_id=customer.customer_id,
        type=request.type,
        data=stored_data(sent),
        evaluated=brand.enabled,
        standby=standby,
        reserve=request.reserve or 1,
        issued_at=issued_at,
        recorded_at=now,
        fingerprint=fingerprint,
        campaign_ids=tuple(result.campaign_id for result in results),
        pending=lots if standby else (),
        entries=tuple(update.entries),
        closed_holds=tuple(update.closed_holds),
        sequence=customer.version + 1,
        previous=customer.previous,
        first_balances=balances_after,
        first_deadline=deadline,
        status=EventStatus.PENDING if standby else EventStatus.RESOLVED,
        deadline=deadline,
        balances=balances_after,
        resolved_at=None if standby else now,
        replaced_tags=replaced_tags,
        usage=usage,
        tags=tags,
        redeemed_offers=redeemed.offers,
        granted_offers=granted_offers,
        shortfalls=update.new_shortfalls,
        without_debt=_without_debt(lots, rewards),
        vested=tuple(update.vested),
        shares=shares_of(request, earned_lots, redeemed.lots, rewards, evaluation),
        history=history,
    )
    return EmitDecision(event, customer.with_record(event_id, update, () if standby else lots), budget, evaluation)


def _without_debt(lots: Sequence[Lot], rewards: Mapping[str, Reward]) -> tuple[str, ...]:
    """The rewards of these lots that allow no debt."""
    granted = [rewards.get(reward_id) for reward_id in dict.fromkeys(lot.reward_id for lot in lots)]
    return tuple(reward.reward_id for reward in granted if reward and not reward.allow_negative)


def evaluate_event(
    type_: str,
    sent: Mapping[str, Any],
    customer: Customer,
    brand: Brand,
    rules: Ruleset,
    issued_at: datetime,
    budget: BudgetReservation,
) -> Evaluation:
    """The result of each campaign for an event. Raises NeedsAllShards, BudgetFragmented, ValidationError."""
    facts = facts_of(type_, sent, customer, brand.tz, issued_at)
    max_offers = room_for_offers(customer.offers, issued_at)
    return rules.evaluate(type_, facts, issued_at, customer.usage, budget, max_offers)


def facts_of(
    type_: str, sent: Mapping[str, Any], customer: Customer, tz: ZoneInfo, issued_at: datetime
) -> dict[str, Any]:
    """What conditions and effects see of an event: what was sent, the defaults of what was not, and its customer."""
    defaults = {"issued_at": issued_at, "fulfilled": sent.get("fulfilled") is not False}
    return {**sent, **defaults, "customer": customer.facts(type_, issued_at, tz)}


def _granted_offers(
    results: Sequence[CampaignResult],
    event_id: str,
    customer: Customer,
    brand: Brand,
    rules: Ruleset,
    issued_at: datetime,
    now: datetime,
) -> Iterator[OfferRecord]:
    """The offers that campaigns grant, made from the config offers of now even if the event is resolved later."""
    for result in results:
        for i, effect in enumerate(result.offers):
            config = rules.catalog.config_offers[effect.offer]
            offer = Offer(
                derived(event_id, result.campaign_id, str(i)),
                effect.offer,
                customer.customer_id,
                issued_at,
                effect.ends_at(issued_at, brand.tz),
                UNRANKED,
            )
            yield OfferRecord(offer, config.name, now, config.benefits, "campaign", result.campaign_id)


def _count(
    customer: Customer,
    type_: str,
    evaluation: Evaluation | None,
    rules: Ruleset,
    now: datetime,
    history_of: datetime | None,
) -> tuple[Usage, Customer]:
    """What the event uses of limits, and the customer after that, without counters that no campaign needs any more.

    `history_of` is when an event of history happened: campaigns that ran then need their counters for what comes next.
    """
    event_types = customer.count_event_type(type_)
    if evaluation is None:
        progress = add_counters(customer.usage.progress, event_types)
        return Usage(event_types), replace(customer, usage=customer.usage._replace(progress=progress))
    usage = evaluation.usage._replace(progress={**evaluation.usage.progress, **event_types})
    if history_of:
        usage = usage._replace(limits=of_history(usage.limits))
    limits = add_counters(customer.usage.limits, usage.limits)
    for campaign in (result.campaign for result in evaluation.rewarded):
        if campaign.recurrence:
            used = limits[campaign.usage_key]
            limits[campaign.usage_key] = campaign.recurrence.active(used, now, campaign.tz)
    progress, limits = (
        {name: counted for name, counted in counters.items() if rules.counts(name, history_of or now)}
        for counters in (add_counters(evaluation.progress, event_types), limits)
    )
    return usage, replace(customer, usage=customer.usage._replace(progress=drop_oldest(progress), limits=limits))


def _redeem(
    update: WalletUpdate,
    request: EmitEventRequest,
    offers: Offers,
    rewards: Mapping[str, Reward],
    event_id: str,
    *,
    held: bool,
) -> _Redeemed:
    """Redeem what the request names: offers by the id of one that has not ended, else points by that of a reward."""
    problems: list[FieldProblem] = []
    wanted_offers: dict[str, Offer] = {}
    wanted_points: dict[str, Decimal] = {}
    for path, redemption in redemptions(request):
        offer, reward = offers.get(redemption.id), rewards.get(redemption.id)
        if offer and not offer.has_ended(update.now):
            if redemption.amount != 1 or offer.offer_id in wanted_offers:
                problems.append(FieldProblem(f"{path}.amount", "must be 1: an offer is redeemed whole, and once"))
            wanted_offers[offer.offer_id] = offer
            continue
        if reward is None:
            problem = "is not a reward of this brand or an offer the customer has now"
            problems.append(FieldProblem(f"{path}.id", problem))
        elif has_decimals(redemption.amount, reward.decimals):
            problems.append(FieldProblem(f"{path}.amount", f"must have at most {reward.decimals} decimals"))
        wanted_points[redemption.id] = normalize(wanted_points.get(redemption.id, ZERO) + redemption.amount)
    if len(wanted_offers) > MAX_REDEEMED_OFFERS:
        problems.append(FieldProblem("redeem", f"must name at most {MAX_REDEEMED_OFFERS} offers"))
    if problems:
        raise ValidationError(*problems)
    for offer in wanted_offers.values():
        refuse_unredeemable(offer, update.wallet.held_offers, update.now)
    parts = [update.redeem(reward_id, amount, event_id, held=held) for reward_id, amount in wanted_points.items()]
    return _Redeemed(tuple(wanted_offers.values()), tuple(lot for lots in parts for lot in lots))


def _issued_at(request: EmitEventRequest, now: datetime, *, history: bool) -> datetime:
    issued_at = request.issued_at or now
    if issued_at > now + MAX_CLOCK_SKEW:
        raise invalid("issued_at", "must not be more than 5 minutes in the future")
    if issued_at > now:
        return now
    if issued_at < now - MAX_REPORT_DELAY and not history:
        raise invalid("issued_at", "must be within the last 72 hours")
    return issued_at


def _deadline(request: EmitEventRequest, now: datetime) -> datetime:
    until = request.reserve_until
    if until is None:
        return now + DEFAULT_HOLD * (request.reserve or 1)
    if until <= now:
        raise invalid("reserve_until", "must be in the future")
    return within_max_hold("reserve_until", until, now)
