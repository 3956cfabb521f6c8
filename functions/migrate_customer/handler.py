"""POST /customers/{id}/migrate: take over what a customer had in another product."""

from loyalty.clock import now
from loyalty.domain.assignments.responses import AcceptedResponse
from loyalty.domain.errors import BrandNotFoundError, IdempotencyMismatchError
from loyalty.domain.moving.schemas import MigrateRequest
from loyalty.http import Request, Response, endpoint
from loyalty.services.migration_requests import accept_migration


@endpoint(
    body=MigrateRequest,
    answers={202: AcceptedResponse},
    errors=(BrandNotFoundError, IdempotencyMismatchError),
)
def handler(request: Request[MigrateRequest]) -> Response:
    """202 with the id of the trace that will say what has become of it; the same again for the same source."""
    accepted = accept_migration(request.brand_id, request.path["id"], request.body, request.sent, now)
    return Response({"traceId": accepted.trace_id}, replayed=accepted.replayed)
