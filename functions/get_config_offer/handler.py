"""GET /config-offers/{id}: one config offer."""

from loyalty.domain.errors import OfferNotFoundError
from loyalty.domain.program.responses import ConfigOfferResponse, config_offer_response
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.program import read_config_offer


@endpoint(answers={200: DataResponse[ConfigOfferResponse]}, errors=(OfferNotFoundError,))
def handler(request: Request) -> Response:
    """200 with the config offer."""
    return Response({"data": config_offer_response(read_config_offer(request.brand_id, request.path["id"]))})
