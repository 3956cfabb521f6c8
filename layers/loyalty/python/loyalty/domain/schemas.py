"""Types and base models of all JSON that comes in or goes out; what does not fit is told with the path of every field.

The functions that validate share these, so a period is the same period in a request, a campaign and a YAML file.
"""

import os
import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

import pydantic
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from loyalty.domain.errors import FieldProblem, ValidationError
from loyalty.domain.money import MAX_DECIMALS, MAX_DIGITS, normalize, round_half_up
from loyalty.domain.times import PERIOD, format_instant, parse_instant, parse_period, zone

MAX_FIELDS_LISTED = 100
MAX_TIME_TEXT = 64
# A sort key has 1,024 bytes, and what stands beside an id in one is 27 at most.
MAX_ID_BYTES = 990

# Descriptions are for what is published. Reading them opens each model's source, a thirtieth of a function's start.
_DESCRIBED = "AWS_LAMBDA_FUNCTION_NAME" not in os.environ
_THIS = "this/(day|week|month|year)"
_TAG_MARK = "\0tag"
_AT = "at"


class Request(BaseModel):
    """A request body; fields that are not known are kept, because real clients send more than is documented.

    Those in `not_taken` are refused, because they would change what another call means.
    """

    not_taken: ClassVar[frozenset[str]] = frozenset()
    model_config = ConfigDict(
        strict=True, frozen=True, extra="allow", defer_build=True, use_attribute_docstrings=_DESCRIBED
    )


class Settings(BaseModel):
    """Something that is configured; a field that is not known is refused, because it would be a typing mistake."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", defer_build=True, use_attribute_docstrings=_DESCRIBED
    )

    @classmethod
    def problems(cls, error: pydantic.ValidationError) -> "list[FieldProblem]":
        """What does not fit; a model may have better words for it than all models have."""
        return field_problems(error)


class Query(BaseModel):
    """The query of a request, which is all text; parameters that no call knows are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True, use_attribute_docstrings=_DESCRIBED)


class Answer(BaseModel):
    """What a call answers.

    Functions answer with dicts of this form, which the tests validate: to build models of a year's wallet would take
    longer than to read it. So a validator is only built where one is used.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True, use_attribute_docstrings=_DESCRIBED)


class CamelAnswer(Answer):
    """What a call answers where the API that it is shaped after has names in camel case."""

    model_config = ConfigDict(alias_generator=to_camel)


class DataResponse[T](Answer):
    """What was asked for."""

    data: T
    """The thing itself."""


class WarningResponse(Answer):
    """A field that is probably a mistake; the call was carried out all the same."""

    field: str
    """Its path."""
    message: str
    """What is wrong with it, and what that means for the call."""


def warnings_response(problems: Iterable[FieldProblem]) -> list[dict[str, Any]]:
    """A WarningResponse for each."""
    return [problem._asdict() for problem in problems]


def validate[M: BaseModel](model: type[M], value: object, context: object = None) -> M:
    """The value as this model; raises our ValidationError, which names every field that does not fit by its path.

    The context is for validators that check it against something else.
    """
    try:
        return model.model_validate(value, context=context)
    except pydantic.ValidationError as error:
        problems = model.problems(error) if issubclass(model, Settings) else field_problems(error)
        raise ValidationError(*problems) from None


def field_problems(error: pydantic.ValidationError) -> list[FieldProblem]:
    """What pydantic found, in the words of this API: up to MAX_FIELDS_LISTED fields with their paths."""
    found = error.errors(include_url=False, include_input=False)[:MAX_FIELDS_LISTED]
    return [_problem(one["type"], (*one["loc"], *one.get("ctx", {}).get(_AT, ())), one["msg"]) for one in found]


def wrong_field(name: str, message: str) -> PydanticCustomError:
    """The error of one field, for a validator of the whole model: by itself that would blame no field."""
    return wrong_at((name,), message)


def wrong_at(path: tuple[int | str, ...], message: str) -> PydanticCustomError:
    """The error of what lies at a path beneath what a validator is given."""
    return PydanticCustomError("wrong_field", "{message}", {"message": message, _AT: path})


def to_time(instant: datetime | None) -> str | None:
    """An instant as a Time, None as null."""
    return format_instant(instant) if instant else None


def union_tag(name: str) -> str:
    """The tag of one member of a discriminated union, marked so that it can be left out of a field's path."""
    return name + _TAG_MARK


