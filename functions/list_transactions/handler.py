"""GET /customers/{id}/transactions: every entry of a customer's ledger, newest first."""

from loyalty.clock import now
from loyalty.domain.errors import UserNotFoundError
from loyalty.domain.pages import PageQuery, PageResponse, page_response
from loyalty.domain.wallet.transaction_responses import TransactionResponse, transaction_response
from loyalty.http import CUSTOMERS_READ, Request, Response, endpoint
from loyalty.services.history import list_transactions


@endpoint(
    CUSTOMERS_READ, query=PageQuery, answers={200: PageResponse[TransactionResponse]}, errors=(UserNotFoundError,)
)
def handler(request: Request[None, PageQuery]) -> Response:
    """200 with a page of entries."""
    query = request.query
    page = list_transactions(request.brand_id, request.path["id"], query.cursor, query.limit, now())
    entries = (
        transaction_response(one.entry_id, one.entry, one.at, one.trace_id, one.source, one.reference)
        for one in page.items
    )
    return Response(page_response(entries, page.next_cursor))
