"""POST /bulk-action/hot/assign-points: give or take points for a guest who is waiting.

POST /bulk-action/cold/assign-points: give or take points in its turn: for a mass send.
"""

from loyalty import http
from loyalty.clock import now
from loyalty.domain.assignments.schemas import ASSIGN_POINTS
from loyalty.services.assignment_requests import Request, accept_points


def accept(request: http.Request) -> http.Response:
    """202 with the id of the trace that will say what has become of it."""
    done = accept_points(request.brand_id, Request(request.body, request.sent, request.key_given), now)
    replayed = {"Idempotency-Replayed": "true"} if done.replayed else {}
    return http.Response({"traceId": done.trace_id}, 202, replayed)


handler = http.endpoint(accept, http.OFFERS_WRITE, body=ASSIGN_POINTS)
