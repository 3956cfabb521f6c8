"""What clients see of a campaign that was tried on events of the past."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from loyalty.domain.errors import FieldProblem
from loyalty.domain.events.trial import Tried
from loyalty.domain.money import ZERO, normalize
from loyalty.domain.rules.explanation_responses import CampaignExplanationResponse
from loyalty.domain.rules.outcomes import Outcome
from loyalty.domain.schemas import Answer, Number, Time, WarningResponse, to_time, warnings_response

Json = dict[str, Any]


class TriedEffectResponse(Answer):
    """An amount that it would have granted for an event."""

    reward_id: str
    """Of which reward."""
    amount: Number
    """How much."""
    expiration_date: Time | None
    """When it would end; null if it would not."""
    available_from: Time | None
    """From when it could be spent; null if it could be at once."""


class TriedEventResponse(Answer):
    """What it would have made of one event."""

    event_id: str
    """The event's id."""
    type: str
    """What it was."""
    issued_at: Time
    """When it happened; the campaign is evaluated as of then."""
    matched: bool
    """Whether it would have been rewarded; if not, the explanation says why."""
    certain: bool
    """False if that depends on what the customer did before the events that were tried. It is then told as if that had
    been nothing."""
    effects: list[TriedEffectResponse]
    """What it would have granted; tags and offers are in the explanation."""
    explanation: CampaignExplanationResponse | None
    """Why, as it would be kept with the event; null if the campaign is too long to be explained."""


class TriedTotalResponse(Answer):
    """What it would have granted of one reward."""

    reward_id: str
    """Of which reward."""
    amount: Number
    """How much for all of the events."""


class TrialResponse(Answer):
    """What a campaign would have done."""

    events: list[TriedEventResponse]
    """The customer's last events of its trigger's type, newest first by when they happened."""
    granted: list[TriedTotalResponse]
    """What it would have granted for all of them, by reward."""
    complete: bool
    """Whether these are all events of its type that the customer has, so that all counts are certain."""
    passed_over: int
    """How many events of other types were read on the way; the campaign is not asked about them."""


class TryCampaignResponse(Answer):
    """What a campaign would have done, and what may be wrong with it."""

    data: TrialResponse
    """What it would have done."""
    warnings: list[WarningResponse]
    """Fields that no request is known to have, such as `campaign.rules.0.…`; mostly none."""


def trial_response(
    tried: Sequence[Tried], *, complete: bool, passed_over: int, warnings: Iterable[FieldProblem]
) -> Json:
    """A TryCampaignResponse."""
    granted: dict[str, Decimal] = {}
    for lot in (lot for one in tried for lot in one.result.lots):
        granted[lot.reward_id] = normalize(granted.get(lot.reward_id, ZERO) + lot.amount)
    data = {
        "events": list(map(_tried_event, tried)),
        "granted": [{"reward_id": id_, "amount": amount} for id_, amount in sorted(granted.items())],
        "complete": complete,
        "passed_over": passed_over,
    }
    in_request = [one._replace(field=f"campaign.{one.field}") for one in warnings]
    return {"data": data, "warnings": warnings_response(in_request)}


def _tried_event(tried: Tried) -> Json:
    event, result, evaluation, is_certain = tried
    return {
        "event_id": event.event_id,
        "type": event.type,
        "issued_at": to_time(event.issued_at),
        "matched": result.outcome is Outcome.REWARDED,
        "certain": is_certain,
        "effects": [
            {
                "reward_id": lot.reward_id,
                "amount": lot.amount,
                "expiration_date": to_time(lot.expires_at),
                "available_from": to_time(lot.available_from),
            }
            for lot in result.lots
        ],
        "explanation": next(iter(evaluation.explanation), None),
    }
