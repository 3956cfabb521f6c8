"""Requests about a customer."""

from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from loyalty.domain.offers import OfferStatus
from loyalty.domain.schemas import PageQuery, PathIdentifier, Settings, Text


class PatchCustomerRequest(Settings):
    """Changes of a profile; what is not given stays, null removes."""

    email: Text | None = None
    """The e-mail address; it names the customer from now on."""
    mobile: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """The mobile number; it names the customer from now on."""
    tags: dict[str, Any] | None = None
    """Tags to set; those that are null are removed."""
    attributes: dict[str, Any] | None = None
    """Attributes to set, such as `tier` and `birthday`; those that are null are removed."""


class UnmergeRequest(Settings):
    """Two customers are to be told apart again who were taken for one person."""

    customer_id: PathIdentifier
    """The id of the one who was merged into the other; it is a customer of its own again."""
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    """Why; it is kept with both."""


def _offer_status(text: str) -> OfferStatus:
    if text not in OfferStatus:
        raise PydanticCustomError("offer_status", f"must be one of {', '.join(OfferStatus)}")
    return OfferStatus(text)


class OffersQuery(PageQuery):
    """The query of a customer's offers."""

    status: (
        Annotated[
            OfferStatus,
            PlainValidator(_offer_status),
            WithJsonSchema({"type": "string", "enum": [status.value for status in OfferStatus]}),
        ]
        | None
    ) = None
    """Which offers to show; all if not given."""
