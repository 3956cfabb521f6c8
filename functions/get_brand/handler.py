"""GET /brand: the settings of the key's brand."""

from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.program.responses import BrandResponse, brand_response
from loyalty.domain.schemas import DataResponse
from loyalty.http import Request, Response, endpoint
from loyalty.services.program import read_brand


@endpoint(answers={200: DataResponse[BrandResponse]}, errors=(BrandNotFoundError,))
def handler(request: Request) -> Response:
    """200 with the settings."""
    return Response({"data": brand_response(read_brand(request.brand_id))})
