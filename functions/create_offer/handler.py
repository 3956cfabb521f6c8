"""POST /bulk-action/hot/create-offer: give one customer an offer for a guest who is waiting.

POST /bulk-action/cold/create-offer: give one customer an offer in its turn: for a mass send.
"""

from loyalty import http
from loyalty.clock import now
from loyalty.domain.assignments.schemas import CREATE_OFFER
from loyalty.services.assignment_requests import Request, accept_offer


def accept(request: http.Request) -> http.Response:
    """202 with the id of the trace that will say what has become of it."""
    done = accept_offer(request.brand_id, Request(request.body, request.sent, request.key_given), now)
    replayed = {"Idempotency-Replayed": "true"} if done.replayed else {}
    return http.Response({"traceId": done.trace_id}, 202, replayed)


handler = http.endpoint(accept, http.OFFERS_WRITE, body=CREATE_OFFER)
