"""GET /campaigns: the campaigns of the brand, by id."""

from loyalty import http
from loyalty.domain import responses
from loyalty.services.program import list_campaigns


def show(request: http.Request) -> http.Response:
    """200 with a page of campaigns."""
    page = list_campaigns(request.brand_id, request.cursor, request.limit)
    campaigns = (responses.campaign(campaign_id, document) for campaign_id, document in page.items)
    return http.Response(responses.page(campaigns, page.next_cursor))


handler = http.endpoint(show)
