"""DELETE /campaigns/{id}: remove a campaign; promises it made are kept."""

from loyalty import http
from loyalty.services.program import delete_campaign


def delete(request: http.Request) -> http.Response:
    """204."""
    delete_campaign(request.brand_id, request.id("id"))
    return http.Response(None, 204)


handler = http.endpoint(delete)
