"""GET /traces/{traceId}: what has become of a request of a marketing tool."""

from loyalty.clock import now
from loyalty.domain.assignments.responses import TraceResponse, trace_response
from loyalty.domain.errors import TraceNotFoundError
from loyalty.domain.schemas import DataResponse
from loyalty.http import OFFERS_WRITE, Request, Response, endpoint
from loyalty.services.assignment_requests import read_trace


@endpoint(OFFERS_WRITE, answers={200: DataResponse[TraceResponse]}, errors=(TraceNotFoundError,))
def handler(request: Request) -> Response:
    """200 with its status, its timeline, and the request itself."""
    return Response({"data": trace_response(read_trace(request.brand_id, request.path["traceId"], now()))})
