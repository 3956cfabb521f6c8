"""GET /set-aside: how much the stack has set aside, as it failed at every attempt."""

from loyalty.domain.reports.set_aside import SetAsideResponse, set_aside_response
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.set_aside import read_set_aside


@endpoint(answers={200: DataResponse[SetAsideResponse]})
def handler(_request: Request) -> Response:
    """200 with the number of messages in each queue, of all brands of the stack; nothing of what they say."""
    return Response({"data": set_aside_response(read_set_aside())})
