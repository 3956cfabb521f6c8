"""POST /behavior/events/{id}/rescue: an event that has expired is paid after all."""

from loyalty.clock import now
from loyalty.domain import errors
from loyalty.domain.events.lifecycle_schemas import RescueRequest
from loyalty.domain.events.responses import EventResponse, event_response
from loyalty.domain.schemas import DataResponse, DryRunQuery
from loyalty.http import Request, Response, endpoint
from loyalty.services.rescues import rescue_event


@endpoint(
    body=RescueRequest,
    query=DryRunQuery,
    answers={200: DataResponse[EventResponse]},
    errors=(
        errors.EventNotFoundError,
        errors.EventPendingError,
        errors.EventResolvedError,
        errors.EventCancelledError,
        errors.EventReversedError,
        errors.PurchaseReplacedError,
        errors.InsufficientBalanceError,
        errors.LimitReachedError,
        errors.BudgetSpentError,
        errors.TooManyLotsError,
        errors.ItemTooLargeError,
    ),
    idempotent=True,
)
def handler(request: Request[RescueRequest, DryRunQuery]) -> Response:
    """200 with the RESOLVED event, or a refusal that changes nothing; a dry run stores nothing."""
    event_id, dry_run = request.path["id"], request.query.dry_run
    event = rescue_event(request.brand_id, event_id, request.body.reason, request.key_id, now, dry_run=dry_run)
    return Response({"data": event_response(event)})
