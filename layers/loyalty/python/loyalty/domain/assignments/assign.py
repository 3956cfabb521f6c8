"""What a marketing tool's request for an offer or points does to its customer, as a pure decision."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from loyalty.domain import ids
from loyalty.domain.assignments.traces import AssignmentKind, AssignmentRequest, AssignmentTrace, assigned
from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import InsufficientBalanceError, TooManyLotsError
from loyalty.domain.events.changes import Change, assign_offer, assign_points
from loyalty.domain.offers import UNRANKED, Offer, OfferRecord, TooManyOffers, validity
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.times import expiry, parse_period, to_millis
from loyalty.domain.wallet.lots import Lot


@dataclass(frozen=True)
class Assignment:
    """The change of the customer, the trace after it, and the record of the new offer if the request was for one."""

    change: Change
    trace: AssignmentTrace
    record: OfferRecord | None = None


class AssignmentRefused(Exception):
    """The request can never succeed. The message gives the reason, for people."""


def assign(
    trace: AssignmentTrace, attempt: int, customer: Customer | None, brand: Brand, catalog: Catalog, now: datetime
) -> Assignment:
    """Give the customer what the request asks for. Raises AssignmentRefused."""
    if customer is None:
        raise AssignmentRefused("the customer is no longer there")
    if trace.request.kind is AssignmentKind.POINTS:
        change = _points(trace.request, customer, brand, catalog, now)
        return Assignment(change, assigned(trace, attempt, now, None))
    change, record = _offer(trace.request, customer, brand, catalog, now)
    return Assignment(change, assigned(trace, attempt, now, record.offer.offer_id), record)


def _offer(
    request: AssignmentRequest, customer: Customer, brand: Brand, catalog: Catalog, now: datetime
) -> tuple[Change, OfferRecord]:
    fields = request.fields
    config = catalog.config_offers.get(fields["configId"])
    if config is None or not config.active:
        problem = "is not active any more" if config else "has been deleted"
        raise AssignmentRefused(f"the config offer {fields['configId']} {problem}")
    days = fields["ruleParams"]
    starts, ends = validity(days, brand.tz)
    # The id is derived from the request, so that a message delivered twice is the same offer. The time is part of it
    # because an idempotency key may be used again once its trace has been deleted.
    offer_id = ids.derived(request.brand_id, "offer", request.trace_id, str(to_millis(request.accepted_at)))
    rank = fields.get("rank") or UNRANKED
    offer = Offer(offer_id, config.config_id, customer.customer_id, starts, ends, rank)
    if offer.has_ended(now):
        raise AssignmentRefused(f"the offer ended with {days['endDate']}, before it could be assigned")
    source, reference = fields["source"], fields.get("reference")
    record = OfferRecord(offer, config.name, now, config.benefits, source, reference, request.trace_id)
    try:
        return assign_offer(customer, offer, now), record
    except TooManyOffers as refusal:
        raise AssignmentRefused(str(refusal)) from None


def _points(request: AssignmentRequest, customer: Customer, brand: Brand, catalog: Catalog, now: datetime) -> Change:
    fields = request.fields
    reward = catalog.rewards.get(fields["rewardId"])
    if reward is None:
        raise AssignmentRefused(f"the reward {fields['rewardId']} has been deleted")
    ends = expiry(now, parse_period(reward.expires_in), brand.tz) if reward.expires_in else None
    lot = Lot(reward.reward_id, Decimal(fields["pointsEarned"]), None, now, ends)
    try:
        change = assign_points(customer, lot, now, allow_negative=reward.allow_negative)
    except (InsufficientBalanceError, TooManyLotsError) as refusal:
        raise AssignmentRefused(f"{refusal.code}: {refusal.message}") from None
    origin = {"trace_id": request.trace_id, "source": fields["source"], "reference": fields.get("reference")}
    return change._replace(record=change.record._replace(**origin))
