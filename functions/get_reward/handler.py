"""GET /rewards/{id}: one reward."""

from loyalty.domain.errors import RewardNotFoundError
from loyalty.domain.program.responses import RewardResponse, reward_response
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.program import read_reward


@endpoint(answers={200: DataResponse[RewardResponse]}, errors=(RewardNotFoundError,))
def handler(request: Request) -> Response:
    """200 with the reward."""
    return Response({"data": reward_response(read_reward(request.brand_id, request.path["id"]))})
