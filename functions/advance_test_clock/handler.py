"""POST /test-clock/advance: move the time of a brand to test with; what ends on the way ends in its order."""

from loyalty.clock import real_now
from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.program.responses import TestClockResponse, test_clock_response
from loyalty.domain.program.schemas import AdvanceTestClockRequest
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.test_clocks import advance_clock


@endpoint(body=AdvanceTestClockRequest, answers={202: DataResponse[TestClockResponse]}, errors=(BrandNotFoundError,))
def handler(request: Request[AdvanceTestClockRequest]) -> Response:
    """202 with the clock on its way; it is there when `GET /test-clock` says `ready`."""
    clock = advance_clock(request.brand_id, request.body.to, real_now)
    return Response({"data": test_clock_response(clock, real_now())})
