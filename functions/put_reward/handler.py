"""PUT /rewards/{id}: create or replace a reward."""

from loyalty import http
from loyalty.domain import responses
from loyalty.domain.program.reward_schema import REWARD
from loyalty.services.program import put_reward


def put(request: http.Request) -> http.Response:
    """200 with the reward."""
    return http.Response({"data": responses.reward(put_reward(request.brand_id, request.id("id"), request.body))})


handler = http.endpoint(put, body=REWARD)
