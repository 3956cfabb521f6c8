"""Requests about customers who move in or out."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from loyalty.domain.moving.migrate import MAX_MIGRATED_LOTS
from loyalty.domain.schemas import Amount, Identifier, Instant, Settings, Text
from loyalty.domain.times import parse_instant

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _day_or_instant(value: object) -> date | datetime:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
        return parse_instant(value if isinstance(value, str) else "")
    except (ValueError, OverflowError):
        raise PydanticCustomError("end", "must be a day such as 2026-01-31, or a time") from None


def _not_zero(value: object) -> object:
    if value == 0:
        raise PydanticCustomError("number_type", "must not be 0")
    return value


DayOrInstant = Annotated[
    date | datetime,
    PlainValidator(_day_or_instant),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}),
]


class MigratedBalance(Settings):
    """An amount that ends on its own, or a debt."""

    reward_id: Identifier
    """Of which reward."""
    amount: Annotated[Amount, BeforeValidator(_not_zero)]
    """How much; below zero for a debt."""
    expiration_date: DayOrInstant | None = None
    """When it ends: a time, or the last day on which it can be spent, in the brand's time zone; null for never."""
    issued_at: Instant | None = None
    """When it was earned; now if not given."""


class MigrateRequest(Settings):
    """What a customer brings along from another product; it is taken once for each source."""

    source: Text
    """Where it comes from: the same request again, with the same source, is carried out once."""
    balances: Annotated[list[MigratedBalance], Field(max_length=MAX_MIGRATED_LOTS)] = Field(default_factory=list)
    """What the customer had there."""
    tags: dict[str, Any] = Field(default_factory=dict)
    """Tags to set."""
    attributes: dict[str, Any] = Field(default_factory=dict)
    """Attributes to set, such as `tier` and `birthday`."""
    email: Text | None = None
    """The e-mail address, which names the customer from now on if it is nobody else's."""
    mobile: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """The mobile number, which names the customer from now on if it is nobody else's."""
    announce: bool = False
    """Whether the balances are announced like points that are assigned; nothing is if not given."""
