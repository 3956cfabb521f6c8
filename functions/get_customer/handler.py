"""GET /customers/{id}: who a customer is."""

from loyalty.domain.customers.responses import CustomerResponse, customer_response
from loyalty.domain.errors import UserNotFoundError
from loyalty.domain.schemas import DataResponse
from loyalty.http import CUSTOMERS_READ, Request, Response, endpoint
from loyalty.services.customers import read_customer


@endpoint(CUSTOMERS_READ, answers={200: DataResponse[CustomerResponse]}, errors=(UserNotFoundError,))
def handler(request: Request) -> Response:
    """200 with the profile."""
    return Response({"data": customer_response(read_customer(request.brand_id, request.path["id"]))})
