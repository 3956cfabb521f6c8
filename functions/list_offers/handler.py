"""GET /customers/{id}/offers: a customer's offers, by rank and then by their end."""

from loyalty import http
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.domain.offers import OfferStatus
from loyalty.services.offers import list_offers


def show(request: http.Request) -> http.Response:
    """200 with a page of offers; `?status=active|upcoming|expired|redeemed` shows those alone."""
    status = request.choice("status", OfferStatus)
    page = list_offers(request.brand_id, request.id("id"), status, request.cursor, request.limit, now())
    offers = (responses.offer(one.record, one.status, one.held_by) for one in page.items)
    return http.Response(responses.page(offers, page.next_cursor))


handler = http.endpoint(show, http.CUSTOMERS_READ)
