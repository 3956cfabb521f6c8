"""PATCH /behavior/events/{id}/reserve: the order stays open longer, and so does its hold."""

from loyalty.clock import now
from loyalty.domain.errors import (
    EventCancelledError,
    EventExpiredError,
    EventNotFoundError,
    EventResolvedError,
    EventReversedError,
)
from loyalty.domain.events.responses import EventResponse, event_response
from loyalty.domain.events.schemas import ExtendRequest
from loyalty.domain.schemas import DataResponse
from loyalty.http import EVENTS_WRITE, Request, Response, endpoint
from loyalty.services.lifecycle import extend_hold


@endpoint(
    EVENTS_WRITE,
    body=ExtendRequest,
    answers={200: DataResponse[EventResponse]},
    errors=(EventNotFoundError, EventCancelledError, EventExpiredError, EventResolvedError, EventReversedError),
)
def handler(request: Request[ExtendRequest]) -> Response:
    """200 with the event and its later deadline."""
    body, event_id = request.body, request.path["id"]
    event = extend_hold(request.brand_id, event_id, now, reserve=body.reserve, reserve_until=body.reserve_until)
    return Response({"data": event_response(event)})
