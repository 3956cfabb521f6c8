"""GET /behavior/events: the events of a purchase, for whoever holds only its number."""

from loyalty.clock import now
from loyalty.domain.events.queries import PurchaseQuery
from loyalty.domain.events.responses import FoundEventsResponse, event_response
from loyalty.http import CUSTOMERS_READ, EVENTS_WRITE, Request, Response, endpoint
from loyalty.services.purchases import find_events


@endpoint(EVENTS_WRITE, CUSTOMERS_READ, query=PurchaseQuery, answers={200: FoundEventsResponse})
def handler(request: Request[None, PurchaseQuery]) -> Response:
    """200 with the events, newest first; an empty list if there are none."""
    query = request.query
    events = find_events(request.brand_id, query.purchase_id, query.store_id, now())
    return Response({"data": [event_response(event) for event in events]})
