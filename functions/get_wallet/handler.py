"""GET /customers/{id}/wallet: what a customer has, holds and is promised."""

from loyalty.clock import now
from loyalty.domain.errors import UserNotFoundError
from loyalty.domain.schemas import DataResponse
from loyalty.domain.wallet.responses import WalletResponse, wallet_response
from loyalty.http import CUSTOMERS_READ, Request, Response, endpoint
from loyalty.services.customers import read_customer


@endpoint(CUSTOMERS_READ, answers={200: DataResponse[WalletResponse]}, errors=(UserNotFoundError,))
def handler(request: Request) -> Response:
    """200 with the totals and the lots they consist of, as of now."""
    customer = read_customer(request.brand_id, request.path["id"])
    return Response({"data": wallet_response(customer.wallet, now())})
