"""GET /webhooks/{id}/deliveries: what was sent to a webhook within a week, newest first, and what it answered."""

from loyalty.domain.errors import WebhookNotFoundError
from loyalty.domain.feed.responses import DeliveryResponse, delivery_response
from loyalty.domain.pages import PageQuery, PageResponse, page_response
from loyalty.http import Request, Response, endpoint
from loyalty.services.webhooks import list_deliveries


@endpoint(query=PageQuery, answers={200: PageResponse[DeliveryResponse]}, errors=(WebhookNotFoundError,))
def handler(request: Request[None, PageQuery]) -> Response:
    """200 with a page of attempts."""
    page = list_deliveries(request.brand_id, request.path["id"], request.query.cursor, request.query.limit)
    return Response(page_response(map(delivery_response, page.items), page.next_cursor))
