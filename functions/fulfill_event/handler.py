"""PATCH /behavior/events/{id}/fulfill: the order is closed; what the event promised is paid."""

from loyalty import http, telemetry
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.services.lifecycle import fulfil_event


def fulfill(request: http.Request) -> http.Response:
    """200 with the RESOLVED event."""
    event, resolved = fulfil_event(request.brand_id, request.id("id"), now)
    if resolved:
        telemetry.count_event(event)
    return http.Response({"data": responses.event(event)})


handler = http.endpoint(fulfill, http.EVENTS_WRITE)
