"""GET /customers/{id}/export: all that is kept of a customer."""

from loyalty.clock import now
from loyalty.domain.errors import UserNotFoundError
from loyalty.domain.moving.queries import ExportQuery
from loyalty.domain.moving.responses import ExportPageResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.exports import export_customer


@endpoint(query=ExportQuery, answers={200: ExportPageResponse}, errors=(UserNotFoundError,))
def handler(request: Request[None, ExportQuery]) -> Response:
    """200 with all of it, or with a part and the cursor of the next one."""
    return Response(export_customer(request.brand_id, request.path["id"], request.query.cursor, now()))
