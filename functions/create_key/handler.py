"""POST /keys: create an API key of the key's own brand."""

from loyalty.clock import real_now
from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.program.responses import NewApiKeyResponse, api_key_response
from loyalty.domain.program.schemas import CreateApiKeyRequest
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.api_keys import create_key


@endpoint(body=CreateApiKeyRequest, answers={201: DataResponse[NewApiKeyResponse]}, errors=(BrandNotFoundError,))
def handler(request: Request[CreateApiKeyRequest]) -> Response:
    """201 with the key and its secret, which is told this once."""
    body = request.body
    new = create_key(request.brand_id, body.name, body.scopes, real_now(), body.expires_at, author=request.key_id)
    return Response({"data": {**api_key_response(new.key_id, new.key), "secret": new.secret}})
