"""PATCH /behavior/events/{id}/fulfill: the order is closed; what the event promised is paid, as far as it shipped."""

from loyalty.clock import now
from loyalty.domain import errors
from loyalty.domain.events.lifecycle_schemas import FulfilRequest
from loyalty.domain.events.responses import EventResponse, event_response
from loyalty.domain.schemas import DataResponse, DryRunQuery
from loyalty.http import EVENTS_WRITE, Request, Response, endpoint
from loyalty.services.lifecycle import fulfil_event


@endpoint(
    EVENTS_WRITE,
    body=FulfilRequest,
    query=DryRunQuery,
    answers={200: DataResponse[EventResponse]},
    errors=(
        errors.EventNotFoundError,
        errors.EventCancelledError,
        errors.EventExpiredError,
        errors.EventResolvedError,
        errors.EventReversedError,
        errors.IdempotencyMismatchError,
        errors.ItemTooLargeError,
        errors.MoreThanLeftError,
    ),
    idempotent=True,
    optional_body=True,
)
def handler(request: Request[FulfilRequest, DryRunQuery]) -> Response:
    """200 with the RESOLVED event, which pays all that it promised, or what has shipped; a dry run stores nothing."""
    brand_id, id_, key, dry_run = request.brand_id, request.path["id"], request.idempotency_key, request.query.dry_run
    shipped = request.body.shipped(request.sent)
    changed = fulfil_event(brand_id, id_, now, shipped=shipped, key=key, sent=request.sent, dry_run=dry_run)
    return Response({"data": event_response(changed.event)}, replayed=changed.replayed)
