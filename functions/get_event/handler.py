"""GET /behavior/events/{id}: one event as it is now."""

from loyalty.clock import now
from loyalty.domain.errors import EventNotFoundError
from loyalty.domain.events.responses import EventResponse, event_response
from loyalty.domain.schemas import DataResponse
from loyalty.http import CUSTOMERS_READ, EVENTS_WRITE, Request, Response, endpoint
from loyalty.services.history import read_event


@endpoint(EVENTS_WRITE, CUSTOMERS_READ, answers={200: DataResponse[EventResponse]}, errors=(EventNotFoundError,))
def handler(request: Request) -> Response:
    """200 with the event."""
    return Response({"data": event_response(read_event(request.brand_id, request.path["id"], now()))})
