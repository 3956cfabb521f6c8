"""PATCH /behavior/events/{id}/fulfill: the order is closed; what the event promised is paid."""

from loyalty.clock import now
from loyalty.domain.errors import EventCancelledError, EventExpiredError, EventNotFoundError, EventReversedError
from loyalty.domain.events.responses import EventResponse, event_response
from loyalty.domain.schemas import DataResponse
from loyalty.http import EVENTS_WRITE, Request, Response, endpoint
from loyalty.services.lifecycle import fulfil_event


@endpoint(
    EVENTS_WRITE,
    answers={200: DataResponse[EventResponse]},
    errors=(EventNotFoundError, EventCancelledError, EventExpiredError, EventReversedError),
)
def handler(request: Request) -> Response:
    """200 with the RESOLVED event."""
    return Response({"data": event_response(fulfil_event(request.brand_id, request.path["id"], now))})
