"""POST /webhooks/{id}/test: send a message to a webhook to see whether it arrives."""

from loyalty.clock import now
from loyalty.domain.errors import WebhookNotFoundError
from loyalty.domain.feed.responses import TestMessageResponse
from loyalty.domain.feed.schemas import TestMessageRequest
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.webhooks import send_test_message


@endpoint(
    body=TestMessageRequest,
    answers={202: DataResponse[TestMessageResponse]},
    errors=(WebhookNotFoundError,),
    optional_body=True,
)
def handler(request: Request[TestMessageRequest]) -> Response:
    """202 with the id of the message, whose delivery is listed when it has been tried: once."""
    message_id = send_test_message(request.brand_id, request.path["id"], now())
    return Response({"data": {"message_id": message_id}})
