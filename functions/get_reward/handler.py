"""GET /rewards/{id}: one reward."""

from loyalty import http
from loyalty.domain import responses
from loyalty.services.program import read_reward


def get(request: http.Request) -> http.Response:
    """200 with the reward."""
    return http.Response({"data": responses.reward(read_reward(request.brand_id, request.id("id")))})


handler = http.endpoint(get)
