"""PUT /campaigns/{id}: create or replace a campaign; in force with the next event."""

from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.rules.campaigns import Campaign
from loyalty.domain.rules.responses import CampaignResponse, campaign_response
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.campaigns import put_campaign


@endpoint(body=Campaign, answers={200: DataResponse[CampaignResponse]}, errors=(BrandNotFoundError,))
def handler(request: Request[Campaign]) -> Response:
    """200 with the campaign."""
    campaign_id = request.path["id"]
    document = put_campaign(request.brand_id, campaign_id, dict(request.sent))
    return Response({"data": campaign_response(campaign_id, document)})
