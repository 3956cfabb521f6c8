"""POST /behavior/events/{id}/reverse: the order is undone, or a part of it, and with it all that its event did."""

from loyalty.clock import now
from loyalty.domain import errors
from loyalty.domain.events.lifecycle_schemas import ReverseRequest
from loyalty.domain.events.responses import EventResponse, event_response
from loyalty.domain.schemas import DataResponse, DryRunQuery
from loyalty.http import EVENTS_WRITE, Request, Response, endpoint
from loyalty.services.lifecycle import reverse_event


@endpoint(
    EVENTS_WRITE,
    body=ReverseRequest,
    query=DryRunQuery,
    answers={200: DataResponse[EventResponse]},
    errors=(
        errors.EventNotFoundError,
        errors.EventCancelledError,
        errors.EventExpiredError,
        errors.EventReversedError,
        errors.IdempotencyMismatchError,
        errors.ItemTooLargeError,
        errors.MoreThanLeftError,
        errors.TooManyPartsError,
    ),
    idempotent=True,
)
def handler(request: Request[ReverseRequest, DryRunQuery]) -> Response:
    """200 with the event REVERSED, CANCELLED if it was still held, or RESOLVED if a part came back.

    A dry run stores nothing, and a part with a key is taken once.
    """
    brand_id, id_, key, dry_run = request.brand_id, request.path["id"], request.idempotency_key, request.query.dry_run
    reason, part = request.body.reason, request.body.part()
    changed = reverse_event(brand_id, id_, reason, now, part=part, key=key, sent=request.sent, dry_run=dry_run)
    return Response({"data": event_response(changed.event)}, replayed=changed.replayed)
