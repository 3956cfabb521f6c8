"""The forms of requests: a small vocabulary over pydantic-core, whose errors list every offending field by its path.

pydantic's classes would cost a function a third of its start-up on top; its core alone costs an eleventh.
What the core cannot know of a function that checks (that it takes a number, that it wants a time) is said beside it as
JSON Schema: the functions never look at it, the documents that are generated from these forms do.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from pydantic_core import CoreSchema, PydanticCustomError, SchemaValidator, core_schema
from pydantic_core import ValidationError as CoreValidationError

from loyalty.domain.errors import FieldProblem, ValidationError, invalid
from loyalty.domain.money import MAX_DECIMALS, MAX_DIGITS, has_decimals, normalize
from loyalty.domain.times import PERIOD, Period, parse_instant, parse_period, zone

MAX_FIELDS_LISTED = 100

# Where a schema's metadata has its JSON Schema, and those of the forms below.
JSON_SCHEMA = "json_schema"
# And where it says that an empty string is an absent value as well.
EMPTY_IS_ABSENT = "empty_is_absent"
_IDENTIFIER = {"pattern": r"^[^#\s]([^#]*[^#\s])?$"}
_AMOUNT = {"type": "number", "description": f"Exact: at most {MAX_DIGITS} digits, {MAX_DECIMALS} of them decimals."}
_INSTANT = {"format": "date-time"}
_PERIOD = {"pattern": f"^{PERIOD}$", "examples": ["30/days", "12/months"]}
_THIS = "this/(day|week|month|year)"
_WINDOW = {"pattern": f"^({PERIOD}|{_THIS})$", "examples": ["30/days", "this/month"]}
_ZONE = {"examples": ["UTC", "Europe/Berlin"], "description": "The IANA name of a time zone."}
_TAGS = {
    "anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "string"}}],
    "examples": [{"vip": True}, ["vip"]],
}


class Shape:
    """What a JSON object must look like; calling it with one gives the checked object or raises ValidationError.

    Of the fields `either` at most one may be given, and one must be if it is `needed`.
    """

    def __init__(self, schema: CoreSchema, *, either: Sequence[str] = (), needed: bool = False) -> None:
        self.schema = schema
        self.either = either
        self.needed = needed
        self._validator = SchemaValidator(schema)

    def __call__(self, value: object) -> dict[str, Any]:
        """Check the value: a copy of it, or a ValidationError that names every field that does not fit."""
        try:
            checked = cast(dict[str, Any], self._validator.validate_python(value))
        except CoreValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            raise ValidationError(*(_problem(one) for one in problems[:MAX_FIELDS_LISTED])) from None
        given = [name for name in self.either if checked.get(name) is not None]
        if len(given) > 1:
            raise invalid(given[1], f"must not be given together with {given[0]}")
        if self.needed and not given:
            raise invalid(self.either[0], f"is required, or {self.either[1]}")
        return checked


def _problem(error: Mapping[str, Any]) -> FieldProblem:
    loc = error["loc"]
    words = _WORDS.get(error["type"]) or _SHOULD.sub("must", error["msg"].partition(" after validation")[0], count=1)
    if loc[-1:] == ("[key]",):  # it is a name that does not fit, not what stands under it
        loc, words = loc[:-2], f"has a name that {words}"
    return FieldProblem(".".join(str(part) for part in loc) or "body", words)


_SHOULD = re.compile(r"^[\w ]*?should")
_WORDS = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "string_type": "must be a string",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
}


def record(
    required: Mapping[str, CoreSchema] | None = None,
    optional: Mapping[str, CoreSchema] | None = None,
    *,
    closed: bool = False,
    empty_is_absent: bool = False,
) -> CoreSchema:
    """An object; optional fields may also be null. Unknown fields pass through, or are refused if it is closed.

    Where an empty string is an absent value, whoever checks takes it away before; here it is said.
    """
    said = {EMPTY_IS_ABSENT: True} if empty_is_absent else None
    fields = {name: core_schema.typed_dict_field(schema, required=True) for name, schema in (required or {}).items()}
    for name, schema in (optional or {}).items():
        fields[name] = core_schema.typed_dict_field(core_schema.nullable_schema(schema, metadata=said), required=False)
    return core_schema.typed_dict_schema(fields, strict=True, extra_behavior="forbid" if closed else "allow")


def text(max_length: int = 255, min_length: int = 1) -> CoreSchema:
    """A string."""
    return core_schema.str_schema(strict=True, min_length=min_length, max_length=max_length)


def identifier(max_length: int = 255) -> CoreSchema:
    """A string that can be part of a key and of a path: no `#`, no control characters, no blanks around it."""

    def check(value: str) -> str:
        if "#" in value:
            raise PydanticCustomError("identifier", "must not contain #")
        if value != value.strip() or not value.isprintable():
            raise PydanticCustomError("identifier", "must not contain control characters or blanks around it")
        return value

    return core_schema.no_info_after_validator_function(check, text(max_length), metadata={JSON_SCHEMA: _IDENTIFIER})


def amount(**bounds: Decimal) -> CoreSchema:
    """An exact number of at most 15 digits and 4 decimals; `bounds` are pydantic's gt, ge, lt, le."""
    checked = core_schema.decimal_schema(max_digits=MAX_DIGITS, strict=False)
    checked.update(bounds)  # type: ignore[typeddict-item]
    return core_schema.chain_schema([converted(_number, _AMOUNT), checked])


