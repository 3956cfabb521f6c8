"""GET /customers/{id}/transactions: every line of a customer's ledger, newest first."""

from loyalty import http
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.services.history import list_transactions


def show(request: http.Request) -> http.Response:
    """200 with a page of lines."""
    page = list_transactions(request.brand_id, request.id("id"), request.cursor, request.limit, now())
    lines = (responses.transaction(one.entry_id, one.entry, one.at) for one in page.items)
    return http.Response(responses.page(lines, page.next_cursor))


handler = http.endpoint(show, http.CUSTOMERS_READ)
