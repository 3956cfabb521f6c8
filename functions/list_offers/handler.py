"""GET /customers/{id}/offers: a customer's offers, by rank and then by their end."""

from loyalty.clock import now
from loyalty.domain.customers.responses import OfferResponse, offer_response
from loyalty.domain.customers.schemas import OffersQuery
from loyalty.domain.errors import UserNotFoundError
from loyalty.domain.pages import PageResponse, page_response
from loyalty.http import CUSTOMERS_READ, Request, Response, endpoint
from loyalty.services.offers import list_offers


@endpoint(CUSTOMERS_READ, query=OffersQuery, answers={200: PageResponse[OfferResponse]}, errors=(UserNotFoundError,))
def handler(request: Request[None, OffersQuery]) -> Response:
    """200 with a page of offers."""
    query = request.query
    page = list_offers(request.brand_id, request.path["id"], query.status, query.cursor, query.limit, now())
    offers = (offer_response(one.record, one.status, one.held_by) for one in page.items)
    return Response(page_response(offers, page.next_cursor))
