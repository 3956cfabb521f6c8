"""PUT /config-offers/{id}: create or replace what offers are made of."""

from loyalty.clock import now
from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.program.changes import Author
from loyalty.domain.program.responses import ConfigOfferResponse, config_offer_response
from loyalty.domain.program.schemas import ConfigOfferSettings
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.program import put_config_offer


@endpoint(body=ConfigOfferSettings, answers={200: DataResponse[ConfigOfferResponse]}, errors=(BrandNotFoundError,))
def handler(request: Request[ConfigOfferSettings]) -> Response:
    """200 with the config offer; offers already assigned stay as they are."""
    config_offer = put_config_offer(request.brand_id, request.path["id"], request.body, Author(request.key_id, now()))
    return Response({"data": config_offer_response(config_offer)})
