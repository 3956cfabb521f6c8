"""GET /customers/{id}/wallet: what a customer has, holds and is promised."""

from loyalty import http
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.services.customers import read_customer


def get(request: http.Request) -> http.Response:
    """200 with the totals and the lots they consist of, as of now."""
    customer = read_customer(request.brand_id, request.id("id"))
    return http.Response({"data": responses.wallet(customer, now())})


handler = http.endpoint(get, http.CUSTOMERS_READ)
