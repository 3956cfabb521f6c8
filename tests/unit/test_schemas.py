"""Types and base models of JSON: what each takes, how its refusal reads, and what is said of it."""

import itertools
import re
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, TypeAdapter, create_model, model_validator

from loyalty import json
from loyalty.domain.errors import ValidationError
from loyalty.domain.schemas import (
    MAX_FIELDS_LISTED,
    Amount,
    Factor,
    Identifier,
    Instant,
    NonNegativeAmount,
    OrderAmount,
    PathIdentifier,
    Percent,
    Period,
    PositiveAmount,
    Request,
    Settings,
    Tags,
    Text,
    TimeZone,
    Window,
    union_tag,
    validate,
    wrong_field,
)
from tests.support.builders import NOW

Days = Annotated[int, Field(ge=1, le=365)]


def model_of(type_: Any) -> type[Request]:
    """A request with one field of that type."""
    return create_model("Model", __base__=Request, it=(type_, ...))


def problems(model: type[BaseModel], value: object) -> dict[str, str]:
    """What is wrong with a value, by path."""
    try:
        validate(model, value)
    except ValidationError as refusal:
        return {one.field: one.message for one in refusal.fields}
    return {}


@pytest.mark.parametrize(
    ("type_", "sent", "taken"),
    [
        (Text, '"é"', "é"),
        (Text, f'"{"x" * 255}"', "x" * 255),
        (Identifier, '"A b/ç-7"', "A b/ç-7"),
        (bool, "true", True),
        (Days, "365", 365),
        (Literal["a", "b"], '"b"', "b"),
        (Instant, '"2026-03-10T13:00:00+01:00"', NOW),
        (Period, '"12/months"', "12/months"),
        (TimeZone, '"Europe/Berlin"', "Europe/Berlin"),
        (list[Text], "[]", []),
        (dict[str, Any], '{"a": [null]}', {"a": [None]}),
        (Any, "null", None),
        (NonNegativeAmount, "0", Decimal(0)),
        (NonNegativeAmount, "42.50", Decimal("42.5")),
        (NonNegativeAmount, "1.00000", Decimal(1)),
        (NonNegativeAmount, "1e3", Decimal(1000)),
        (NonNegativeAmount, "999999999999999", Decimal("999999999999999")),
        (NonNegativeAmount, "99999999999.9999", Decimal("99999999999.9999")),
        (PositiveAmount, "0.0001", Decimal("0.0001")),
        (Amount, "-0.5", Decimal("-0.5")),
        (OrderAmount, "30.000000000000004", Decimal(30)),
        (OrderAmount, "0.12345", Decimal("0.1235")),
        (OrderAmount, "0.12344999", Decimal("0.1234")),
        (OrderAmount, "99999999999.99989", Decimal("99999999999.9999")),
        (PathIdentifier, '"gid:shopify:Customer:7"', "gid:shopify:Customer:7"),
        (PathIdentifier, '"x%41 ..."', "x%41 ..."),
        (Percent, "10000", Decimal(10000)),
        (Factor, "1.5", Decimal("1.5")),
        (Window, '"this/month"', "this/month"),
        (Window, '"30/days"', "30/days"),
        (Tags, '{"vip": true}', {"vip": True}),
        (Tags, '["vip"]', ["vip"]),
    ],
    ids=itertools.count(),
)
def test_what_fits_is_taken(type_: Any, sent: str, taken: object) -> None:
    assert validate(model_of(type_), json.loads(f'{{"it": {sent}}}')).model_dump() == {"it": taken}


A_TIME = "must be a time such as 2026-01-31T09:30:00Z"
A_PATH = "must not contain /, as it is part of paths; gid:shopify:Customer:7 may"
A_PERIOD = "must be a length of time such as 12/months or 30/days"
A_ZONE = "must be the IANA name of a time zone, such as Europe/Berlin"