def _problem(kind: str, loc: tuple[int | str, ...], message: str) -> FieldProblem:
    loc = tuple(part for part in loc if not str(part).endswith(_TAG_MARK))
    words = _WORDS.get(kind) or _SHOULD.sub("must", message.partition(" after validation")[0], count=1)
    if loc[-1:] == ("[key]",):  # the name does not fit, not the value under it
        loc, words = loc[:-2], f"has a name that {words}"
    return FieldProblem(".".join(map(str, loc)) or "body", words)


_SHOULD = re.compile(r"^[\w ]*?should")
_WORDS = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "string_type": "must be a string",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
}


class _Exact:
    """Checks an exact number of at most MAX_DIGITS digits and MAX_DECIMALS decimals, and its bounds.

    pydantic's own `max_digits` together with `decimal_places` would take the decimals off what may stand before the
    point, and bounds outside of a function's validator are missing from the JSON Schema. `rounds` takes more decimals,
    as sums of binary floats have them, and rounds them.
    """

    def __init__(
        self, gt: int | None = None, ge: int | None = None, le: int | None = None, *, rounds: bool = False
    ) -> None:
        bounds = {"exclusiveMinimum": gt, "minimum": ge, "maximum": le}
        self.json_schema = WithJsonSchema(
            {
                "type": "number",
                "description": f"Exact: at most {MAX_DIGITS} digits, {MAX_DECIMALS} of them decimals"
                + (", to which more are rounded half up." if rounds else "."),
                **{name: bound for name, bound in bounds.items() if bound is not None},
            }
        )
        self._gt, self._ge, self._le, self._rounds = gt, ge, le, rounds

    def check(self, value: object) -> Decimal:
        """The number in its one form; raises pydantic's error of a value that does not fit."""
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise PydanticCustomError("number_type", "must be a number")
        number = Decimal(value) if isinstance(value, int) else normalize(value)
        if self._ge is not None and number < self._ge:
            raise PydanticCustomError("bound", f"must be greater than or equal to {self._ge}")
        _, digits, exponent = number.as_tuple()
        if isinstance(exponent, int) and exponent < -MAX_DECIMALS:
            if not self._rounds:
                raise PydanticCustomError("decimals", f"must have no more than {MAX_DECIMALS} decimal places")
            number = round_half_up(number)
            digits = number.as_tuple().digits
        if len(digits) > MAX_DIGITS:
            raise PydanticCustomError("digits", f"must have no more than {MAX_DIGITS} digits in total")
        if self._gt is not None and number <= self._gt:
            raise PydanticCustomError("bound", f"must be greater than {self._gt}")
        if self._le is not None and number > self._le:
            raise PydanticCustomError("bound", f"must be less than or equal to {self._le}")
        return number


def _identifier(value: str) -> str:
    if "#" in value:
        raise PydanticCustomError("identifier", "must not contain #")
    if value != value.strip() or not value.isprintable():
        raise PydanticCustomError("identifier", "must not contain control characters or blanks around it")
    if len(value.encode()) > MAX_ID_BYTES:
        raise PydanticCustomError("identifier", f"must be at most {MAX_ID_BYTES} bytes in UTF-8")
    return value


def _path_identifier(value: str) -> str:
    if "/" in value:
        raise PydanticCustomError(
            "identifier", "must not contain /, as it is part of paths; gid:shopify:Customer:7 may"
        )
    if value in (".", ".."):
        raise PydanticCustomError("identifier", "must not be . or .., which paths do without")
    return value


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "must be a string")
    if not 0 < len(value) <= MAX_TIME_TEXT:
        length = f"at most {MAX_TIME_TEXT} characters" if value else "at least 1 character"
        raise PydanticCustomError("length", f"must have {length}")
    try:
        return parse_instant(value)
    except (ValueError, OverflowError):
        raise PydanticCustomError("instant", "must be a time such as 2026-01-31T09:30:00Z") from None


def _period(value: str) -> str:
    try:
        period = parse_period(value)
    except ValueError:
        raise PydanticCustomError("period", "must be a length of time such as 12/months or 30/days") from None
    if (period.unit == "year" and period.length > 100) or (period.unit == "month" and period.length > 1200):
        raise PydanticCustomError("period", "must be at most 100 years")
    return value


def _window(value: str) -> str:
    if re.fullmatch(_THIS, value):
        return value
    try:
        return _period(value)
    except PydanticCustomError as error:
        if error.message_template.endswith("100 years"):
            raise
        raise PydanticCustomError("window", "must be a length of time such as 30/days, or this/month") from None


