"""GET /keys: the API keys of the brand, revoked ones too, by id; never their secrets."""

from loyalty import http
from loyalty.domain import responses
from loyalty.services.api_keys import list_keys


def show(request: http.Request) -> http.Response:
    """200 with a page of keys."""
    page = list_keys(request.brand_id, request.cursor, request.limit)
    return http.Response(responses.page((responses.api_key(*one) for one in page.items), page.next_cursor))


handler = http.endpoint(show)
