"""DELETE /keys/{id}: revoke an API key, for good."""

from loyalty.clock import real_now
from loyalty.domain.errors import KeyNotFoundError
from loyalty.domain.program.changes import Author
from loyalty.http import Request, Response, endpoint
from loyalty.services.api_keys import revoke_key


@endpoint(answers={204: None}, errors=(KeyNotFoundError,))
def handler(request: Request) -> Response:
    """204; the key stays listed as disabled."""
    revoke_key(request.brand_id, request.path["id"], Author(request.key_id, real_now()))
    return Response()
