"""PUT /campaigns/{id}: create or replace a campaign; in force with the next event."""

from loyalty import http
from loyalty.domain import responses
from loyalty.domain.rules.campaigns import Campaign
from loyalty.domain.schemas import validate
from loyalty.services.campaigns import put_campaign


def put(request: http.Request) -> http.Response:
    """200 with the campaign."""
    campaign_id = request.id("id")
    document = put_campaign(request.brand_id, campaign_id, request.sent)
    return http.Response({"data": responses.campaign(campaign_id, document)})


handler = http.endpoint(put, body=lambda sent: dict(validate(Campaign, sent)))
