"""PUT /webhooks/{id}: create or replace where the brand is told of what happens."""

from loyalty.clock import now
from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.feed.responses import NewWebhookResponse, webhook_response
from loyalty.domain.feed.schemas import WebhookSettings
from loyalty.domain.program.changes import Author
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.webhooks import put_webhook


@endpoint(body=WebhookSettings, answers={200: DataResponse[NewWebhookResponse]}, errors=(BrandNotFoundError,))
def handler(request: Request[WebhookSettings]) -> Response:
    """200 with the webhook; with its secret, which is told this once, if it is new."""
    author = Author(request.key_id, now())
    webhook, secret = put_webhook(request.brand_id, request.path["id"], request.body.model_dump(), author)
    return Response({"data": {**webhook_response(webhook), "secret": secret}})
