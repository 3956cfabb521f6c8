"""DELETE /campaigns/{id}: remove a campaign; promises it made are kept."""

from loyalty.clock import now
from loyalty.domain.errors import BrandNotFoundError, CampaignNotFoundError
from loyalty.domain.program.changes import Author
from loyalty.http import Request, Response, endpoint
from loyalty.services.program import delete_campaign


@endpoint(answers={204: None}, errors=(BrandNotFoundError, CampaignNotFoundError))
def handler(request: Request) -> Response:
    """204."""
    delete_campaign(request.brand_id, request.path["id"], Author(request.key_id, now()))
    return Response()
