"""PUT /rewards/{id}: create or replace a reward."""

from loyalty.clock import now
from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.program.changes import Author
from loyalty.domain.program.responses import RewardResponse, reward_response
from loyalty.domain.program.schemas import RewardSettings
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.program import put_reward


@endpoint(body=RewardSettings, answers={200: DataResponse[RewardResponse]}, errors=(BrandNotFoundError,))
def handler(request: Request[RewardSettings]) -> Response:
    """200 with the reward."""
    reward = put_reward(request.brand_id, request.path["id"], request.body, Author(request.key_id, now()))
    return Response({"data": reward_response(reward)})
