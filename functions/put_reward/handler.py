"""PUT /rewards/{id}: create or replace a reward."""

from loyalty import http
from loyalty.domain import views
from loyalty.domain.amounts import MAX_DECIMALS
from loyalty.domain.shapes import Shape, choice, flag, mapping, record, text, whole
from loyalty.use_cases.put_reward import put_reward

REQUEST = Shape(
    record(
        {"name": text()},
        {
            "type": choice("POINTS", "DISCOUNT", "GIFT_CARD", "PRODUCT"),
            "decimals": whole(0, MAX_DECIMALS),
            "allow_negative": flag(),
            "attributes": mapping(),
        },
        closed=True,
    )
)


def put(request: http.Request) -> http.Response:
    """200 with the reward."""
    return http.Response({"data": views.reward(put_reward(request.brand_id, request.id("id"), request.body))})


handler = http.endpoint(put, body=REQUEST)
