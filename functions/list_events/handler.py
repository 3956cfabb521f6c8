"""GET /customers/{id}/events: what a customer did, newest first."""

from loyalty.clock import now
from loyalty.domain.errors import UserNotFoundError
from loyalty.domain.events.responses import EventResponse, event_response
from loyalty.domain.pages import PageQuery, PageResponse, page_response
from loyalty.http import CUSTOMERS_READ, Request, Response, endpoint
from loyalty.services.history import list_events


@endpoint(CUSTOMERS_READ, query=PageQuery, answers={200: PageResponse[EventResponse]}, errors=(UserNotFoundError,))
def handler(request: Request[None, PageQuery]) -> Response:
    """200 with a page of events."""
    query = request.query
    page = list_events(request.brand_id, request.path["id"], query.cursor, query.limit, now())
    return Response(page_response(map(event_response, page.items), page.next_cursor))
