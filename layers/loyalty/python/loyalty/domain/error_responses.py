"""What clients see of errors, for the published description; functions answer dicts of this form."""

from typing import Annotated

from pydantic import Field

from loyalty.domain.schemas import CamelAnswer


class ProblemResponse(CamelAnswer):
    """One offending field."""

    field: str
    """Its path, such as `order.products.0.value`."""
    message: str
    """What is wrong with it."""


class ErrorDetailsResponse(CamelAnswer):
    """What an error is about."""

    fields: list[ProblemResponse]
    """Every offending field; empty if it is about none."""


class ErrorResponse(CamelAnswer):
    """What every error answers, those of the gateway included."""

    status_code: int
    """The status of the answer."""
    code: str
    """The error's name, which stays the same."""
    message: Annotated[str, Field(min_length=1)]
    """What is wrong, in a sentence."""
    details: ErrorDetailsResponse
    """Which fields are wrong."""
    request_id: str
    """What to name when asking for help."""
