"""POST /campaigns/{id}/trial: what a campaign would have made of a customer's last events; nothing is stored."""

from loyalty.clock import now
from loyalty.domain.errors import BrandNotFoundError, UserNotFoundError
from loyalty.domain.events.known_fields import unknown_fields
from loyalty.domain.events.trial_responses import TryCampaignResponse, trial_response
from loyalty.domain.rules.schemas import TrialRequest
from loyalty.http import Request, Response, endpoint
from loyalty.services.trials import run_trial


@endpoint(
    body=TrialRequest,
    answers={200: TryCampaignResponse},
    errors=(BrandNotFoundError, UserNotFoundError),
    read_only=True,
)
def handler(request: Request[TrialRequest]) -> Response:
    """200 with what it would have made of each event and why; the campaign need not exist, and is not put."""
    tried, complete, passed_over = run_trial(request.brand_id, request.path["id"], request.body, request.sent, now())
    warnings = unknown_fields(request.body.campaign)
    return Response(trial_response(tried, complete=complete, passed_over=passed_over, warnings=warnings))
