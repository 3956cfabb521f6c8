"""GET /campaigns/{id}: one campaign, and what it has left to give."""

from loyalty import http
from loyalty.domain import responses
from loyalty.services.program import read_campaign


def get(request: http.Request) -> http.Response:
    """200 with the campaign as it was written; `left` of its budget and its times, null if it has none."""
    campaign_id = request.id("id")
    document, left = read_campaign(request.brand_id, campaign_id)
    return http.Response({"data": responses.campaign(campaign_id, document), "left": responses.left(left)})


handler = http.endpoint(get)
