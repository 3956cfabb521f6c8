"""POST /integrations/events: a site or an app reports a batch of behaviour events of one customer (v4).

POST /integrations/event: a site or an app reports a batch of behaviour events of one customer (v3).
"""

from loyalty.clock import now
from loyalty.domain.errors import BrandNotFoundError, IdempotencyMismatchError, ItemTooLargeError, TooManyLotsError
from loyalty.domain.events.batch_responses import TrackedResponse, tracked_response
from loyalty.domain.events.batch_schemas import BATCH_REQUESTS, Batch
from loyalty.http import EVENTS_WRITE, Request, Response, endpoint
from loyalty.services.batches import record_batch
from loyalty.settings import settings


@endpoint(
    EVENTS_WRITE,
    # The only difference between the versions: the field that names the customer.
    body=BATCH_REQUESTS[settings().customer_field],
    answers={200: TrackedResponse},
    errors=(BrandNotFoundError, IdempotencyMismatchError, TooManyLotsError, ItemTooLargeError),
    idempotent=True,
)
def handler(request: Request[Batch]) -> Response:
    """200 with every event of the batch, and what was not taken; a retry gets the first answer, and is told so."""
    result = record_batch(request.brand_id, request.body, request.sent, request.idempotency_key, now)
    return Response(tracked_response(result.events, result.warnings), replayed=result.replayed)
