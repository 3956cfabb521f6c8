"""POST /bulk-action/hot/assign-points: give or take points for a guest who is waiting.

POST /bulk-action/cold/assign-points: give or take points in its turn: for a mass send.
"""

from loyalty.clock import now
from loyalty.domain.assignments.responses import AcceptedResponse
from loyalty.domain.assignments.schemas import AssignPointsRequest
from loyalty.domain.errors import BrandNotFoundError, IdempotencyMismatchError, RewardNotFoundError, UserNotFoundError
from loyalty.http import OFFERS_WRITE, Request, Response, endpoint
from loyalty.services.assignment_requests import accept_points


@endpoint(
    OFFERS_WRITE,
    body=AssignPointsRequest,
    answers={202: AcceptedResponse},
    errors=(BrandNotFoundError, UserNotFoundError, RewardNotFoundError, IdempotencyMismatchError),
    idempotent=True,
)
def handler(request: Request[AssignPointsRequest]) -> Response:
    """202 with the id of the trace that will say what has become of it."""
    accepted = accept_points(request.brand_id, request.body, request.sent, request.idempotency_key, now)
    return Response({"traceId": accepted.trace_id}, replayed=accepted.replayed)