def whole(ge: int, le: int) -> CoreSchema:
    """A whole number between two bounds, both included."""
    return core_schema.int_schema(strict=True, ge=ge, le=le)


def flag() -> CoreSchema:
    """True or false."""
    return core_schema.bool_schema(strict=True)


def choice(*values: str) -> CoreSchema:
    """One of these strings."""
    return core_schema.literal_schema(list(values))


def instant() -> CoreSchema:
    """An RFC 3339 time."""
    return core_schema.chain_schema([text(64), converted(_instant, _INSTANT)])


def period() -> CoreSchema:
    """A length of time such as `12/months`; checked, kept as written."""
    return core_schema.chain_schema([text(64), converted(_period, _PERIOD)])


def window() -> CoreSchema:
    """A length of time, or the present day, week, month or year of the calendar, `this/month`; kept as written."""
    return core_schema.chain_schema([text(64), converted(_window, _WINDOW)])


def time_zone() -> CoreSchema:
    """The IANA name of a time zone; checked, kept as written."""
    return core_schema.chain_schema([text(64), converted(_zone, _ZONE)])


def listing(item: CoreSchema, max_length: int = 1000, min_length: int = 0) -> CoreSchema:
    """A list."""
    return core_schema.list_schema(item, strict=True, max_length=max_length, min_length=min_length)


def mapping() -> CoreSchema:
    """An object of anything."""
    return core_schema.dict_schema(core_schema.str_schema(strict=True), strict=True)


def tags() -> CoreSchema:
    """Tags in either form they are sent in: `{"vip": true}` or `["vip"]`."""
    return converted(_tags, _TAGS)


def mapping_of(values: CoreSchema, max_length: int, min_length: int = 0) -> CoreSchema:
    """An object whose names are up to the sender."""
    return core_schema.dict_schema(text(), values, max_length=max_length, min_length=min_length)


def nullable(schema: CoreSchema) -> CoreSchema:
    """What the schema takes, or null."""
    return core_schema.nullable_schema(schema)


def anything() -> CoreSchema:
    """Any JSON value."""
    return core_schema.any_schema()


def converted(convert: Callable[[Any], object], looks: Mapping[str, object] | None = None) -> CoreSchema:
    """Whatever `convert` makes of the value; it raises PydanticCustomError to refuse it.

    `looks` is what it takes, as JSON Schema; anything if that is not said.
    """
    return core_schema.no_info_plain_validator_function(convert, metadata={JSON_SCHEMA: looks or {}})


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("number_type", "must be a number")
    number = normalize(Decimal(value))
    # Checked here: together with the digits, pydantic would take the decimals off what may stand before the point.
    if has_decimals(number, MAX_DECIMALS):
        raise PydanticCustomError("decimals", f"must have no more than {MAX_DECIMALS} decimal places")
    return number


def _tags(value: object) -> object:
    if isinstance(value, dict) or (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        return value
    raise PydanticCustomError("tags", "must be an object or a list of strings")


def _instant(value: str) -> datetime:
    try:
        return parse_instant(value)
    except (ValueError, OverflowError):
        raise PydanticCustomError("instant", "must be a time such as 2026-01-31T09:30:00Z") from None


def _period(value: str) -> str:
    try:
        parsed: Period = parse_period(value)
    except ValueError:
        raise PydanticCustomError("period", "must be a length of time such as 12/months or 30/days") from None
    if (parsed.unit == "year" and parsed.length > 100) or (parsed.unit == "month" and parsed.length > 1200):
        raise PydanticCustomError("period", "must be at most 100 years")
    return value


def _window(value: str) -> str:
    if re.fullmatch(_THIS, value):
        return value
    try:
        parse_period(value)
    except ValueError:
        raise PydanticCustomError("window", "must be a length of time such as 30/days, or this/month") from None
    return _period(value)


def _zone(value: str) -> str:
    try:
        zone(value)
    except ValueError:
        raise PydanticCustomError("time_zone", "must be the IANA name of a time zone, such as Europe/Berlin") from None
    return value
