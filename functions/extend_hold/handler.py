"""PATCH /behavior/events/{id}/reserve: the order stays open longer, and so does its hold."""

from loyalty import http
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.domain.shapes import Shape, instant, record, whole
from loyalty.services.lifecycle import extend_hold

REQUEST = Shape(
    record(optional={"reserve": whole(1, 365), "reserve_until": instant()}),
    either=("reserve", "reserve_until"),
    needed=True,
)


def extend(request: http.Request) -> http.Response:
    """200 with the event and its later deadline."""
    event, _ = extend_hold(request.brand_id, request.id("id"), request.body, now)
    return http.Response({"data": responses.event(event)})


handler = http.endpoint(extend, http.EVENTS_WRITE, body=REQUEST)
