"""GET /rewards/{id}: one reward."""

from loyalty import http
from loyalty.domain import views
from loyalty.use_cases.set_up_rewards import read_reward


def get(request: http.Request) -> http.Response:
    """200 with the reward."""
    return http.Response({"data": views.reward(read_reward(request.brand_id, request.id("id")))})


handler = http.endpoint(get)
