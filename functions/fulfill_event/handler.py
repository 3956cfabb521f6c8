"""PATCH /behavior/events/{id}/fulfill: the order is closed; what the event promised is paid."""

from loyalty.clock import now
from loyalty.domain import errors
from loyalty.domain.events.responses import EventResponse, event_response
from loyalty.domain.events.schemas import FulfilRequest
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
        errors.EventReversedError,
        errors.ItemTooLargeError,
    ),
    idempotent=True,
    optional_body=True,
)
def handler(request: Request[FulfilRequest, DryRunQuery]) -> Response:
    """200 with the RESOLVED event; a dry run stores nothing. A whole event is paid, so there is nothing to send."""
    event = fulfil_event(request.brand_id, request.path["id"], now, dry_run=request.query.dry_run)
    return Response({"data": event_response(event)})
