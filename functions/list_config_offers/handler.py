"""GET /config-offers: the config offers of the brand, by id."""

from loyalty.domain.pages import PageQuery, PageResponse, page_response
from loyalty.domain.program.responses import ConfigOfferResponse, config_offer_response
from loyalty.http import Request, Response, endpoint
from loyalty.services.program import list_config_offers


@endpoint(query=PageQuery, answers={200: PageResponse[ConfigOfferResponse]})
def handler(request: Request[None, PageQuery]) -> Response:
    """200 with a page of config offers."""
    page = list_config_offers(request.brand_id, request.query.cursor, request.query.limit)
    return Response(page_response(map(config_offer_response, page.items), page.next_cursor))
