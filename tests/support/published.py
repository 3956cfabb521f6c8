"""The published description of the API, and whether an answer is what it says."""

import json
from functools import cache
from typing import Any

import jsonschema_rs

from tests.support.project import ROOT, routes

Json = dict[str, Any]


@cache
def description() -> Json:
    """What `GET /openapi.json` answers."""
    parsed: Json = json.loads((ROOT / "functions" / "get_openapi" / "openapi.json").read_text())
    return parsed


@cache
def operations() -> dict[str, Json]:
    """The operation of each function that answers requests."""
    return {function: description()["paths"][path][method.lower()] for function, method, path in routes()}


def resolved(part: Json) -> Json:
    """The part itself where the description only refers to it."""
    if "$ref" not in part:
        return part
    found = description()
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


def codes(function: str) -> dict[int, list[str]]:
    """The codes of every error that a function is described to answer with, by status."""
    found = {}
    for status, answer in operations()[function]["responses"].items():
        if int(status) >= 400:
            schema = answer["content"]["application/json"]["schema"]
            errors = [resolved(one) for one in schema.get("anyOf", [schema])]
            found[int(status)] = [error["properties"]["code"]["const"] for error in errors]
    return found


def request_form(function: str) -> jsonschema_rs.Validator:
    """What a function is described to take."""
    return _validator(operations()[function]["requestBody"]["content"]["application/json"]["schema"])


def assert_described(function: str, status: int, text: str) -> None:
    """Fail unless the description of that function has this answer."""
    answers = operations()[function]["responses"]
    assert str(status) in answers, f"{function} is not described to answer {status}: {text}"
    content = answers[str(status)].get("content", {})
    if content and "application/json" not in content:
        return
    form = _form(function, status)
    if form is None:
        assert text == ""
    else:
        form.validate(json.loads(text))


@cache
def _form(function: str, status: int) -> jsonschema_rs.Validator | None:
    answer = resolved(operations()[function]["responses"][str(status)])
    return _validator(answer["content"]["application/json"]["schema"]) if "content" in answer else None


def _validator(schema: Json) -> jsonschema_rs.Validator:
    return _validator_of(json.dumps(schema, sort_keys=True))


@cache
def _validator_of(schema: str) -> jsonschema_rs.Validator:
    """Made once for all answers that look the same, as refusals do: it takes in all that could be referred to."""
    return jsonschema_rs.Draft202012Validator({**json.loads(schema), "components": description()["components"]})
