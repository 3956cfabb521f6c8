"""POST /integrations/events/reward-preview: a site asks what events would earn, before they happen."""

from loyalty.clock import now
from loyalty.domain.errors import BrandNotFoundError, UserNotFoundError
from loyalty.domain.events.batch_schemas import TrackEventsV4Request
from loyalty.domain.events.preview_responses import PreviewResponse, preview_response
from loyalty.http import EVENTS_WRITE, Request, Response, endpoint
from loyalty.services.batches import preview_rewards


@endpoint(
    EVENTS_WRITE,
    body=TrackEventsV4Request,
    answers={200: PreviewResponse},
    errors=(BrandNotFoundError, UserNotFoundError),
    read_only=True,
)
def handler(request: Request[TrackEventsV4Request]) -> Response:
    """200 with the points of each event and the reason of each campaign; nothing is recorded or used up."""
    preview = preview_rewards(request.brand_id, request.body, now())
    rewards = preview.ruleset.catalog.rewards
    return Response(
        preview_response(request.body.customer_id, preview.customer, preview.events, rewards, preview.warnings)
    )
