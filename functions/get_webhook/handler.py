"""GET /webhooks/{id}: one webhook, without its secret."""

from loyalty.domain.errors import WebhookNotFoundError
from loyalty.domain.feed.responses import WebhookResponse, webhook_response
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.webhooks import read_webhook


@endpoint(answers={200: DataResponse[WebhookResponse]}, errors=(WebhookNotFoundError,))
def handler(request: Request) -> Response:
    """200 with the webhook."""
    return Response({"data": webhook_response(read_webhook(request.brand_id, request.path["id"]))})
