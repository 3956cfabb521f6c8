"""Requests about a customer."""

from typing import Annotated, Any

from pydantic import Field, PlainValidator, ValidationInfo, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from loyalty.domain.offers import OfferStatus
from loyalty.domain.pages import PageQuery
from loyalty.domain.schemas import PathIdentifier, Query, Settings, Text


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


class IdentityQuery(Query):
    """Whose customer is looked for: an e-mail address or a mobile number, not both."""

    email: Text | None = None
    """An e-mail address, in any case."""
    mobile: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(None, validate_default=True)
    """A mobile number: with + and the country code, or one of the brand's `default_region`."""

    @field_validator("email")
    @classmethod
    def _with_plus(cls, email: str | None) -> str | None:
        # An unescaped + arrives as a blank, which no address has.
        return email and email.strip().replace(" ", "+")

    @field_validator("mobile")
    @classmethod
    def _one_of_two(cls, mobile: str | None, info: ValidationInfo) -> str | None:
        email = info.data.get("email", "")  # absent if it is invalid: that is said already
        if mobile is None and email is None:
            raise PydanticCustomError("identity", "is required, or email")
        if mobile is not None and email:
            raise PydanticCustomError("identity", "must not be given together with email")
        return f"+{mobile[1:]}" if mobile and mobile.startswith(" ") else mobile


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
