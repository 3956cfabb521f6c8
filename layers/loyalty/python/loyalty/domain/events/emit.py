"""What an event does, decided purely: redeems first, then earns; held until fulfilled if it is not fulfilled yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import FieldProblem, ValidationError, invalid
from loyalty.domain.ids import derived
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.limits.counters import add_counters, drop_oldest
from loyalty.domain.limits.usage import Usage
from loyalty.domain.money import ZERO, has_decimals, normalize
from loyalty.domain.offers import (
    MAX_REDEEMED_OFFERS,
    UNRANKED,
    Offer,
    OfferRecord,
    Offers,
    redeemed,
    refuse_unredeemable,
    room_for_offers,
)
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.rewards import Reward
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.times import DEFAULT_HOLD, MAX_REPORT_DELAY
from loyalty.domain.wallet.lots import Hold, Lot
from loyalty.domain.wallet.update import WalletUpdate, balances

if TYPE_CHECKING:  # named, not made here: what only ends events starts without campaigns
    from loyalty.domain.rules.evaluator import Evaluation

from loyalty.domain.events.event import Event, EventStatus, stored_data, within_max_hold
from loyalty.domain.events.schemas import EmitEventRequest, Redemption


class Redeem(NamedTuple):
    """One thing to be spent, and where in the request it stood."""

    path: str
    reward_id: str
    amount: Decimal


class EmitDecision(NamedTuple):
    """An event to be stored with the customer it leaves behind, what it takes of budgets, and why."""

    event: Event
    customer: Customer
    budget: BudgetReservation
    evaluation: "Evaluation | None" = None


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
    budget: BudgetReservation | None = None,
) -> EmitDecision:
    """What an event does: redeems first, then earns; held until fulfilled if it is not fulfilled yet.

    `sent` is the request as it came: what campaigns see, and what is kept. `budget` is what was read of budgets. Raises
    ValidationError for times out of range and unknown rewards, InsufficientBalanceError, TooManyHoldsError, and
    NeedsAllShards if a budget has to be known better.
    A disabled brand records the event, and nothing of it is used but that it was there.
    """
    issued_at = _issued_at(request, now)
    standby = request.fulfilled is False
    deadline = _deadline(request, now) if standby else None
    ledger = WalletUpdate(customer.wallet, now)
    ledger.release_expired_holds()
    budget = budget or BudgetReservation()
    customer = customer.without_released_usage(ledger).refund_budgets(budget)
    taken: tuple[Lot, ...] = ()
    offers: tuple[Offer, ...] = ()
    evaluation: Evaluation | None = None
    lots: tuple[Lot, ...] = ()
    counts = Usage()
    tags: dict[str, Any] = {}
    gives: tuple[OfferRecord, ...] = ()
    if brand.enabled:
        offers, taken = _redeem(
            ledger, list(redemptions(request)), customer.offers, rules.catalog.rewards, event_id, held=standby
        )
        evaluation = evaluate_event(request.type, sent, customer, brand, rules, issued_at, budget)
        lots = tuple(lot for verdict in evaluation.rewarded for lot in verdict.lots)
        # Where two campaigns set the same tag, the first of them does.
        tags = {name: value for one in evaluation.rewarded[::-1] for name, value in one.tags.items()}
        gives = tuple(_given(evaluation, event_id, customer, brand, rules, issued_at, now))
        counts, customer = _counted(evaluation, request.type, customer, rules, now)
    else:
        counts = Usage(customer.count_event_type(request.type))
        progress = add_counters(customer.usage.progress, counts.progress)
        customer = replace(customer, usage=customer.usage._replace(progress=progress))
    tagged, replaced = customer.with_tags({} if standby else tags)
    names = tuple(one.offer_id for one in offers)
    if deadline:
        ledger.open_hold(event_id, Hold(deadline, taken, lots, counts, names))
    else:
        ledger.grant(lots, event_id)
        given = {one.offer.offer_id: one.offer for one in gives}
        tagged = replace(tagged, offers=redeemed(tagged.offers, names, event_id) | given)
    sums = tuple(balances(ledger.wallet, now))
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
        campaign_ids=tuple(one.campaign_id for one in evaluation.rewarded) if evaluation else (),
        pending=lots if standby else (),
        entries=tuple(ledger.entries),
        closed_holds=tuple(ledger.closed_holds),
        sequence=customer.version + 1,
        previous=customer.previous,
        first_balances=sums,
        first_deadline=deadline,
        status=EventStatus.PENDING if standby else EventStatus.RESOLVED,
        deadline=deadline,
        balances=sums,
        resolved_at=None if standby else now,
        replaced_tags=replaced,
        usage=counts,
        tags=tags,
        redeemed_offers=offers,
        granted_offers=gives,
    )
    return EmitDecision(event, tagged.with_record(event_id, ledger, () if standby else lots), budget, evaluation)


def evaluate_event(
    type_: str,
    sent: Mapping[str, Any],
    customer: Customer,
    brand: Brand,
    rules: Ruleset,
    issued_at: datetime,
    budget: BudgetReservation,
) -> "Evaluation":
    """What each campaign of that trigger makes of an event. Raises NeedsAllShards if the shards read are short."""
    # What was left out is what it stands for: conditions see the event as it is recorded.
    said = {"issued_at": issued_at, "fulfilled": sent.get("fulfilled") is not False}
    facts = {**sent, **said, "customer": customer.facts(type_, issued_at, brand.tz)}
    room = room_for_offers(customer.offers, issued_at)
    return rules.evaluate(type_, facts, issued_at, customer.usage, budget, room)


def _given(
    evaluation: "Evaluation",
    event_id: str,
    customer: Customer,
    brand: Brand,
    rules: Ruleset,
    issued_at: datetime,
    now: datetime,
) -> Iterator[OfferRecord]:
    """The offers that campaigns give: made of what the config offers are now, whenever the event is resolved."""
    for verdict in evaluation.rewarded:
        for i, effect in enumerate(verdict.offers):
            config = rules.catalog.config_offers[effect.offer]
            offer = Offer(
                derived(event_id, verdict.campaign_id, str(i)),
                effect.offer,
                customer.customer_id,
                issued_at,
                effect.ends_at(issued_at, brand.tz),
                UNRANKED,
            )
            yield OfferRecord(offer, config.name, now, config.benefits, "campaign", verdict.campaign_id)


def _counted(
    evaluation: "Evaluation", type_: str, customer: Customer, rules: Ruleset, now: datetime
) -> tuple[Usage, Customer]:
    """What the event counts, and the customer who has counted it; of campaigns that are over nothing is kept."""
    own = customer.count_event_type(type_)
    counts = evaluation.usage._replace(progress={**evaluation.usage.progress, **own})
    limits = add_counters(customer.usage.limits, counts.limits)
    for verdict in evaluation.rewarded:
        campaign = verdict.campaign
        if campaign.recurrence:
            used = limits[campaign.usage_key]
            limits[campaign.usage_key] = campaign.recurrence.active(used, now, campaign.tz)
    progress, limits = (
        {name: cells for name, cells in tallies.items() if rules.counts(name, now)}
        for tallies in (add_counters(evaluation.progress, own), limits)
    )
    return counts, replace(customer, usage=customer.usage._replace(progress=drop_oldest(progress), limits=limits))


def redemptions(request: EmitEventRequest) -> Iterator[Redeem]:
    """Everything an event redeems, at every level: the event, the product, the order, its shipping, its products."""
    yield from _redemptions_at("redeem", request.redeem)
    if request.product:
        yield from _redemptions_at("product.redeem", request.product.redeem)
    if request.order:
        yield from _redemptions_at("order.redeem", request.order.redeem)
        if request.order.shipping:
            yield from _redemptions_at("order.shipping.redeem", request.order.shipping.redeem)
        for i, product in enumerate(request.order.products or ()):
            yield from _redemptions_at(f"order.products.{i}.redeem", product.redeem)


def _redemptions_at(path: str, redemptions: Sequence[Redemption] | None) -> Iterator[Redeem]:
    for i, redemption in enumerate(redemptions or ()):
        yield Redeem(f"{path}.{i}", redemption.id, redemption.amount)


def _redeem(
    ledger: WalletUpdate,
    wanted: list[Redeem],
    offers: Offers,
    rewards: Mapping[str, Reward],
    event_id: str,
    *,
    held: bool,
) -> tuple[tuple[Offer, ...], tuple[Lot, ...]]:
    """The offers and the parts of lots that are redeemed; an id is an offer's while it lives, or else a reward's."""
    problems: list[FieldProblem] = []
    found: dict[str, Offer] = {}
    sums: dict[str, Decimal] = {}
    for one in wanted:
        offer, reward = offers.get(one.reward_id), rewards.get(one.reward_id)
        if offer and not offer.has_ended(ledger.now):
            if one.amount != 1 or one.reward_id in found:
                problems.append(FieldProblem(f"{one.path}.amount", "must be 1: an offer is redeemed whole, and once"))
            found[one.reward_id] = offer
            continue
        if reward is None:
            problems.append(
                FieldProblem(f"{one.path}.id", "is not a reward of this brand or an offer the customer has now")
            )
        elif has_decimals(one.amount, reward.decimals):
            problems.append(FieldProblem(f"{one.path}.amount", f"must have at most {reward.decimals} decimals"))
        sums[one.reward_id] = normalize(sums.get(one.reward_id, ZERO) + one.amount)
    if len(found) > MAX_REDEEMED_OFFERS:
        problems.append(FieldProblem("redeem", f"must name at most {MAX_REDEEMED_OFFERS} offers"))
    if problems:
        raise ValidationError(*problems)
    for offer in found.values():
        refuse_unredeemable(offer, ledger.wallet.held_offers, ledger.now)
    parts = [ledger.redeem(reward_id, amount, event_id, held=held) for reward_id, amount in sums.items()]
    return tuple(found.values()), tuple(lot for taken in parts for lot in taken)


def _issued_at(request: EmitEventRequest, now: datetime) -> datetime:
    issued_at = request.issued_at or now
    if issued_at > now:
        raise invalid("issued_at", "must not be in the future")
    if issued_at < now - MAX_REPORT_DELAY:
        raise invalid("issued_at", "must be within the last 72 hours")
    return issued_at


def _deadline(request: EmitEventRequest, now: datetime) -> datetime:
    until = request.reserve_until
    if until is None:
        return now + DEFAULT_HOLD * (request.reserve or 1)
    if until <= now:
        raise invalid("reserve_until", "must be in the future")
    return within_max_hold("reserve_until", until, now)
