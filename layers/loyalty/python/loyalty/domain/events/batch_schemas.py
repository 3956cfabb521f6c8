"""The form of a batch of behaviour events (Gameball's API, v3 and v4): event names, each with its metadata."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic_core import PydanticCustomError

from loyalty.domain.shapes import Shape, converted, identifier, mapping_of, nullable, record, text

# One transaction holds 100 items: the events, the customer, a deadline and two identities.
MAX_EVENTS = 90
_MOST_METADATA = 200
_KNOWN = ("customerId", "playerUniqueId", "events", "mobile", "email", "idempotencyKey")


def _metadata(value: object) -> object:
    if isinstance(value, list) and all(isinstance(one, str | bool | int | Decimal) for one in value):
        return value
    if isinstance(value, str | bool | int | Decimal):
        return value
    raise PydanticCustomError("metadata", "must be a number, a string, true, false, or a list of these")


_SCALAR = {"type": ["string", "number", "boolean"]}
_METADATA = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}
_EVENTS = mapping_of(nullable(mapping_of(converted(_metadata, _METADATA), _MOST_METADATA)), MAX_EVENTS, min_length=1)


class Batch:
    """Checks a batch whose customer stands in `customer_field`; an empty string is an absent value."""

    def __init__(self, customer_field: str) -> None:
        said = {"mobile": text(64, 0), "email": text(min_length=0), "idempotencyKey": text(min_length=0)}
        self.shape = Shape(record({customer_field: identifier(), "events": _EVENTS}, said))

    def __call__(self, sent: object) -> dict[str, Any]:
        """Check the batch: a copy of it without empty strings, or a ValidationError naming every field."""
        if isinstance(sent, Mapping):
            sent = _without_empty(sent)
        batch = self.shape(sent)
        batch["events"] = {name: _without_empty(metadata or {}) for name, metadata in batch["events"].items()}
        return batch


def beside(batch: Mapping[str, Any]) -> dict[str, Any]:
    """What a batch says beside the fields that are known: real clients send more than is documented."""
    return {name: value for name, value in batch.items() if name not in _KNOWN}


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != ""}
