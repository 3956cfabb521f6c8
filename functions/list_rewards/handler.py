"""GET /rewards: the rewards of the brand, by id."""

from loyalty import http
from loyalty.domain import responses
from loyalty.services.program import list_rewards


def show(request: http.Request) -> http.Response:
    """200 with a page of rewards."""
    page = list_rewards(request.brand_id, request.cursor, request.limit)
    return http.Response(responses.page(map(responses.reward, page.items), page.next_cursor))


handler = http.endpoint(show)
