"""PUT /campaigns/{id}: create or replace a campaign; in force everywhere within two seconds."""

from loyalty.clock import now
from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.events.known_fields import unknown_fields
from loyalty.domain.program.changes import Author
from loyalty.domain.rules.campaigns import Campaign
from loyalty.domain.rules.responses import PutCampaignResponse, campaign_response
from loyalty.domain.schemas import warnings_response
from loyalty.http import Request, Response, endpoint
from loyalty.services.campaigns import put_campaign


@endpoint(body=Campaign, answers={200: PutCampaignResponse}, errors=(BrandNotFoundError,))
def handler(request: Request[Campaign]) -> Response:
    """200 with the campaign, and warnings of fields that no request is known to have."""
    campaign_id = request.path["id"]
    document = put_campaign(request.brand_id, campaign_id, dict(request.sent), Author(request.key_id, now()))
    warnings = warnings_response(unknown_fields(request.body))
    return Response({"data": campaign_response(campaign_id, document), "warnings": warnings})
