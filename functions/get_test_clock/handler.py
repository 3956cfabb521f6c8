"""GET /test-clock: the time of the brand, and whether its clock is on the way to another."""

from loyalty.clock import real_now
from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.program.responses import TestClockResponse, test_clock_response
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.test_clocks import read_clock


@endpoint(answers={200: DataResponse[TestClockResponse]}, errors=(BrandNotFoundError,))
def handler(request: Request) -> Response:
    """200 with the clock; that of a live brand shows real time."""
    return Response({"data": test_clock_response(read_clock(request.brand_id), real_now())})
