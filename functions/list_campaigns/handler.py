"""GET /campaigns: the campaigns of the brand, by id."""

from loyalty.domain.pages import PageQuery, PageResponse, page_response
from loyalty.domain.rules.responses import CampaignResponse, campaign_response
from loyalty.http import Request, Response, endpoint
from loyalty.services.program import list_campaigns


@endpoint(query=PageQuery, answers={200: PageResponse[CampaignResponse]})
def handler(request: Request[None, PageQuery]) -> Response:
    """200 with a page of campaigns."""
    page = list_campaigns(request.brand_id, request.query.cursor, request.query.limit)
    campaigns = (campaign_response(campaign_id, document) for campaign_id, document in page.items)
    return Response(page_response(campaigns, page.next_cursor))
