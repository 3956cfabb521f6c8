"""GET /config-offers: the config offers of the brand, by id."""

from loyalty import http
from loyalty.domain import responses
from loyalty.services.program import list_config_offers


def show(request: http.Request) -> http.Response:
    """200 with a page of config offers."""
    page = list_config_offers(request.brand_id, request.cursor, request.limit)
    return http.Response(responses.page(map(responses.config_offer, page.items), page.next_cursor))


handler = http.endpoint(show)
