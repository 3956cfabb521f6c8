"""The forms of requests: what each kind of field takes, and how its refusal reads."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic_core import CoreSchema

from loyalty import json
from loyalty.domain.errors import ValidationError
from loyalty.domain.shapes import (
    MAX_FIELDS_LISTED,
    Shape,
    amount,
    anything,
    choice,
    flag,
    identifier,
    instant,
    listing,
    mapping,
    period,
    record,
    text,
    time_zone,
    whole,
)
from loyalty.domain.times import parse_instant
from tests.support.builders import NOW

POSITIVE = amount(gt=Decimal(0))
NOT_NEGATIVE = amount(ge=Decimal(0))


def problems(shape: Shape, value: object) -> dict[str, str]:
    """What is wrong with a value, by path."""
    try:
        shape(value)
    except ValidationError as refusal:
        return {one.field: one.message for one in refusal.fields}
    return {}


@pytest.mark.parametrize(
    ("schema", "sent", "taken"),
    [
        (text(), '"é"', "é"),
        (text(), f'"{"x" * 255}"', "x" * 255),
        (identifier(), '"A b/ç-7"', "A b/ç-7"),
        (flag(), "true", True),
        (whole(1, 365), "365", 365),
        (choice("a", "b"), '"b"', "b"),
        (instant(), '"2026-03-10T13:00:00+01:00"', NOW),
        (period(), '"12/months"', "12/months"),
        (time_zone(), '"Europe/Berlin"', "Europe/Berlin"),
        (listing(text()), "[]", []),
        (mapping(), '{"a": [null]}', {"a": [None]}),
        (anything(), "null", None),
        (NOT_NEGATIVE, "0", Decimal(0)),
        (NOT_NEGATIVE, "42.50", Decimal("42.5")),
        (NOT_NEGATIVE, "1.00000", Decimal(1)),
        (NOT_NEGATIVE, "1e3", Decimal(1000)),
        (NOT_NEGATIVE, "999999999999999", Decimal("999999999999999")),
        (NOT_NEGATIVE, "99999999999.9999", Decimal("99999999999.9999")),
        (POSITIVE, "0.0001", Decimal("0.0001")),
        (amount(), "-0.5", Decimal("-0.5")),
    ],
)
def test_what_fits_is_taken(schema: CoreSchema, sent: str, taken: object) -> None:
    assert Shape(record({"it": schema}))(json.loads(f'{{"it": {sent}}}')) == {"it": taken}


A_TIME = "must be a time such as 2026-01-31T09:30:00Z"
A_PERIOD = "must be a length of time such as 12/months or 30/days"
A_ZONE = "must be the IANA name of a time zone, such as Europe/Berlin"


@pytest.mark.parametrize(
    ("schema", "sent", "why"),
    [
        (text(), "5", "must be a string"),
        (text(), "null", "must be a string"),
        (text(), '""', "must have at least 1 character"),
        (text(), f'"{"x" * 256}"', "must have at most 255 characters"),
        (identifier(), '"a#b"', "must not contain #"),
        (identifier(), '" a"', "must not contain control characters or blanks around it"),
        (identifier(), '"a\\n"', "must not contain control characters or blanks around it"),
        (identifier(), '"a\\u0000b"', "must not contain control characters or blanks around it"),
        (identifier(), f'"{"x" * 300}"', "must have at most 255 characters"),
        (flag(), '"true"', "must be true or false"),
        (flag(), "1", "must be true or false"),
        (whole(1, 365), "0", "must be greater than or equal to 1"),
        (whole(1, 365), "366", "must be less than or equal to 365"),
        (whole(1, 365), "1.5", "must be a whole number"),
        (whole(1, 365), '"1"', "must be a whole number"),
        (whole(1, 365), "true", "must be a whole number"),
        (choice("a", "b"), '"A"', "must be 'a' or 'b'"),
        (instant(), '"2026-03-10"', A_TIME),
        (instant(), '"9999-12-31T23:59:59-01:00"', A_TIME),
        (instant(), "1773144000", "must be a string"),
        (period(), '"12 months"', A_PERIOD),
        (period(), '"101/years"', "must be at most 100 years"),
        (time_zone(), '"Berlin"', A_ZONE),
        (time_zone(), f'"{"x" * 65}"', "must have at most 64 characters"),
        (listing(text(), 2), "{}", "must be a list"),
        (listing(text(), 2, 1), "[]", "must have at least 1 item"),
        (listing(text(), 2), '["a", "b", "c"]', "must have at most 2 items"),
        (mapping(), "[]", "must be an object"),
        (NOT_NEGATIVE, '"42"', "must be a number"),
        (NOT_NEGATIVE, "true", "must be a number"),
        (NOT_NEGATIVE, "null", "must be a number"),
        (NOT_NEGATIVE, "[1]", "must be a number"),
        (NOT_NEGATIVE, "-0.0001", "must be greater than or equal to 0"),
        (POSITIVE, "0", "must be greater than 0"),
        (POSITIVE, "-5", "must be greater than 0"),
        (NOT_NEGATIVE, "0.00001", "must have no more than 4 decimal places"),
        (NOT_NEGATIVE, "1000000000000000", "must have no more than 15 digits in total"),
        (NOT_NEGATIVE, "12345678901234567890", "must have no more than 15 digits in total"),
        (NOT_NEGATIVE, "999999999999999.9", "must have no more than 15 digits in total"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(schema: CoreSchema, sent: str, why: str) -> None:
    assert problems(Shape(record({"it": schema})), json.loads(f'{{"it": {sent}}}')) == {"it": why}


def test_required_fields_are_asked_for_and_optional_ones_may_be_null() -> None:
    shape = Shape(record({"a": text()}, {"b": text()}))
    assert shape({"a": "x", "b": None}) == {"a": "x", "b": None}
    assert problems(shape, {"b": "x"}) == {"a": "is required"}
    assert problems(shape, {"a": None}) == {"a": "must be a string"}


def test_unknown_fields_pass_through_unless_the_object_is_closed() -> None:
    assert Shape(record({"a": text()}))({"a": "x", "more": [1]}) == {"a": "x", "more": [1]}
    assert problems(Shape(record({"a": text()}, closed=True)), {"a": "x", "more": 1}) == {
        "more": "is not a known field"
    }


def test_every_problem_is_listed_by_its_path() -> None:
    product = record({"sku": text()}, {"value": NOT_NEGATIVE})
    shape = Shape(record({"order": record({"products": listing(product)})}, {"at": instant()}))
    sent: Any = {"order": {"products": [{"sku": "A"}, {"value": -1}, "B"]}, "at": "now"}
    assert problems(shape, sent) == {
        "order.products.1.sku": "is required",
        "order.products.1.value": "must be greater than or equal to 0",
        "order.products.2": "must be an object",
        "at": A_TIME,
    }


def test_the_message_is_one_sentence_of_all_problems() -> None:
    with pytest.raises(ValidationError, match=r"^a: is required; b: must be a string$"):
        Shape(record({"a": text(), "b": text()}))({"b": 5})


def test_no_more_problems_are_listed_than_anyone_would_read() -> None:
    assert len(problems(Shape(record({"all": listing(text())})), {"all": [5] * 500})) == MAX_FIELDS_LISTED


def test_a_body_is_checked_as_a_copy() -> None:
    sent = {"at": "2026-03-10T12:00:00Z", "inner": {"n": 5}}
    taken = Shape(record({"at": instant(), "inner": record({"n": amount()})}))(sent)
    assert taken["at"] == parse_instant("2026-03-10T12:00:00Z")
    assert sent == {"at": "2026-03-10T12:00:00Z", "inner": {"n": 5}}


EITHER = Shape(record(optional={"days": whole(1, 9), "until": text()}), either=("days", "until"), needed=True)


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"days": 1}, {}),
        ({"until": "x"}, {}),
        ({"days": None, "until": "x"}, {}),
        ({"days": 1, "until": "x"}, {"until": "must not be given together with days"}),
        ({}, {"days": "is required, or until"}),
        ({"days": None, "until": None}, {"days": "is required, or until"}),
    ],
    ids=str,
)
def test_of_two_fields_one_is_given(sent: dict[str, object], wrong: dict[str, str]) -> None:
    assert problems(EITHER, sent) == wrong
