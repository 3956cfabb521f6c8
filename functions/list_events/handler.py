"""GET /customers/{id}/events: what a customer did, newest first."""

from loyalty import http
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.services.history import list_events


def show(request: http.Request) -> http.Response:
    """200 with a page of events."""
    page = list_events(request.brand_id, request.id("id"), request.cursor, request.limit, now())
    return http.Response(responses.page(map(responses.event, page.items), page.next_cursor))


handler = http.endpoint(show, http.CUSTOMERS_READ)
