"""GET /brand: the settings of the key's brand."""

from loyalty import http
from loyalty.domain import responses
from loyalty.services.program import read_brand


def get(request: http.Request) -> http.Response:
    """200 with the settings."""
    return http.Response({"data": responses.brand(read_brand(request.brand_id))})


handler = http.endpoint(get)
