"""PUT /brand: change the settings of the key's brand; those not named stay, null takes away a default."""

from loyalty.clock import now
from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.program.changes import Author
from loyalty.domain.program.responses import BrandResponse, brand_response
from loyalty.domain.program.schemas import BrandSettings
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.program import change_brand


@endpoint(body=BrandSettings, answers={200: DataResponse[BrandResponse]}, errors=(BrandNotFoundError,))
def handler(request: Request[BrandSettings]) -> Response:
    """200 with the settings as they now are."""
    return Response(
        {"data": brand_response(change_brand(request.brand_id, request.body, Author(request.key_id, now())))}
    )
