"""POST /behavior/history: record what a customer did long ago, before the brand came here."""

from loyalty.clock import now
from loyalty.domain import errors
from loyalty.domain.events.responses import EventResponse, event_response
from loyalty.domain.events.schemas import EmitEventRequest
from loyalty.domain.moving.queries import HistoryQuery
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.events import record_history


@endpoint(
    body=EmitEventRequest,
    query=HistoryQuery,
    answers={201: DataResponse[EventResponse]},
    errors=(
        errors.BrandNotFoundError,
        errors.InsufficientBalanceError,
        errors.TooManyLotsError,
        errors.IdempotencyMismatchError,
        errors.ItemTooLargeError,
    ),
    idempotent=True,
)
def handler(request: Request[EmitEventRequest, HistoryQuery]) -> Response:
    """201 with the event; a retry gets the first answer again, and is told so."""
    evaluate, key = request.query.evaluate, request.idempotency_key
    result = record_history(request.brand_id, request.body, request.sent, key, now, evaluate=evaluate)
    return Response({"data": event_response(result.event)}, replayed=result.replayed)
