"""POST /integrations/events: a site or an app reports a batch of behaviour events of one customer (v4).

POST /integrations/event: a site or an app reports a batch of behaviour events of one customer (v3).
"""

from loyalty import http, telemetry
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.domain.events.batch_schemas import Batch
from loyalty.services.batches import record_batch
from loyalty.settings import settings

# The only difference between the versions: the field that names the customer.
CUSTOMER = settings().customer_field
REQUEST = Batch(CUSTOMER)


def track(request: http.Request) -> http.Response:
    """200 with every event of the batch; a retry gets the first answer again, and is told so."""
    tracked = record_batch(request.brand_id, request.body[CUSTOMER], request.body, request.sent, request.key_given, now)
    if tracked.replayed:
        return http.Response(responses.tracked(tracked.events), headers={"Idempotency-Replayed": "true"})
    for event in tracked.events:
        telemetry.count_event(event)
    return http.Response(responses.tracked(tracked.events))


handler = http.endpoint(track, http.EVENTS_WRITE, body=REQUEST, unique=True)
