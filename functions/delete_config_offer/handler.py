"""DELETE /config-offers/{id}: remove a config offer."""

from loyalty import http
from loyalty.services.program import delete_config_offer


def delete(request: http.Request) -> http.Response:
    """204; offers already assigned stay as they are."""
    delete_config_offer(request.brand_id, request.id("id"))
    return http.Response(None, 204)


handler = http.endpoint(delete)
