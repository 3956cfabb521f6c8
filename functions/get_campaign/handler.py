"""GET /campaigns/{id}: one campaign, and what it has left to give."""

from loyalty.domain.errors import CampaignNotFoundError
from loyalty.domain.rules.responses import CampaignWithRemainderResponse, campaign_response, remainder_response
from loyalty.http import Request, Response, endpoint
from loyalty.services.campaigns import read_campaign


@endpoint(answers={200: CampaignWithRemainderResponse}, errors=(CampaignNotFoundError,))
def handler(request: Request) -> Response:
    """200 with the campaign as it was written; `left` of its budget and its times, null if it has none."""
    campaign_id = request.path["id"]
    document, left, problems = read_campaign(request.brand_id, campaign_id)
    return Response(
        {
            "data": campaign_response(campaign_id, document),
            "left": remainder_response(left),
            "problems": [problem._asdict() for problem in problems],
        }
    )
