"""What clients see of why an event did what it did, and of what its parts took."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pydantic.json_schema import SkipJsonSchema

from loyalty.domain.events.event import Event
from loyalty.domain.events.parts import Part, taken_lots
from loyalty.domain.events.responses import PartOfLineResponse
from loyalty.domain.money import round_half_up
from loyalty.domain.orders import order_in
from loyalty.domain.rules.explanation_responses import CampaignExplanationResponse
from loyalty.domain.schemas import Answer, Number, Time, to_time
from loyalty.domain.wallet.lots import Lot

Json = dict[str, Any]


class TakenResponse(Answer):
    """An amount that a part has taken."""

    reward_id: str
    """Of which reward."""
    campaign_id: str | None
    """The campaign that had granted it."""
    amount: Number
    """How much."""


class PartExplanationResponse(Answer):
    """A part of an order, and what it took of all that the event did."""

    at: Time
    """When it was told."""
    unfulfilled: bool
    """Whether it did not ship when the event was fulfilled; else it came back."""
    reason: str | None
    """Why it came back."""
    products: list[PartOfLineResponse]
    """What of which lines."""
    value: Number
    """How much of the order's value, where that was told instead."""
    accumulations: list[TakenResponse]
    """What it took of what the event had earned."""
    redemptions: list[TakenResponse]
    """What came back of what the event had spent."""


class RescueResponse(Answer):
    """Who paid an event that had expired, and why."""

    at: Time
    """When it was rescued."""
    key_id: str
    """The id of the API key that the call was made with."""
    reason: str
    """Why, as it was sent."""


class ExplanationResponse(Answer):
    """What each campaign of its type made of an event."""

    event_id: str
    """The event's id."""
    type: str
    """What it was."""
    evaluated: bool
    """Whether campaigns were asked."""
    rescue: RescueResponse | SkipJsonSchema[None] = None
    """Who paid it after it had expired; left out if nobody did."""
    campaigns: list[CampaignExplanationResponse]
    """What each of them made of it."""
    parts: list[PartExplanationResponse]
    """What parts of its order did not ship or came back, oldest first, and what each of them took."""


def explanation_response(event: Event, campaigns: Sequence[Json]) -> Json:
    """An ExplanationResponse."""
    rescue = event.rescue
    rescued = {"at": to_time(rescue.at), "key_id": rescue.key_id, "reason": rescue.reason} if rescue else None
    return {
        "event_id": event.event_id,
        "type": event.type,
        "evaluated": event.evaluated,
        **({"rescue": rescued} if rescued else {}),
        "campaigns": list(campaigns),
        "parts": [_explained_part(event, part) for part in event.parts],
    }


def _explained_part(event: Event, part: Part) -> Json:
    """A PartExplanationResponse."""
    order = order_in(event.data)
    lines = order.lines if order else ()
    return {
        "at": to_time(part.at),
        "unfulfilled": part.unfulfilled,
        "reason": part.reason,
        "products": [
            {"sku": line.sku, "amount": round_half_up(part.lines[str(i)])}
            for i, line in enumerate(lines)
            if str(i) in part.lines
        ],
        "value": round_half_up(part.value),
        "accumulations": _taken(event.promised_lots, part.granted),
        "redemptions": _taken(event.reserved_lots, part.redeemed),
    }


def _taken(lots: Sequence[Lot], amounts: Sequence[Decimal]) -> list[Json]:
    return [
        {"reward_id": lot.reward_id, "campaign_id": lot.campaign_id, "amount": lot.amount}
        for lot in taken_lots(lots, amounts)
    ]
