"""PATCH /behavior/events/{id}/reserve: the order stays open longer, and so does its hold."""

from loyalty.clock import now
from loyalty.domain import errors
from loyalty.domain.events.lifecycle_schemas import ExtendRequest
from loyalty.domain.events.responses import EventResponse, event_response
from loyalty.domain.schemas import DataResponse, DryRunQuery
from loyalty.http import EVENTS_WRITE, Request, Response, endpoint
from loyalty.services.lifecycle import extend_hold


@endpoint(
    EVENTS_WRITE,
    body=ExtendRequest,
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
    ),
    idempotent=True,
)
def handler(request: Request[ExtendRequest, DryRunQuery]) -> Response:
    """200 with the event and its later deadline; a dry run stores nothing, a retry gets the first answer again."""
    brand_id, id_, key, dry_run = request.brand_id, request.path["id"], request.idempotency_key, request.query.dry_run
    days, until, sent = request.body.reserve, request.body.reserve_until, request.sent
    changed = extend_hold(brand_id, id_, now, reserve=days, reserve_until=until, key=key, sent=sent, dry_run=dry_run)
    return Response({"data": event_response(changed.event)}, replayed=changed.replayed)
