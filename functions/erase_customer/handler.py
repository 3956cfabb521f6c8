"""DELETE /customers/{id}: erase a customer; amounts and receipts stay under a pseudonym."""

from loyalty.clock import now
from loyalty.domain.assignments.responses import AcceptedResponse
from loyalty.domain.errors import UserNotFoundError
from loyalty.http import Request, Response, endpoint
from loyalty.services.erasures import accept_erasure


@endpoint(answers={202: AcceptedResponse}, errors=(UserNotFoundError,))
def handler(request: Request) -> Response:
    """202 with the id of the trace that will say when it is done; the same again while it is not."""
    return Response({"traceId": accept_erasure(request.brand_id, request.path["id"], now)})
