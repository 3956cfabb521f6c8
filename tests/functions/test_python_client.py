"""The generated Python client against every function: it sends each sample as it is, and reads each answer in full."""

import importlib
import inspect
import json
import keyword
from collections.abc import Iterator
from datetime import date
from enum import Enum
from types import ModuleType
from typing import Any, get_args

import httpx
import pytest

from earnest_client import EarnestClient
from tests.support.backend import Backend
from tests.support.project import routes
from tests.support.published import operations
from tests.support.samples import request, sample


def endpoint(function: str) -> ModuleType:
    """The generated module of a function."""
    section = operations()[function]["tags"][0].lower().replace(" ", "_")
    return importlib.import_module(f"earnest_client.generated.api.{section}.{function}")


def body_of(module: ModuleType, body: dict[str, Any]) -> Any:
    """The first of the models that the call takes which has all of the body."""
    annotation = inspect.signature(module.sync_detailed).parameters["body"].annotation
    for model in get_args(annotation) or (annotation,):
        if hasattr(model, "from_dict"):
            try:
                made = model.from_dict(body)
            except (KeyError, ValueError, TypeError):
                continue
            if instants(made.to_dict()) == instants(body):
                return made
    pytest.fail(f"no model of {module.__name__} has {body}")


def query_of(module: ModuleType, query: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """The query as the call takes it: days as dates, one of several values as such, and no name that Python has."""
    parameters = inspect.signature(module.sync_detailed).parameters
    for name, value in query.items():
        taken = f"{name}_" if keyword.iskeyword(name) else name
        types = get_args(parameters[taken].annotation)
        choices = [one for one in types if isinstance(one, type) and issubclass(one, Enum)]
        yield taken, date.fromisoformat(value) if date in types else next((one(value) for one in choices), value)


def instants(value: Any) -> Any:
    """The same JSON, a time in UTC always written the same way."""
    if isinstance(value, dict):
        return {name: instants(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [instants(inner) for inner in value]
    return value.replace("+00:00", "Z").replace(".000Z", "Z") if isinstance(value, str) else value


@pytest.mark.parametrize("function", sorted(name for name, _, _ in routes()))
def test_it_sends_the_sample_and_reads_the_answer(backend: Backend, function: str) -> None:
    backend.tell()
    event, module = sample(function), endpoint(function)
    answers: list[dict[str, Any]] = []

    def answer(sent: httpx.Request) -> httpx.Response:
        assert (sent.method, sent.url.path) == (event["httpMethod"], event["path"])
        if event["body"]:
            assert instants(json.loads(sent.content)) == instants(json.loads(event["body"]))
        body, query = sent.content.decode() or None, dict(sent.url.params) or None
        answers.append(backend.run(function, request(function, body, query=query, headers=dict(sent.headers))))
        return httpx.Response(answers[0]["statusCode"], headers=answers[0]["headers"], text=answers[0]["body"])

    client = EarnestClient("https://stack", "ek_demo", httpx_args={"transport": httpx.MockTransport(answer)})
    given = dict(query_of(module, event["queryStringParameters"] or {}))
    if event["body"]:
        given["body"] = body_of(module, json.loads(event["body"]))
    got = module.sync_detailed(*(event["pathParameters"] or {}).values(), client=client, **given)
    if isinstance(got.parsed, str):  # a page
        assert got.parsed == answers[0]["body"]
        return
    read = got.parsed.to_dict() if got.parsed else ""
    assert instants(read) == instants(json.loads(answers[0]["body"] or '""'))
