"""POST /integrations/events/reward-preview: a site asks what events would earn, before they happen."""

from loyalty import http
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.domain.events.batch_schemas import Batch
from loyalty.services.batches import preview_rewards

REQUEST = Batch("customerId")


def preview(request: http.Request) -> http.Response:
    """200 with the points of each event and the reason of each campaign; nothing is recorded or used up."""
    customer_id = request.body["customerId"]
    quote = preview_rewards(request.brand_id, customer_id, request.body, now())
    return http.Response(responses.preview(customer_id, quote.customer, quote.events, quote.ruleset.catalog.rewards))


handler = http.endpoint(preview, http.EVENTS_WRITE, body=REQUEST, unique=True)
