"""What clients see of events: in the shape of Masivo's API, and in that of Gameball's for batches."""

from typing import Any

from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.parts import RemainingOrder
from loyalty.domain.money import ZERO, normalize, round_half_up, total
from loyalty.domain.offers import Offer, OfferRecord
from loyalty.domain.orders import order_in
from loyalty.domain.schemas import Answer, Number, Time, to_time
from loyalty.domain.wallet.lots import Lot
from loyalty.domain.wallet.responses import BalanceResponse, balance_response

Json = dict[str, Any]


class MovementResponse(Answer):
    """An amount that an event has moved."""

    amount: Number
    """How much; 1 of an offer."""
    reward_id: str
    """Of which reward; for an offer that was redeemed the offer's id."""
    campaign_id: str | None
    """The campaign that granted it."""
    brand_id: str
    """The brand whose reward it is."""
    issued_at: Time
    """When it was earned."""
    expiration_date: Time | None
    """When it ends; null for never."""
    available_from: Time | None
    """From when it can be spent, pending until then; null if it can be at once."""
    reservation_expires_at: Time | None
    """When the hold ends that it is in; null if it is in none."""


class GivenOfferResponse(Answer):
    """An offer that an event has given."""

    id: str
    """The offer's id."""
    config_id: str
    """The config offer it was made of."""
    campaign_id: str
    """The campaign that gave it."""
    starts_at: Time
    """From when it can be redeemed."""
    ends_at: Time
    """Until before when it can be redeemed."""


class EventWalletResponse(Answer):
    """What the customer had after an event."""

    totals: list[BalanceResponse]
    """The sums by reward."""


class ResultResponse(Answer):
    """What an event did."""

    accumulations: list[MovementResponse]
    """What it earned, or promises."""
    redemptions: list[MovementResponse]
    """What it spent, or holds."""
    offers: list[GivenOfferResponse]
    """The offers it gave, or will give when it is fulfilled."""
    wallet: EventWalletResponse
    """What the customer had after it."""


class PartOfLineResponse(Answer):
    """So many of one line of an order."""

    sku: str | None
    """Which product."""
    amount: Number
    """How many of it."""


class EventResponse(Answer):
    """Something that a customer did, and what came of it."""

    id: str
    """The event's id."""
    customer_id: str
    """Who did it."""
    brand_id: str
    """The brand whose customer it was."""
    type: str
    """What it was."""
    status: EventStatus
    """Where it is in its life."""
    evaluated: bool
    """Whether campaigns were asked; those of a disabled brand are not."""
    fulfilled: bool
    """Whether it has paid."""
    reserve: int
    """How many days it was to be held."""
    reservation_expires_at: Time | None
    """When its hold ends; null if it was never held."""
    data: dict[str, Any]
    """What was sent."""
    rewarding_campaigns: list[str]
    """The campaigns that rewarded it."""
    result: ResultResponse
    """What it did."""
    issued_at: Time
    """When it happened."""
    resolved_at: Time | None
    """When it was resolved."""
    cancelled_at: Time | None
    """When it was cancelled."""
    expired_at: Time | None
    """When it expired."""
    reversed_at: Time | None
    """When it was reversed."""
    rescued_at: Time | None
    """When it was paid although it had expired."""
    reason: str | None
    """Why it was cancelled, reversed or rescued."""
    unfulfilled: list[PartOfLineResponse]
    """What of its order did not ship, line by line, and was not paid; empty if all of it was."""
    returned: list[PartOfLineResponse]
    """What of its order has come back, line by line; of a REVERSED event, all that shipped."""
    returned_value: Number
    """How much of the order's value was given back by value, beside its lines."""


class FoundEventsResponse(Answer):
    """The events of a purchase."""

    data: list[EventResponse]
    """Those that have the number now, or had it before they were cancelled or expired; newest first."""


def event_response(event: Event) -> Json:
    """An EventResponse."""
    held_until = to_time(event.deadline) if event.standby else None
    return {
        "id": event.event_id,
        "customer_id": event.customer_id,
        "brand_id": event.brand_id,
        "type": event.type,
        "status": event.status,
        "evaluated": event.evaluated,
        "fulfilled": event.status in (EventStatus.RESOLVED, EventStatus.REVERSED),
        "reserve": event.reserve,
        "reservation_expires_at": held_until,
        "data": event.data,
        "rewarding_campaigns": list(event.campaign_ids),
        "result": {
            "accumulations": [movement_response(lot, event, held_until) for lot in event.granted_lots],
            "redemptions": [
                *(movement_response(lot, event, held_until) for lot in event.redeemed_lots),
                *(_redeemed_offer(offer, event, held_until) for offer in event.redeemed_offers),
            ],
            "offers": [_given_offer(given) for given in event.granted_offers],
            "wallet": {"totals": [balance_response(balance) for balance in event.balances]},
        },
        "issued_at": to_time(event.issued_at),
        "resolved_at": to_time(event.resolved_at),
        "cancelled_at": _ended_at(event, EventStatus.CANCELLED),
        "expired_at": _ended_at(event, EventStatus.EXPIRED),
        "reversed_at": _ended_at(event, EventStatus.REVERSED),
        "rescued_at": to_time(event.rescue.at if event.rescue else None),
        "reason": event.reason,
        **_parts(event),
    }


def _parts(event: Event) -> Json:
    order = order_in(event.data) if event.parts or event.status is EventStatus.REVERSED else None
    if order is None:  # only orders have parts
        return {"unfulfilled": [], "returned": [], "returned_value": ZERO}
    remaining = RemainingOrder(order, event.parts)
    delivered = RemainingOrder(order, [part for part in event.parts if part.unfulfilled])
    unfulfilled, returned = [], []
    for i, line in enumerate(order.lines):
        shipped = delivered.left_of(i)
        left = ZERO if event.status is EventStatus.REVERSED else remaining.left_of(i)
        unfulfilled.append({"sku": line.sku, "amount": normalize(line.amount - shipped)})
        returned.append({"sku": line.sku, "amount": normalize(shipped - left)})
    return {
        "unfulfilled": [one for one in unfulfilled if one["amount"]],
        "returned": [one for one in returned if one["amount"]],
        "returned_value": round_half_up(total(part.value for part in event.returned)),
    }


def movement_response(lot: Lot, event: Event, held_until: str | None) -> Json:
    """A MovementResponse."""
    return {
        "amount": lot.amount,
        "reward_id": lot.reward_id,
        "campaign_id": lot.campaign_id,
        "brand_id": event.brand_id,
        "issued_at": to_time(lot.issued_at),
        "expiration_date": to_time(lot.expires_at),
        "available_from": to_time(lot.available_from),
        "reservation_expires_at": held_until,
    }


def _redeemed_offer(offer: Offer, event: Event, held_until: str | None) -> Json:
    return {
        "amount": 1,
        "reward_id": offer.offer_id,
        "campaign_id": None,
        "brand_id": event.brand_id,
        "issued_at": to_time(offer.starts_at),
        "expiration_date": to_time(offer.ends_at),
        "available_from": None,
        "reservation_expires_at": held_until,
    }


def _given_offer(given: OfferRecord) -> Json:
    return {
        "id": given.offer.offer_id,
        "config_id": given.offer.config_id,
        "campaign_id": given.reference,
        "starts_at": to_time(given.offer.starts_at),
        "ends_at": to_time(given.offer.ends_at),
    }


def _ended_at(event: Event, status: EventStatus) -> str | None:
    return to_time(event.ended_at) if event.status is status else None
