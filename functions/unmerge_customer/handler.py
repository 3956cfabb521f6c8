"""POST /customers/{id}/unmerge: split off a customer who was merged into this one by mistake."""

from loyalty.clock import now
from loyalty.domain.customers.schemas import UnmergeRequest
from loyalty.domain.customers.unmerging_responses import UnmergedResponse, unmerged_response
from loyalty.domain.errors import NotMergedError, UserNotFoundError
from loyalty.domain.schemas import DataResponse, DryRunQuery
from loyalty.http import Request, Response, endpoint
from loyalty.services.unmerging import unmerge_customer


@endpoint(
    body=UnmergeRequest,
    query=DryRunQuery,
    answers={200: DataResponse[UnmergedResponse]},
    errors=(UserNotFoundError, NotMergedError),
)
def handler(request: Request[UnmergeRequest, DryRunQuery]) -> Response:
    """200 with both, and what went back; what was spent stays spent, and later records stay where they are."""
    body, dry_run = request.body, request.query.dry_run
    split = unmerge_customer(request.brand_id, request.path["id"], body.customer_id, body.reason, now, dry_run=dry_run)
    return Response({"data": unmerged_response(split)})
