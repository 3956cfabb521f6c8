"""GET /rewards: the rewards of the brand, by id."""

from loyalty.domain.pages import PageQuery, PageResponse, page_response
from loyalty.domain.program.responses import RewardResponse, reward_response
from loyalty.http import Request, Response, endpoint
from loyalty.services.program import list_rewards


@endpoint(query=PageQuery, answers={200: PageResponse[RewardResponse]})
def handler(request: Request[None, PageQuery]) -> Response:
    """200 with a page of rewards."""
    page = list_rewards(request.brand_id, request.query.cursor, request.query.limit)
    return Response(page_response(map(reward_response, page.items), page.next_cursor))
