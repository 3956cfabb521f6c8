"""PUT /program: create or replace many rewards, config offers and campaigns at once, all or none."""

from loyalty.clock import now
from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.events.known_fields import unknown_fields_of
from loyalty.domain.program.changes import Author
from loyalty.domain.rules.responses import PutProgramResponse, program_response
from loyalty.domain.rules.schemas import ProgramSettings
from loyalty.domain.schemas import warnings_response
from loyalty.http import Request, Response, endpoint
from loyalty.services.campaigns import put_program


@endpoint(body=ProgramSettings, answers={200: PutProgramResponse}, errors=(BrandNotFoundError,))
def handler(request: Request[ProgramSettings]) -> Response:
    """200 with the ids of what was stored, and warnings as of one campaign; what is not named stays as it is."""
    put_program(request.brand_id, request.body, dict(request.sent), Author(request.key_id, now()))
    warnings = warnings_response(unknown_fields_of(request.body.campaigns or {}))
    return Response({"data": program_response(request.sent), "warnings": warnings})
