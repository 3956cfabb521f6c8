"""GET /customers: the customer that an e-mail address or a mobile number belongs to."""

from loyalty.domain.customers.responses import FoundCustomersResponse, customer_response
from loyalty.domain.customers.schemas import IdentityQuery
from loyalty.domain.errors import BrandNotFoundError
from loyalty.http import CUSTOMERS_READ, Request, Response, endpoint
from loyalty.services.customers import find_customers


@endpoint(CUSTOMERS_READ, query=IdentityQuery, answers={200: FoundCustomersResponse}, errors=(BrandNotFoundError,))
def handler(request: Request[None, IdentityQuery]) -> Response:
    """200 with the customer, in a list; an empty list if it belongs to nobody."""
    found = find_customers(request.brand_id, request.query.email, request.query.mobile)
    return Response({"data": [customer_response(customer) for customer in found]})
