"""POST /behavior/events/{id}/reverse: the order is undone, and with it all that its event did."""

from loyalty.clock import now
from loyalty.domain.errors import EventExpiredError, EventNotFoundError, ItemTooLargeError
from loyalty.domain.events.responses import EventResponse, event_response
from loyalty.domain.events.schemas import ReverseRequest
from loyalty.domain.schemas import DataResponse, DryRunQuery
from loyalty.http import EVENTS_WRITE, Request, Response, endpoint
from loyalty.services.lifecycle import reverse_event


@endpoint(
    EVENTS_WRITE,
    body=ReverseRequest,
    query=DryRunQuery,
    answers={200: DataResponse[EventResponse]},
    errors=(EventNotFoundError, EventExpiredError, ItemTooLargeError),
    idempotent=True,
)
def handler(request: Request[ReverseRequest, DryRunQuery]) -> Response:
    """200 with the event REVERSED, or CANCELLED if it was still held; a dry run stores nothing."""
    reason, dry_run = request.body.reason, request.query.dry_run
    event = reverse_event(request.brand_id, request.path["id"], reason, now, dry_run=dry_run)
    return Response({"data": event_response(event)})
