"""DELETE /keys/{id}: revoke an API key, for good."""

from loyalty import http
from loyalty.services.api_keys import revoke_key


def revoke(request: http.Request) -> http.Response:
    """204; the key stays listed as disabled."""
    revoke_key(request.brand_id, request.id("id"))
    return http.Response(None, 204)


handler = http.endpoint(revoke)
