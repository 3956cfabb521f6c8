"""GET /campaigns/{id}: one campaign."""

from loyalty import http
from loyalty.domain import views
from loyalty.use_cases.read_campaign import read_campaign


def get(request: http.Request) -> http.Response:
    """200 with the campaign as it was written."""
    campaign_id = request.id("id")
    return http.Response({"data": views.campaign(campaign_id, read_campaign(request.brand_id, campaign_id))})


handler = http.endpoint(get)
