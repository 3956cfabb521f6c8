"""What marketing tools see of their requests."""

from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from loyalty.domain.assignments.traces import AssignmentTrace, TraceStatus
from loyalty.domain.schemas import CamelAnswer, Number, Time, to_time

Uuid = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
Date = Annotated[str, Field(json_schema_extra={"format": "date"})]


class AcceptedResponse(CamelAnswer):
    """A request that has been accepted and will be carried out in a moment."""

    trace_id: Uuid
    """What to ask `GET /traces/{traceId}` with."""


class TraceStepResponse(CamelAnswer):
    """One step on a request's way."""

    at: Time
    """When."""
    what: str
    """What happened, in words."""


class RuleParamsResponse(CamelAnswer):
    """The days on which an offer can be redeemed, both included."""

    start_date: Date
    """The first day."""
    end_date: Date
    """The last day."""


class TraceResponse(CamelAnswer):
    """What has become of a request, and the fields that were sent with it."""

    trace_id: Uuid
    """The trace's id."""
    status: TraceStatus
    """Where the request is."""
    reason: str | None
    """Why it has failed."""
    offer_id: str | None
    """The offer that was assigned."""
    timeline: list[TraceStepResponse]
    """Every step so far."""
    source: str | SkipJsonSchema[None] = None
    """Who asked for it."""
    reference: str | SkipJsonSchema[None] = None
    """What the sender calls the request."""
    user_id: str | SkipJsonSchema[None] = None
    """The customer, by id."""
    email: str | SkipJsonSchema[None] = None
    """The customer, by e-mail address."""
    config_id: str | SkipJsonSchema[None] = None
    """The config offer."""
    rule_params: RuleParamsResponse | SkipJsonSchema[None] = None
    """When the offer can be redeemed."""
    rank: int | SkipJsonSchema[None] = None
    """The offer's place among the customer's offers."""
    points_earned: Number | SkipJsonSchema[None] = None
    """How many points to credit, or to debit if negative."""
    reward_id: str | SkipJsonSchema[None] = None
    """Of which reward."""
    idempotency_key: str | SkipJsonSchema[None] = None
    """What makes a retry the same request."""


def trace_response(trace: AssignmentTrace) -> dict[str, Any]:
    """A TraceResponse."""
    return {
        **trace.request.fields,
        "traceId": trace.request.trace_id,
        "status": trace.status,
        "reason": trace.reason,
        "offerId": trace.offer_id,
        "timeline": [{"at": to_time(step.at), "what": step.what} for step in trace.steps],
    }
