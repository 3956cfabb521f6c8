"""GET /customers/{id}: who a customer is."""

from loyalty import http
from loyalty.domain import responses
from loyalty.services.customers import read_customer


def get(request: http.Request) -> http.Response:
    """200 with the profile."""
    return http.Response({"data": responses.customer(read_customer(request.brand_id, request.id("id")))})


handler = http.endpoint(get, http.CUSTOMERS_READ)
