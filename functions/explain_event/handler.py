"""GET /behavior/events/{id}/explanation: what each campaign made of an event, and why."""

from loyalty.clock import now
from loyalty.domain.errors import EventNotFoundError
from loyalty.domain.events.explanations import ExplanationResponse, explanation_response
from loyalty.domain.schemas import DataResponse
from loyalty.http import CUSTOMERS_READ, EVENTS_WRITE, Request, Response, endpoint
from loyalty.services.explanations import explain_event


@endpoint(EVENTS_WRITE, CUSTOMERS_READ, answers={200: DataResponse[ExplanationResponse]}, errors=(EventNotFoundError,))
def handler(request: Request) -> Response:
    """200 with every campaign of the event's trigger: its outcome, a sentence, and each condition."""
    event, campaigns = explain_event(request.brand_id, request.path["id"], now())
    return Response({"data": explanation_response(event, campaigns)})
