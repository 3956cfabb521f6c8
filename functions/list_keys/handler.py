"""GET /keys: the API keys of the brand, revoked ones too, by id; never their secrets."""

from loyalty.domain.pages import PageQuery, PageResponse, page_response
from loyalty.domain.program.responses import ApiKeyResponse, api_key_response
from loyalty.http import Request, Response, endpoint
from loyalty.services.api_keys import list_keys


@endpoint(query=PageQuery, answers={200: PageResponse[ApiKeyResponse]})
def handler(request: Request[None, PageQuery]) -> Response:
    """200 with a page of keys."""
    page = list_keys(request.brand_id, request.query.cursor, request.query.limit)
    keys = (api_key_response(key_id, key) for key_id, key in page.items)
    return Response(page_response(keys, page.next_cursor))
