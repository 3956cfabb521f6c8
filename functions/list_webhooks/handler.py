"""GET /webhooks: the webhooks of the brand, by id."""

from loyalty.domain.feed.responses import WebhookResponse, webhook_response
from loyalty.domain.pages import PageQuery, PageResponse, page_response
from loyalty.http import Request, Response, endpoint
from loyalty.services.webhooks import list_webhooks


@endpoint(query=PageQuery, answers={200: PageResponse[WebhookResponse]})
def handler(request: Request[None, PageQuery]) -> Response:
    """200 with a page of webhooks."""
    page = list_webhooks(request.brand_id, request.query.cursor, request.query.limit)
    return Response(page_response(map(webhook_response, page.items), page.next_cursor))
