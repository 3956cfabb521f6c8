"""POST /bulk-action/hot/create-offer: give one customer an offer for a guest who is waiting.

POST /bulk-action/cold/create-offer: give one customer an offer in its turn: for a mass send.
"""

from loyalty.clock import now
from loyalty.domain.assignments.responses import AcceptedResponse
from loyalty.domain.assignments.schemas import CreateOfferRequest
from loyalty.domain.errors import BrandNotFoundError, IdempotencyMismatchError, OfferNotFoundError, UserNotFoundError
from loyalty.http import OFFERS_WRITE, Request, Response, endpoint
from loyalty.services.assignment_requests import accept_offer


@endpoint(
    OFFERS_WRITE,
    body=CreateOfferRequest,
    answers={202: AcceptedResponse},
    errors=(BrandNotFoundError, UserNotFoundError, OfferNotFoundError, IdempotencyMismatchError),
    idempotent=True,
)
def handler(request: Request[CreateOfferRequest]) -> Response:
    """202 with the id of the trace that will say what has become of it."""
    accepted = accept_offer(request.brand_id, request.body, request.sent, request.idempotency_key, now)
    return Response({"traceId": accepted.trace_id}, replayed=accepted.replayed)
