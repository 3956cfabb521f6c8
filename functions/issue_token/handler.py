"""GET /auth/authorize: a client of Masivo's API gets a Bearer token of one hour for its key."""

from loyalty.clock import real_now
from loyalty.domain.program.responses import AccessTokenResponse
from loyalty.http import CUSTOMERS_READ, EVENTS_WRITE, OFFERS_WRITE, Request, Response, endpoint
from loyalty.services.api_keys import issue_token


@endpoint(EVENTS_WRITE, CUSTOMERS_READ, OFFERS_WRITE, answers={200: AccessTokenResponse})
def handler(request: Request) -> Response:
    """200 with the token, which may do what the key may; its payload says when it ends."""
    return Response({"data": issue_token(request.brand_id, request.key_id, real_now())})
