"""PUT /brand: change the settings of the key's brand; those not named stay, null takes away a default."""

from loyalty import http
from loyalty.domain import responses
from loyalty.domain.shapes import Shape, choice, flag, identifier, record, text, time_zone
from loyalty.services.program import change_brand

REQUEST = Shape(
    record(
        optional={
            "name": text(),
            "enabled": flag(),
            "time_zone": time_zone(),
            "channel_merging": choice("none", "mobile", "email"),
            "sandbox": flag(),
            "default_region": text(2, 2),
            "default_reward": identifier(),
        },
        closed=True,
    )
)


def put(request: http.Request) -> http.Response:
    """200 with the settings as they now are."""
    return http.Response({"data": responses.brand(change_brand(request.brand_id, request.body))})


handler = http.endpoint(put, body=REQUEST)
