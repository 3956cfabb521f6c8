"""A batch of behaviour events of one customer (the shape of Gameball's API, v3 and v4).

An empty string and null are absent values, because that is what clients render for what they do not know.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic.config import JsonDict

from loyalty.domain.schemas import PathIdentifier, Request, Text, wrong_field

# One transaction holds 100 items: the events, the customer, a deadline and two identities.
MAX_EVENTS = 90
MAX_METADATA = 200
_EVENTS: JsonDict = {
    "required": ["events"],
    "properties": {"events": {"not": {"type": "null"}}, "metadata": {"type": "null"}},
}
_EVENT_NAME: JsonDict = {"required": ["eventName"], "properties": {"eventName": {"type": "string", "minLength": 1}}}
_NAMES_OF_CUSTOMERS = ("customerId", "playerUniqueId")


def _metadata(value: Any) -> Any:
    """The value without what is absent in it, at any depth; how deep a body may be is checked before."""
    if isinstance(value, Mapping):
        return {name: _metadata(inner) for name, inner in value.items() if inner not in ("", None)}
    if isinstance(value, list):
        return [_metadata(inner) for inner in value if inner is not None]
    return value


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", None)}


MetadataValue = Annotated[Any, PlainValidator(_metadata), WithJsonSchema({})]
"""Anything: clients of analytics tools send the lines of an order as objects in a list."""

Metadata = Annotated[dict[Text, MetadataValue], Field(max_length=MAX_METADATA), AfterValidator(_without_empty)]


class Batch(Request):
    """Events of one customer by name, each with its metadata; fields that are not known are kept with them.

    Points of sale send one event, as `eventName` with `metadata`.
    """

    model_config = ConfigDict(json_schema_extra={"oneOf": [_EVENTS, _EVENT_NAME]})

    customer_id: PathIdentifier
    """Who did it; a customer never seen before is created."""
    events: Annotated[dict[Text, Metadata | None], Field(min_length=1, max_length=MAX_EVENTS)] | None = None
    """What happened: by the name of the event its metadata, `{}` or null. Campaigns are triggered by the name."""
    event_name: Text | None = Field(None, alias="eventName")
    """What happened, if it is one event."""
    metadata: Metadata | None = None
    """The metadata of the event in `eventName`."""
    mobile: Annotated[str, Field(max_length=255)] | None = None
    """The mobile number; it names the customer from now on."""
    email: Annotated[str, Field(max_length=255)] | None = None
    """The e-mail address; it names the customer from now on."""
    idempotency_key: Annotated[str, Field(max_length=255)] | None = Field(None, alias="idempotencyKey")
    """What makes a retry the same request, if it is not in the header."""

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, sent: object) -> object:
        return _without_empty(sent) if isinstance(sent, Mapping) else sent

    @model_validator(mode="after")
    def _has_events_in_one_form(self) -> Self:
        if self.events is None and self.event_name is None:
            raise wrong_field("events", "is required")
        if self.events is not None and self.event_name is not None:
            raise wrong_field("eventName", "must not be given together with events")
        if self.events is not None and self.metadata is not None:
            raise wrong_field("metadata", "must stand in events, under the name of its event")
        return self

    @property
    def named_events(self) -> dict[str, dict[str, Any]]:
        """The metadata of each event by its name, in whichever form they came."""
        events = {self.event_name: self.metadata} if self.event_name else self.events or {}
        return {name: metadata or {} for name, metadata in events.items()}

    @property
    def unknown(self) -> dict[str, Any]:
        """What the batch says beside the fields that are known: real clients send more than is documented."""
        return {name: value for name, value in (self.model_extra or {}).items() if name not in _NAMES_OF_CUSTOMERS}


class TrackEventsV3Request(Batch):
    """Events of one customer by name, each with its metadata (v3)."""

    customer_id: PathIdentifier = Field(alias="playerUniqueId")
    """Who did it; a customer never seen before is created."""


class TrackEventsV4Request(Batch):
    """Events of one customer by name, each with its metadata (v4)."""

    customer_id: PathIdentifier = Field(alias="customerId")
    """Who did it; a customer never seen before is created."""


BATCH_REQUESTS: Mapping[str, type[Batch]] = {"playerUniqueId": TrackEventsV3Request, "customerId": TrackEventsV4Request}
"""The form of a batch by the field that names its customer."""
