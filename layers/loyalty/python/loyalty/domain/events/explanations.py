"""What clients see of why an event did what it did, and of what its parts took."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from loyalty.domain.events.event import Event
from loyalty.domain.events.parts import Part, taken_lots
from loyalty.domain.money import round_half_up
from loyalty.domain.orders import order_in
from loyalty.domain.schemas import to_time
from loyalty.domain.wallet.lots import Lot

Json = dict[str, Any]


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
