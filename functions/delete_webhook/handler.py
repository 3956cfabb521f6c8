"""DELETE /webhooks/{id}: tell it nothing any more."""

from loyalty.clock import now
from loyalty.domain.errors import BrandNotFoundError, WebhookNotFoundError
from loyalty.domain.program.changes import Author
from loyalty.http import Request, Response, endpoint
from loyalty.services.webhooks import delete_webhook


@endpoint(answers={204: None}, errors=(BrandNotFoundError, WebhookNotFoundError))
def handler(request: Request) -> Response:
    """204; what waits to be delivered to it is dropped."""
    delete_webhook(request.brand_id, request.path["id"], Author(request.key_id, now()))
    return Response()
