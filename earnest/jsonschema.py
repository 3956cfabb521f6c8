"""JSON Schema (2020-12) of the very forms that validate, for editors and for the OpenAPI document."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import CoreSchema

from loyalty.domain.shapes import EMPTY_IS_ABSENT, JSON_SCHEMA, Shape

type Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema_of(shape: Shape) -> Schema:
    """Return what a body must look like, its fields that exclude each other included."""
    schema = json_schema(shape.schema)
    given = [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in shape.either]
    if shape.needed:
        schema["oneOf"] = given
    elif given:
        schema["not"] = {"allOf": given}
    return schema


def json_schema(core: CoreSchema) -> Schema:
    """Return the JSON Schema of one of our forms; what its metadata says is added to what the core knows.

    Raises KeyError for a kind of form that none of ours is made of: a schema that left it out would be a lie.
    """
    document: Mapping[str, Any] = core
    hint: Schema = (document.get("metadata") or {}).get(JSON_SCHEMA, {})
    return _KINDS[document["type"]](document) | hint


def _named(core: Mapping[str, Any], **names: str) -> Schema:
    """Return those of the bounds that are set, under the names that JSON Schema has for them."""
    return {theirs: _plain(core[ours]) for ours, theirs in names.items() if core.get(ours) is not None}


def _plain(bound: Any) -> Any:
    if isinstance(bound, str | int):
        return bound
    return int(bound) if bound == int(bound) else float(bound)


def _number(core: Mapping[str, Any]) -> Schema:
    return _named(core, gt="exclusiveMinimum", ge="minimum", lt="exclusiveMaximum", le="maximum")


def _object(core: Mapping[str, Any]) -> Schema:
    schema: Schema = {"type": "object"}
    schema["properties"] = {name: json_schema(field["schema"]) for name, field in core["fields"].items()}
    if required := [name for name, field in core["fields"].items() if field.get("required")]:
        schema["required"] = required
    if core.get("extra_behavior") == "forbid":
        schema["additionalProperties"] = False
    return schema


def _mapping(core: Mapping[str, Any]) -> Schema:
    schema = {"type": "object", **_named(core, min_length="minProperties", max_length="maxProperties")}
    if any(bounds := _named(core["keys_schema"], min_length="minLength", max_length="maxLength")):
        schema["propertyNames"] = bounds
    if "values_schema" in core and (values := json_schema(core["values_schema"])):
        schema["additionalProperties"] = values
    return schema


def _chain(core: Mapping[str, Any]) -> Schema:
    """Return what all steps ask for: each of ours adds something about the same value."""
    schema: Schema = {}
    for step in core["steps"]:
        schema |= json_schema(step)
    return schema


def _list(core: Mapping[str, Any]) -> Schema:
    bounds = _named(core, min_length="minItems", max_length="maxItems")
    return {"type": "array", "items": json_schema(core["items_schema"]), **bounds}


def _text(core: Mapping[str, Any]) -> Schema:
    return {"type": "string", **_named(core, min_length="minLength", max_length="maxLength", pattern="pattern")}


def _nullable(core: Mapping[str, Any]) -> Schema:
    empty = [{"const": ""}] if (core.get("metadata") or {}).get(EMPTY_IS_ABSENT) else []
    return {"anyOf": [json_schema(core["schema"]), {"type": "null"}, *empty]}


_KINDS: dict[str, Callable[[Mapping[str, Any]], Schema]] = {
    "any": lambda _: {},
    "bool": lambda _: {"type": "boolean"},
    "chain": _chain,
    "decimal": lambda core: {"type": "number", **_number(core)},
    "dict": _mapping,
    "function-after": lambda core: json_schema(core["schema"]),
    "function-plain": lambda _: {},
    "int": lambda core: {"type": "integer", **_number(core)},
    "list": _list,
    "literal": lambda core: {"enum": list(core["expected"])},
    "nullable": _nullable,
    "str": _text,
    "typed-dict": _object,
}
