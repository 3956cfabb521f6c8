"""GET /behavior/events/{id}: one event as it is now."""

from loyalty import http
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.services.events import read_event


def get(request: http.Request) -> http.Response:
    """200 with the event."""
    return http.Response({"data": responses.event(read_event(request.brand_id, request.id("id"), now()))})


handler = http.endpoint(get, http.EVENTS_WRITE, http.CUSTOMERS_READ)
