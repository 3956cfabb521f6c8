"""GET /traces/{traceId}: what has become of a request of a marketing tool."""

from loyalty import http
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.services.assignment_requests import read_trace


def show(request: http.Request) -> http.Response:
    """200 with its status, its timeline, and the request itself."""
    return http.Response({"data": responses.trace(read_trace(request.brand_id, request.id("traceId"), now()))})


handler = http.endpoint(show, http.OFFERS_WRITE)
