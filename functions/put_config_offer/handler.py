"""PUT /config-offers/{id}: create or replace what offers are made of."""

from loyalty import http
from loyalty.domain import responses
from loyalty.domain.program.config_offer_schema import CONFIG_OFFER
from loyalty.services.program import put_config_offer


def put(request: http.Request) -> http.Response:
    """200 with the config offer; offers already assigned stay as they are."""
    offer = put_config_offer(request.brand_id, request.id("id"), request.body)
    return http.Response({"data": responses.config_offer(offer)})


handler = http.endpoint(put, body=CONFIG_OFFER)
