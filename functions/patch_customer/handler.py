"""PATCH /customers/{id}: set e-mail, mobile, tags and attributes of a customer."""

from loyalty.clock import now
from loyalty.domain.customers.responses import CustomerResponse, customer_response
from loyalty.domain.customers.schemas import PatchCustomerRequest
from loyalty.domain.errors import IdentityTakenError, ItemTooLargeError, UserNotFoundError
from loyalty.domain.schemas import DataResponse
from loyalty.http import EVENTS_WRITE, Request, Response, endpoint
from loyalty.services.profiles import change_customer


@endpoint(
    EVENTS_WRITE,
    body=PatchCustomerRequest,
    answers={200: DataResponse[CustomerResponse]},
    errors=(UserNotFoundError, IdentityTakenError, ItemTooLargeError),
)
def handler(request: Request[PatchCustomerRequest]) -> Response:
    """200 with the profile; what is not named stays, null removes."""
    customer = change_customer(request.brand_id, request.path["id"], request.body, now)
    return Response({"data": customer_response(customer)})
