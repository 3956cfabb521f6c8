"""GET /behavior/events/{id}/explanation: what each campaign made of an event, and why."""

from loyalty import http
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.services.events import explain_event


def explain(request: http.Request) -> http.Response:
    """200 with every campaign of the event's trigger: its outcome, a sentence, and each condition."""
    event, campaigns = explain_event(request.brand_id, request.id("id"), now())
    return http.Response({"data": responses.explanation(event, campaigns)})


handler = http.endpoint(explain, http.EVENTS_WRITE, http.CUSTOMERS_READ)
