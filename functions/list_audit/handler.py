"""GET /audit: the changes of the brand's settings, newest first: who, when, what was before and what is after."""

from loyalty.domain.pages import PageQuery, PageResponse, page_response
from loyalty.domain.program.responses import AuditResponse, audit_response
from loyalty.http import Request, Response, endpoint
from loyalty.services.program import list_audit


@endpoint(query=PageQuery, answers={200: PageResponse[AuditResponse]})
def handler(request: Request[None, PageQuery]) -> Response:
    """200 with a page of changes."""
    page = list_audit(request.brand_id, request.query.cursor, request.query.limit)
    return Response(page_response((audit_response(request.brand_id, one) for one in page.items), page.next_cursor))
