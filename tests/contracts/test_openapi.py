"""The published description: it is what is generated, and what is generated says all that is."""

import json
import re
from types import SimpleNamespace
from typing import Any

import jsonschema_rs
import pytest

from earnest import openapi, reference
from loyalty.domain.schemas import Answer
from loyalty.http import QUERY_PARAMETERS, Response, endpoint
from tests.support.project import routes
from tests.support.published import codes, description, operations, request_form, resolved
from tests.support.samples import sample

FUNCTIONS = sorted({function for function, _, _ in routes()})
WITH_A_BODY = [name for name in FUNCTIONS if sample(name)["body"]]
each_function = pytest.mark.parametrize("function", FUNCTIONS)


def test_what_is_committed_is_what_is_generated() -> None:
    assert openapi.PUBLISHED.read_text() == openapi.text(), "`make openapi` writes it anew"
    # Not compared as they are: of a page of a megabyte pytest would show every difference.
    current = reference.PAGE.read_text() == reference.page(openapi.text())
    assert current, "`make openapi` writes it anew"
    assert reference.POLICY.read_text() == reference.policy() + "\n"


def test_every_route_is_described_and_nothing_else() -> None:
    described = {(method.upper(), path) for path, methods in description()["paths"].items() for method in methods}
    assert (
        described
        == {(route.method.upper(), route.path) for route in openapi.routes()}
        >= {(method, path) for _, method, path in routes()}
    )


def test_it_is_openapi_3_1() -> None:
    assert description()["openapi"] == "3.1.0"
    assert len({one["operationId"] for one in operations().values()}) == len(FUNCTIONS)


def _references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [one for inner in part for one in _references(inner)]
    if isinstance(part, dict):
        here = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return here + [one for inner in part.values() for one in _references(inner)]
    return []


def test_every_reference_leads_somewhere_and_every_component_is_used() -> None:
    used = set(_references(description()))
    assert all(resolved({"$ref": one}) for one in used)
    assert used == {f"#/components/schemas/{name}" for name in description()["components"]["schemas"]}


SCHEMAS = description()["components"]["schemas"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_named_and_described_with_all_its_fields(name: str) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", name), "two models of one name have longer names"
    assert SCHEMAS[name]["description"]
    for field, schema in SCHEMAS[name].get("properties", {}).items():
        assert "description" in schema or "const" in schema, f"{name}.{field} is not described"


@each_function
def test_what_is_sent_and_answered_has_a_name(function: str) -> None:
    operation = operations()[function]
    parts = [operation["requestBody"]] if "requestBody" in operation else []
    for status, answer in operation["responses"].items():
        parts += [answer] if status != "204" and "text/html" not in answer["content"] else []
    for part in parts:
        schema = part["content"]["application/json"]["schema"]
        assert all(list(one) == ["$ref"] for one in schema.get("anyOf", [schema]))


@each_function
def test_every_schema_is_one(function: str) -> None:
    operation = operations()[function]
    schemas = [one["schema"] for one in operation.get("parameters", ())]
    for part in (operation.get("requestBody", {}), *map(resolved, operation["responses"].values())):
        schemas += [one["schema"] for one in part.get("content", {}).values()]
    assert schemas
    for schema in schemas:
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


@each_function
def test_a_function_says_what_it_answers_and_who_may_ask(function: str) -> None:
    operation = operations()[function]
    assert operation["summary"].endswith(".")
    assert [status for status in operation["responses"] if status < "300"]
    needs_a_key = bool(operation["security"])
    assert (
        needs_a_key
        == (401 in codes(function))
        == (403 in codes(function))
        == (function not in ("get_docs", "get_openapi", "get_console"))
    )
    assert ("requestBody" in operation) == (function in WITH_A_BODY) == (413 in codes(function))


@pytest.mark.parametrize("function", WITH_A_BODY)
def test_a_sample_is_of_the_form_that_is_described(function: str) -> None:
    body = json.loads(sample(function)["body"])
    request_form(function).validate(body)
    assert operations()[function]["requestBody"]["content"]["application/json"]["example"] == body


@pytest.mark.parametrize("answers", [{}, {200: None}])
def test_a_missing_answer_model_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, answers: dict[int, type[Answer] | None]
) -> None:
    handler = endpoint(answers=answers)(lambda _: Response({}))
    monkeypatch.setattr(openapi, "load", lambda _: SimpleNamespace(handler=handler))
    with pytest.raises(
        LookupError, match=r"^get_thing: there is no model of (the answer 200|any answer); .*@endpoint$"
    ):
        openapi.contract_of.__wrapped__("get_thing")


def test_a_handler_without_a_contract_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openapi, "load", lambda _: SimpleNamespace(handler=print))
    with pytest.raises(LookupError, match=r"^get_thing: the handler declares no contract; make it with @endpoint$"):
        openapi.contract_of.__wrapped__("get_thing")


def test_every_parameter_of_a_query_is_refused_where_it_is_not_taken() -> None:
    parameters = [one for operation in operations().values() for one in operation.get("parameters", ())]
    assert {one["name"] for one in parameters if one["in"] == "query"} <= set(QUERY_PARAMETERS)
