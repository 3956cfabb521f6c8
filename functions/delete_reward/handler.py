"""DELETE /rewards/{id}: remove a reward that no campaign grants."""

from loyalty import http
from loyalty.services.program import delete_reward


def delete(request: http.Request) -> http.Response:
    """204; what customers have of it stays theirs."""
    delete_reward(request.brand_id, request.id("id"))
    return http.Response(None, 204)


handler = http.endpoint(delete)