@pytest.mark.parametrize(
    ("type_", "sent", "why"),
    [
        (Text, "5", "must be a string"),
        (Text, "null", "must be a string"),
        (Text, '""', "must have at least 1 character"),
        (Text, f'"{"x" * 256}"', "must have at most 255 characters"),
        (Identifier, '"a#b"', "must not contain #"),
        (Identifier, '" a"', "must not contain control characters or blanks around it"),
        (Identifier, '"a\\n"', "must not contain control characters or blanks around it"),
        (Identifier, '"a\\u0000b"', "must not contain control characters or blanks around it"),
        (Identifier, f'"{"x" * 300}"', "must have at most 255 characters"),
        (Identifier, f'"{"😀" * 248}"', "must be at most 990 bytes in UTF-8"),
        (PathIdentifier, '"gid://shopify/Customer/7"', A_PATH),
        (PathIdentifier, '"/"', A_PATH),
        (PathIdentifier, '"."', "must not be . or .., which paths do without"),
        (PathIdentifier, '".."', "must not be . or .., which paths do without"),
        (PathIdentifier, '"a#b"', "must not contain #"),
        (bool, '"true"', "must be true or false"),
        (bool, "1", "must be true or false"),
        (Days, "0", "must be greater than or equal to 1"),
        (Days, "366", "must be less than or equal to 365"),
        (Days, "1.5", "must be a whole number"),
        (Days, '"1"', "must be a whole number"),
        (Days, "true", "must be a whole number"),
        (Literal["a", "b"], '"A"', "must be 'a' or 'b'"),
        (Instant, '"2026-03-10"', A_TIME),
        (Instant, '"9999-12-31T23:59:59-01:00"', A_TIME),
        (Instant, "1773144000", "must be a string"),
        (Instant, '""', "must have at least 1 character"),
        (Instant, f'"{"x" * 65}"', "must have at most 64 characters"),
        (Percent, "10000.1", "must be less than or equal to 10000"),
        (Factor, "1", "must be greater than 1"),
        (Window, '"this/minute"', "must be a length of time such as 30/days, or this/month"),
        (Window, '"101/years"', "must be at most 100 years"),
        (Tags, '"vip"', "must be an object or a list of strings"),
        (Tags, "[1]", "must be an object or a list of strings"),
        (Period, '""', "must have at least 1 character"),
        (Period, '"12 months"', A_PERIOD),
        (Period, '"101/years"', "must be at most 100 years"),
        (TimeZone, '"Berlin"', A_ZONE),
        (TimeZone, f'"{"x" * 65}"', "must have at most 64 characters"),
        (Annotated[list[Text], Field(max_length=2)], "{}", "must be a list"),
        (Annotated[list[Text], Field(min_length=1)], "[]", "must have at least 1 item"),
        (Annotated[list[Text], Field(max_length=2)], '["a", "b", "c"]', "must have at most 2 items"),
        (dict[str, Any], "[]", "must be an object"),
        (NonNegativeAmount, '"42"', "must be a number"),
        (NonNegativeAmount, "true", "must be a number"),
        (NonNegativeAmount, "null", "must be a number"),
        (NonNegativeAmount, "[1]", "must be a number"),
        (NonNegativeAmount, "-0.0001", "must be greater than or equal to 0"),
        (PositiveAmount, "0", "must be greater than 0"),
        (PositiveAmount, "30.000000000000004", "must have no more than 4 decimal places"),
        (OrderAmount, "-0.00001", "must be greater than or equal to 0"),
        (OrderAmount, "123456789012.12345", "must have no more than 15 digits in total"),
        (OrderAmount, '"30.00"', "must be a number"),
        (PositiveAmount, "-5", "must be greater than 0"),
        (NonNegativeAmount, "0.00001", "must have no more than 4 decimal places"),
        (NonNegativeAmount, "1000000000000000", "must have no more than 15 digits in total"),
        (NonNegativeAmount, "12345678901234567890", "must have no more than 15 digits in total"),
        (NonNegativeAmount, "999999999999999.9", "must have no more than 15 digits in total"),
    ],
    ids=itertools.count(),
)
def test_what_does_not_fit_is_refused_in_words(type_: Any, sent: str, why: str) -> None:
    assert problems(model_of(type_), json.loads(f'{{"it": {sent}}}')) == {"it": why}


class Open(Request):
    a: Text
    b: Text | None = None


class Closed(Settings):
    a: Text


class Product(Request):
    sku: Text
    value: NonNegativeAmount | None = None


class Order(Request):
    products: list[Product]


class Purchase(Request):
    order: Order
    at: Instant | None = None


