"""DELETE /config-offers/{id}: remove a config offer."""

from loyalty.clock import now
from loyalty.domain.errors import BrandNotFoundError, OfferNotFoundError
from loyalty.domain.program.changes import Author
from loyalty.http import Request, Response, endpoint
from loyalty.services.program import delete_config_offer


@endpoint(answers={204: None}, errors=(BrandNotFoundError, OfferNotFoundError))
def handler(request: Request) -> Response:
    """204; offers already assigned stay as they are."""
    delete_config_offer(request.brand_id, request.path["id"], Author(request.key_id, now()))
    return Response()
