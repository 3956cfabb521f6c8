"""POST /behavior/events: a shop or a till says what a customer did; campaigns pay or promise what it earns."""

from loyalty.clock import now
from loyalty.domain import errors
from loyalty.domain.events.dry_run_responses import DryRunResponse, dry_run_response
from loyalty.domain.events.responses import EventResponse, event_response
from loyalty.domain.events.schemas import EmitEventRequest
from loyalty.domain.schemas import DataResponse, DryRunQuery
from loyalty.http import EVENTS_WRITE, Request, Response, endpoint
from loyalty.services.events import emit_event


@endpoint(
    EVENTS_WRITE,
    body=EmitEventRequest,
    query=DryRunQuery,
    answers={201: DataResponse[EventResponse], 200: DryRunResponse},
    errors=(
        errors.BrandNotFoundError,
        errors.InsufficientBalanceError,
        errors.TooManyHoldsError,
        errors.TooManyLotsError,
        errors.IdempotencyMismatchError,
        errors.ItemTooLargeError,
    ),
    idempotent=True,
)
def handler(request: Request[EmitEventRequest, DryRunQuery]) -> Response:
    """201 with the event; 200 and nothing stored for a dry run; a retry gets the first answer again, and is told so."""
    dry_run = request.query.dry_run
    result = emit_event(request.brand_id, request.body, request.sent, request.idempotency_key, now, dry_run=dry_run)
    if dry_run:
        return Response(dry_run_response(result.event, result.evaluation), 200, replayed=result.replayed)
    return Response({"data": event_response(result.event)}, replayed=result.replayed)