def test_required_fields_are_asked_for_and_optional_ones_may_be_null() -> None:
    assert validate(Open, {"a": "x", "b": None}) == Open(a="x")
    assert problems(Open, {"b": "x"}) == {"a": "is required"}
    assert problems(Open, {"a": None}) == {"a": "must be a string"}


@pytest.mark.parametrize("value", [None, [], "x", 5, [{}]])
def test_a_body_is_an_object(value: object) -> None:
    assert problems(Open, value) == {"body": "must be an object"}


def test_unknown_fields_of_requests_are_kept_and_of_settings_refused() -> None:
    assert validate(Open, {"a": "x", "more": [1]}).model_extra == {"more": [1]}
    assert problems(Closed, {"a": "x", "more": 1}) == {"more": "is not a known field"}


def test_every_problem_is_listed_by_its_path() -> None:
    sent: Any = {"order": {"products": [{"sku": "A"}, {"value": -1}, "B"]}, "at": "now"}
    assert problems(Purchase, sent) == {
        "order.products.1.sku": "is required",
        "order.products.1.value": "must be greater than or equal to 0",
        "order.products.2": "must be an object",
        "at": A_TIME,
    }


def test_the_message_is_one_sentence_of_all_problems() -> None:
    with pytest.raises(ValidationError, match=r"^a: is required; b: must be a string$"):
        validate(Open, {"b": 5})


def test_no_more_problems_are_listed_than_anyone_would_read() -> None:
    assert len(problems(model_of(list[Text]), {"it": [5] * 500})) == MAX_FIELDS_LISTED


def test_what_was_sent_stays_as_it_is() -> None:
    sent = {"order": {"products": []}, "at": "2026-03-10T12:00:00Z"}
    assert validate(Purchase, sent).at == NOW
    assert sent == {"order": {"products": []}, "at": "2026-03-10T12:00:00Z"}


def test_a_name_that_does_not_fit_is_told_where_it_stands() -> None:
    assert problems(model_of(dict[Text, Text]), {"it": {"": "x"}}) == {
        "it": "has a name that must have at least 1 character"
    }


class Hold(Request):
    days: int | None = None
    until: Text | None = None

    @model_validator(mode="after")
    def _not_both(self) -> "Hold":
        if self.days and self.until:
            raise wrong_field("until", "must not be given together with days")
        return self


def test_what_is_wrong_between_fields_is_told_of_one_of_them() -> None:
    assert problems(Hold, {"days": 1, "until": "x"}) == {"until": "must not be given together with days"}
    inner = create_model("Outer", __base__=Request, hold=(Hold, ...))
    assert list(problems(inner, {"hold": {"days": 1, "until": "x"}})) == ["hold.until"]


def test_the_tag_of_a_union_is_no_part_of_a_path_and_a_name_with_a_null_is() -> None:
    assert union_tag("percent").startswith("percent")
    assert problems(Closed, {"a": "x", "\0": 1, "b\0": 2}) == dict.fromkeys(("\0", "b\0"), "is not a known field")


@pytest.mark.parametrize(
    ("type_", "schema"),
    [
        (Text, {"type": "string", "minLength": 1, "maxLength": 255}),
        (Instant, {"type": "string", "format": "date-time", "minLength": 1, "maxLength": 64}),
        (Tags, {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "string"}}]}),
        (PositiveAmount, {"type": "number", "exclusiveMinimum": 0}),
        (NonNegativeAmount, {"type": "number", "minimum": 0}),
        (Percent, {"type": "number", "exclusiveMinimum": 0, "maximum": 10000}),
        (Days, {"type": "integer", "minimum": 1, "maximum": 365}),
    ],
    ids=itertools.count(),
)
def test_the_json_schema_of_a_type_says_what_it_checks(type_: Any, schema: dict[str, Any]) -> None:
    about = ("description", "examples")
    assert {k: v for k, v in TypeAdapter(type_).json_schema().items() if k not in about} == schema


@pytest.mark.parametrize("text", ["x", "a#b", " a", "a b", "a ", "#", "x" * 256])
def test_the_pattern_of_an_identifier_says_what_it_checks(text: str) -> None:
    schema = TypeAdapter(Identifier).json_schema()
    fits = re.search(schema["pattern"], text) is not None and len(text) <= schema["maxLength"]
    assert fits == (problems(model_of(Identifier), {"it": text}) == {})
