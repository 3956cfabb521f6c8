"""GET /config-offers/{id}: one config offer."""

from loyalty import http
from loyalty.domain import responses
from loyalty.services.program import read_config_offer


def get(request: http.Request) -> http.Response:
    """200 with the config offer."""
    return http.Response({"data": responses.config_offer(read_config_offer(request.brand_id, request.id("id")))})


handler = http.endpoint(get)
