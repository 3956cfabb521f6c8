"""Requests of marketing tools (the shape of RBI's API): an offer or points for one customer.

A template engine renders what it does not know as an empty string: here that is an absent value, as null is. The
messages are read by whoever wrote the template.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from loyalty.domain.customers.identities import normalized_email
from loyalty.domain.ids import is_uuid
from loyalty.domain.offers import UNRANKED
from loyalty.domain.schemas import Amount, Identifier, Request, Text

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EARLIEST_YEAR = 2000

NOT_A_UUID = "must be a UUID, such as 6d13456a-1304-5109-a117-af4de20b2487"
"""What is wrong with an id that is no UUID, and no customer's either."""


def _day(value: object) -> str:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if not isinstance(value, str) or day is None or day.year < _EARLIEST_YEAR:
        left_in = isinstance(value, str) and value.strip().lower() == "yyyy-mm-dd"
        what = "still is the placeholder yyyy-mm-dd: put a day in its place" if left_in else "must be a day"
        raise PydanticCustomError("day", "{what}, such as 2026-01-31", {"what": what})
    return value


def _email(value: object) -> str:
    try:
        return normalized_email(value if isinstance(value, str) else "")
    except ValueError as error:
        raise PydanticCustomError("email", "{what}", {"what": str(error)}) from None


def _points(value: object) -> object:
    if isinstance(value, str):
        raise PydanticCustomError("number_type", "must be a number, without quotation marks around it")
    if value == 0:
        raise PydanticCustomError("number_type", "must not be 0")
    return value


Day = Annotated[str, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Email = Annotated[str, PlainValidator(_email), WithJsonSchema({"type": "string", "format": "email"})]
LongText = Annotated[str, Field(min_length=1, max_length=500)]


def _empty_is_allowed(schema: dict[str, Any]) -> None:
    for name, field in schema["properties"].items():
        if name not in schema.get("required", ()):
            field["anyOf"].append({"const": ""})


class FromTemplate(Request):
    """What a template engine has rendered; fields that are not known are dropped."""

    model_config = ConfigDict(extra="ignore", json_schema_extra=_empty_is_allowed)
    always_checked: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, sent: object) -> object:
        if not isinstance(sent, Mapping):
            return sent
        given = {name: value for name, value in sent.items() if value not in ("", None)}
        return {**dict.fromkeys(cls.always_checked), **given}


class RuleParams(FromTemplate):
    """The days on which an offer can be redeemed, both included, in the brand's time zone."""

    start_date: Day = Field(alias="startDate")
    """The first day."""
    end_date: Day = Field(alias="endDate")
    """The last day."""

    @field_validator("end_date")
    @classmethod
    def _ends_after_it_starts(cls, end_date: str, info: ValidationInfo) -> str:
        if end_date < info.data.get("start_date", ""):
            raise PydanticCustomError("days", "must be on or after startDate")
        return end_date


class ToolRequest(FromTemplate):
    """A request about one customer; each kind of it ends with the field `user_id`, so that it is checked last."""

    always_checked = ("userId",)

    source: Text
    """Who asks for it."""
    email: Email | None = None
    """The e-mail address of the customer, if the id is not known."""
    idempotency_key: Text | None = Field(None, alias="idempotencyKey")
    """What makes a retry the same request, if it is not in the header."""

    @field_validator("user_id", check_fields=False)
    @classmethod
    def _names_the_customer(cls, user_id: str | None, info: ValidationInfo) -> str | None:
        if user_id is None and "email" in info.data and info.data["email"] is None:
            raise PydanticCustomError("customer", "is required, or email")
        # An id of another form may still be a customer's; beside other mistakes it is more likely one of them.
        others_are_right = len(info.data) == len(cls.model_fields) - 1
        if user_id is not None and not others_are_right and not is_uuid(user_id):
            raise PydanticCustomError("uuid", NOT_A_UUID)
        return user_id

    @property
    def fields(self) -> dict[str, Any]:
        """The fields that were given, by their names in JSON."""
        return self.model_dump(by_alias=True, exclude_none=True)


class CreateOfferRequest(ToolRequest):
    """An offer for one customer."""

    reference: LongText | None = None
    """What the sender calls the request."""
    config_id: Identifier = Field(alias="configId")
    """The config offer to make it of."""
    rule_params: RuleParams = Field(alias="ruleParams")
    """When it can be redeemed."""
    rank: Annotated[int, Field(ge=1, le=UNRANKED - 1)] | None = None
    """Its place among the customer's offers, 1 first."""
    user_id: Identifier | None = Field(None, alias="userId")
    """The customer."""


class AssignPointsRequest(ToolRequest):
    """Points for one customer."""

    points_earned: Annotated[Amount, BeforeValidator(_points)] = Field(alias="pointsEarned")
    """How many to credit, or to debit if negative."""
    reference: LongText | None = None
    """What the sender calls the request."""
    reward_id: Identifier | None = Field(None, alias="rewardId")
    """Of which reward; of the brand's default reward if not given."""
    user_id: Identifier | None = Field(None, alias="userId")
    """The customer."""
