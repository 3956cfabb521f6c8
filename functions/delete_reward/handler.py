"""DELETE /rewards/{id}: remove a reward that no campaign grants."""

from loyalty.clock import now
from loyalty.domain.errors import BrandNotFoundError, RewardInUseError, RewardNotFoundError
from loyalty.domain.program.changes import Author
from loyalty.http import Request, Response, endpoint
from loyalty.services.program import delete_reward


@endpoint(answers={204: None}, errors=(BrandNotFoundError, RewardInUseError, RewardNotFoundError))
def handler(request: Request) -> Response:
    """204; what customers have of it stays theirs."""
    delete_reward(request.brand_id, request.path["id"], Author(request.key_id, now()))
    return Response()