def _time_zone(value: str) -> str:
    try:
        zone(value)
    except ValueError:
        raise PydanticCustomError("time_zone", "must be the IANA name of a time zone, such as Europe/Berlin") from None
    return value


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise PydanticCustomError("flag", "must be true or false")
    return text.lower() == "true"


def _tags(value: object) -> object:
    if isinstance(value, dict) or (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        return value
    raise PydanticCustomError("tags", "must be an object or a list of strings")


_ANY, _NOT_NEGATIVE, _POSITIVE = _Exact(), _Exact(ge=0), _Exact(gt=0)
_ROUNDED = _Exact(ge=0, rounds=True)
_PERCENT, _FACTOR = _Exact(gt=0, le=10_000), _Exact(gt=1, le=1_000)

Amount = Annotated[Decimal, PlainValidator(_ANY.check), _ANY.json_schema]
"""An exact amount, negative ones included."""

NonNegativeAmount = Annotated[Decimal, PlainValidator(_NOT_NEGATIVE.check), _NOT_NEGATIVE.json_schema]
"""An exact amount of zero or more."""

OrderAmount = Annotated[Decimal, PlainValidator(_ROUNDED.check), _ROUNDED.json_schema]
"""An amount of an order: zero or more, rounded half up to MAX_DECIMALS."""

PositiveAmount = Annotated[Decimal, PlainValidator(_POSITIVE.check), _POSITIVE.json_schema]
"""An exact amount above zero."""

Percent = Annotated[Decimal, PlainValidator(_PERCENT.check), _PERCENT.json_schema]
"""A percentage above zero, up to 10,000."""

Factor = Annotated[Decimal, PlainValidator(_FACTOR.check), _FACTOR.json_schema]
"""What something is multiplied by: above 1, up to 1,000."""

Text = Annotated[str, Field(min_length=1, max_length=255)]
"""A string of 1 to 255 characters."""

Identifier = Annotated[
    str,
    Field(min_length=1, max_length=255, json_schema_extra={"pattern": r"^[^#\s]([^#]*[^#\s])?$"}),
    AfterValidator(_identifier),
]
"""A string that can be part of a key: no `#`, no control characters, no blanks around it."""

PathIdentifier = Annotated[
    Identifier,
    Field(json_schema_extra={"pattern": r"^(?!\.{1,2}$)[^#/\s]([^#/]*[^#/\s])?$"}),
    AfterValidator(_path_identifier),
]
"""An identifier that can also be part of a path: gateways take an encoded `/` apart, and clients resolve dots."""

Instant = Annotated[
    datetime,
    PlainValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "minLength": 1, "maxLength": MAX_TIME_TEXT}),
]
"""An RFC 3339 time, as UTC in whole milliseconds."""

Period = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TIME_TEXT,
        json_schema_extra={"pattern": f"^{PERIOD}$", "examples": ["30/days", "12/months"]},
    ),
    AfterValidator(_period),
]
"""A length of time such as `12/months`, kept as written."""

Window = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TIME_TEXT,
        json_schema_extra={"pattern": f"^({PERIOD}|{_THIS})$", "examples": ["30/days", "this/month"]},
    ),
    AfterValidator(_window),
]
"""A length of time, or the present day, week, month or year of the calendar (`this/month`); kept as written."""

TimeZone = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TIME_TEXT,
        description="The IANA name of a time zone.",
        json_schema_extra={"examples": ["UTC", "Europe/Berlin"]},
    ),
    AfterValidator(_time_zone),
]
"""The IANA name of a time zone, kept as written."""

Tags = Annotated[
    dict[str, Any] | list[str],
    PlainValidator(_tags),
    WithJsonSchema(
        {
            "anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "string"}}],
            "examples": [{"vip": True}, ["vip"]],
        }
    ),
]
"""Tags in either form they are sent in: `{"vip": true}` or `["vip"]`."""

Flag = Annotated[bool, PlainValidator(_flag), WithJsonSchema({"type": "boolean"})]
"""True or false as a query says it, in any case."""

Number = Annotated[Decimal, WithJsonSchema({"type": "number"})]
"""An exact number in an answer."""

Time = Annotated[
    str, Field(json_schema_extra={"format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"})
]
"""A time in an answer: RFC 3339 in UTC with milliseconds."""


class DryRunQuery(Query):
    """The query of what can be tried."""

    dry_run: Flag = False
    """Whether to answer what would be, and store nothing."""
