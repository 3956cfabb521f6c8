"""POST /behavior/events/{id}/reverse: the order is undone, and with it all that its event did."""

from loyalty import http, telemetry
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.domain.shapes import Shape, record, text
from loyalty.services.lifecycle import reverse_event

REQUEST = Shape(record({"reason": text(max_length=500)}))


def reverse(request: http.Request) -> http.Response:
    """200 with the event REVERSED, or CANCELLED if it was still held."""
    event, ended = reverse_event(request.brand_id, request.id("id"), request.body["reason"], now)
    if ended:
        telemetry.count_event(event)
    return http.Response({"data": responses.event(event)})


handler = http.endpoint(reverse, http.EVENTS_WRITE, body=REQUEST)
