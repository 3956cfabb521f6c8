"""The JSON Schema of a form says what the form checks."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from pydantic_core import core_schema

from earnest.jsonschema import Schema, json_schema, json_schema_of
from loyalty.domain import shapes
from loyalty.domain.shapes import Shape
from tests.support.project import FUNCTIONS, load_function

AMOUNT = {"type": "number", "description": "Exact: at most 15 digits, 4 of them decimals."}


@pytest.mark.parametrize(
    ("form", "schema"),
    [
        (shapes.text(9), {"type": "string", "minLength": 1, "maxLength": 9}),
        (shapes.amount(gt=Decimal(0)), {**AMOUNT, "exclusiveMinimum": 0}),
        (shapes.amount(le=Decimal("0.5")), {**AMOUNT, "maximum": 0.5}),
        (shapes.whole(1, 365), {"type": "integer", "minimum": 1, "maximum": 365}),
        (shapes.flag(), {"type": "boolean"}),
        (shapes.choice("A", "B"), {"enum": ["A", "B"]}),
        (shapes.instant(), {"type": "string", "minLength": 1, "maxLength": 64, "format": "date-time"}),
        (
            shapes.listing(shapes.flag(), 3),
            {"type": "array", "items": {"type": "boolean"}, "minItems": 0, "maxItems": 3},
        ),
        (shapes.mapping(), {"type": "object"}),
        (shapes.nullable(shapes.flag()), {"anyOf": [{"type": "boolean"}, {"type": "null"}]}),
        (shapes.anything(), {}),
        (
            shapes.mapping_of(shapes.flag(), 2),
            {
                "type": "object",
                "minProperties": 0,
                "maxProperties": 2,
                "propertyNames": {"minLength": 1, "maxLength": 255},
                "additionalProperties": {"type": "boolean"},
            },
        ),
        (
            shapes.record({"a": shapes.flag()}, {"b": shapes.flag()}, closed=True),
            {
                "type": "object",
                "properties": {"a": {"type": "boolean"}, "b": {"anyOf": [{"type": "boolean"}, {"type": "null"}]}},
                "required": ["a"],
                "additionalProperties": False,
            },
        ),
    ],
)
def test_a_form_says_what_it_takes(form: core_schema.CoreSchema, schema: Schema) -> None:
    assert json_schema(form) == schema


def test_fields_that_exclude_each_other_say_so() -> None:
    either = ("reserve", "reserve_until")
    form = shapes.record(optional=dict.fromkeys(either, shapes.anything()))
    given = [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in either]
    assert json_schema_of(Shape(form, either=either))["not"] == {"allOf": given}
    assert json_schema_of(Shape(form, either=either, needed=True))["oneOf"] == given


def test_a_form_that_nobody_has_described_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        json_schema(core_schema.complex_schema())


def _silent(schema: object, path: str = "") -> Iterator[str]:
    """The paths at which a schema says nothing at all."""
    if schema == {}:
        yield path
    elif isinstance(schema, dict):
        for name, inner in schema.items():
            yield from _silent(inner, f"{path}.{name}" if path else name)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _silent(inner, path)


def test_every_body_a_function_takes_is_described_down_to_its_free_values() -> None:
    bodies = [shape for name in FUNCTIONS for shape in vars(load_function(name)).values() if isinstance(shape, Shape)]
    assert len(bodies) > 5
    rule = "properties.rules.items.properties"
    free = {
        f"{rule}.conditions.anyOf.items.items.properties.value.anyOf",
        f"{rule}.effects.items.properties.value.anyOf",
    }
    assert {path for body in bodies for path in _silent(json_schema_of(body))} == free
