"""A batch of behaviour events of one customer (the shape of Gameball's API, v3 and v4).

An empty string is an absent value, because that is what clients render for what they do not know.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema, field_validator, model_validator
from pydantic_core import PydanticCustomError

from loyalty.domain.schemas import Identifier, Request, Text

# One transaction holds 100 items: the events, the customer, a deadline and two identities.
MAX_EVENTS = 90
MAX_METADATA = 200
_SCALAR = {"type": ["string", "number", "boolean"]}
_NAMES_OF_CUSTOMERS = ("customerId", "playerUniqueId")


def _metadata(value: object) -> object:
    if isinstance(value, list) and all(isinstance(one, str | bool | int | Decimal) for one in value):
        return value
    if isinstance(value, str | bool | int | Decimal):
        return value
    raise PydanticCustomError("metadata", "must be a number, a string, true, false, or a list of these")


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != ""}


MetadataValue = Annotated[
    Any, PlainValidator(_metadata), WithJsonSchema({"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]})
]
Metadata = Annotated[dict[Text, MetadataValue], Field(max_length=MAX_METADATA), AfterValidator(_without_empty)]


class Batch(Request):
    """Events of one customer by name, each with its metadata; fields that are not known are kept with them."""

    customer_id: Identifier
    """Who did it; a customer never seen before is created."""
    events: Annotated[dict[Text, Metadata | None], Field(min_length=1, max_length=MAX_EVENTS)]
    """What happened: by the name of the event its metadata, `{}` or null. Campaigns are triggered by the name."""
    mobile: Annotated[str, Field(max_length=64)] | None = None
    """The mobile number; it names the customer from now on."""
    email: Annotated[str, Field(max_length=255)] | None = None
    """The e-mail address; it names the customer from now on."""
    idempotency_key: Annotated[str, Field(max_length=255)] | None = Field(None, alias="idempotencyKey")
    """What makes a retry the same request, if it is not in the header."""

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, sent: object) -> object:
        return _without_empty(sent) if isinstance(sent, Mapping) else sent

    @field_validator("events")
    @classmethod
    def _null_is_no_metadata(cls, events: dict[str, dict[str, Any] | None]) -> dict[str, dict[str, Any]]:
        return {name: metadata or {} for name, metadata in events.items()}

    @property
    def unknown(self) -> dict[str, Any]:
        """What the batch says beside the fields that are known: real clients send more than is documented."""
        return {name: value for name, value in (self.model_extra or {}).items() if name not in _NAMES_OF_CUSTOMERS}


class TrackEventsV3Request(Batch):
    """Events of one customer by name, each with its metadata (v3)."""

    customer_id: Identifier = Field(alias="playerUniqueId")
    """Who did it; a customer never seen before is created."""


class TrackEventsV4Request(Batch):
    """Events of one customer by name, each with its metadata (v4)."""

    customer_id: Identifier = Field(alias="customerId")
    """Who did it; a customer never seen before is created."""


BATCH_REQUESTS: Mapping[str, type[Batch]] = {"playerUniqueId": TrackEventsV3Request, "customerId": TrackEventsV4Request}
"""The form of a batch by the field that names its customer."""
