"""The API in OpenAPI 3.1, made of what runs: the template's routes and authorizers, the handlers, their samples.

Never deployed; `make openapi` writes what the function `get_openapi` publishes. Nothing is said here that is said
elsewhere: a handler's docstring is the summary, its shape the request, its scopes the security, what it asks of its
request the parameters, and what its use case's docstring raises the errors.
"""

import ast
import inspect
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from types import ModuleType
from typing import Any

from earnest.answers import ANSWERS, COMPONENTS, TEXT, WHOLE, Schema, named
from earnest.functions import functions, load
from earnest.jsonschema import json_schema, json_schema_of
from earnest.places import ROOT
from earnest.template import resources
from loyalty import http
from loyalty.domain import errors
from loyalty.domain.errors import LoyaltyError
from loyalty.domain.shapes import Shape, identifier

PUBLISHED = ROOT / "functions" / "get_openapi" / "openapi.json"

_SECTIONS = {
    "behavior": "Events",
    "integrations": "Batches of events",
    "customers": "Reading",
    "bulk-action": "Marketing tools",
    "traces": "Marketing tools",
    "openapi.json": "About",
}
_SET_UP = "Setting up"

# What the gateway itself answers on any route, and on those that need a key or take a body.
_OF_EVERY_ROUTE = ("THROTTLED", "DEFAULT_5XX", "INTEGRATION_TIMEOUT")
_OF_A_ROUTE_WITH_A_KEY = ("UNAUTHORIZED", "ACCESS_DENIED")
_OF_A_ROUTE_WITH_A_BODY = ("REQUEST_TOO_LARGE",)

_LINKED = {"emit_event": ("get_event", "explain_event", "fulfill_event", "reverse_event", "extend_hold")}


@dataclass(frozen=True)
class Route:
    """A function that answers requests: its name, where the gateway finds it, and whose keys it asks for.

    A function's first route is called as the function, a further one after the event in the template as well.
    """

    operation: str
    function: str
    method: str
    path: str
    authorizer: str | None


@dataclass(frozen=True)
class _Asked:
    """What a handler asks of its request, beside its body."""

    ids: bool
    limit: bool
    cursor: bool
    key: bool
    flags: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]]


def document() -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, dict[str, Any]] = {}
    refusals: dict[str, dict[str, Any]] = {}
    for route in routes():
        paths.setdefault(route.path, {})[route.method] = _operation(route)
        refusals |= _refusals(route)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Earnest",
            "version": project["version"],
            "summary": project["description"],
            "license": {"name": "Apache 2.0", "identifier": project["license"]},
        },
        # The document lies beside the paths it describes.
        "servers": [{"url": "."}],
        "tags": [{"name": name} for name in dict.fromkeys([*_SECTIONS.values(), _SET_UP])],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(COMPONENTS),
            "responses": dict(sorted(refusals.items())),
            "securitySchemes": dict(_security_schemes()),
        },
    }


def text() -> str:
    """The description as it is published."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def write() -> None:
    """Write the description to where the function finds it."""
    PUBLISHED.write_text(text(), encoding="utf-8")


def routes() -> Iterator[Route]:
    """Every route of the template, with the name of its authorizer; None if it needs no key."""
    default = _api()["Auth"]["DefaultAuthorizer"]
    for function, one in functions().items():
        for name, event in one.properties.get("Events", {}).items():
            if event["Type"] == "Api":
                said = event["Properties"]
                authorizer = said.get("Auth", {}).get("Authorizer", default)
                operation = function if name == "Request" else f"{function}_{name.lower()}"
                yield Route(
                    operation, function, said["Method"], said["Path"], None if authorizer == "NONE" else authorizer
                )


@cache
def handler_of(function: str) -> ModuleType:
    """The handler's module, as a function starts it."""
    return load(function)


def codes_of(route: Route) -> dict[int, list[str]]:
    """The codes of every error that the route can answer with, by status."""
    found: dict[int, list[str]] = {}
    for status, code, _ in _errors(route):
        if code not in found.setdefault(status, []):
            found[status].append(code)
    return dict(sorted(found.items()))


def _operation(route: Route) -> dict[str, Any]:
    """One route."""
    summary = _summary(route)
    sample = json.loads((ROOT / "events" / f"{route.function}.json").read_text(encoding="utf-8"))
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "summary": summary[:1].upper() + summary[1:],
        "tags": [next((_SECTIONS[part] for part in route.path.split("/") if part in _SECTIONS), _SET_UP)],
        "security": _security(route),
    }
    if parameters := list(_parameters(route, sample.get("pathParameters") or {})):
        operation["parameters"] = parameters
    if check := _body(route):
        content = {"schema": _form(check), "example": json.loads(sample["body"])}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    refused = {
        str(status): {"$ref": f"#/components/responses/{'-'.join(codes)}"} for status, codes in codes_of(route).items()
    }
    operation["responses"] = {**dict(_successes(route)), **refused}
    return operation


def _summary(route: Route) -> str:
    """What the line of the handler's docstring says that names the function's first route."""
    first = next(one for one in routes() if one.operation == route.function)
    lines = (inspect.getdoc(handler_of(route.function)) or "").splitlines()
    beginning = f"{first.method.upper()} {first.path}: "
    return next(line.removeprefix(beginning) for line in lines if line.startswith(beginning))


def _body(route: Route) -> Any:
    return getattr(handler_of(route.function).handler, "body", None)


def _form(check: Any) -> Schema:
    return json_schema_of(check if isinstance(check, Shape) else check.shape)


def _parameters(route: Route, sample: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    asked = _asked(route)
    for name in re.findall(r"\{(\w+)\}", route.path):
        schema = json_schema(identifier(http.MAX_ID)) if asked.ids else TEXT
        yield {"name": name, "in": "path", "required": True, "schema": schema, "example": sample[name]}
    for name in asked.flags:
        yield {"name": name, "in": "query", "schema": {"type": "boolean", "default": False}}
    for name, values in asked.choices.items():
        yield {"name": name, "in": "query", "schema": {"type": "string", "enum": list(values)}}
    if asked.limit:
        bounds = {**WHOLE, "minimum": 1, "maximum": http.MAX_PAGE, "default": http.DEFAULT_PAGE}
        yield {"name": "limit", "in": "query", "description": "How many items a page has at most.", "schema": bounds}
    if asked.cursor:
        meaning = "The `next_cursor` of the page before; opaque, good for this list alone."
        yield {"name": "cursor", "in": "query", "description": meaning, "schema": TEXT}
    if asked.key:
        meaning = "Makes a retry safe, for ever: the same key and body get the first answer again."
        form = {**TEXT, "minLength": 1, "maxLength": http.MAX_ID}
        yield {"name": "Idempotency-Key", "in": "header", "description": meaning, "schema": form}


@cache
def _asked(route: Route) -> _Asked:
    """What the handler's code asks of `request`."""
    module = handler_of(route.function)
    tree = ast.parse(inspect.getsource(module))
    attributes = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "request"
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return _Asked(
        ids="id" in attributes,
        limit="limit" in attributes,
        cursor="cursor" in attributes,
        key=bool(attributes & {"key_given", "idempotency_key"}),
        flags=tuple(name for name, _ in _named(calls, "flag")),
        choices={
            name: tuple(vars(module)[more[0].id])
            for name, more in _named(calls, "choice")
            if isinstance(more[0], ast.Name)
        },
    )


def _named(calls: list[ast.Call], asked: str) -> Iterator[tuple[str, list[ast.expr]]]:
    """The names that are asked for in that way, each with what else is said."""
    for call in calls:
        match call:
            case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Constant(value=str(name)), *more]) if attr == asked:
                yield name, more


def _security(route: Route) -> list[dict[str, list[str]]]:
    """Any one of the scopes lets a key in."""
    if route.authorizer is None:
        return []
    return [{route.authorizer: [scope]} for scope in (*handler_of(route.function).handler.scopes, http.ADMIN)]


def _security_schemes() -> Iterator[tuple[str, dict[str, str]]]:
    for name, authorizer in _api()["Auth"]["Authorizers"].items():
        (header,) = authorizer["Identity"]["Headers"]
        if header == "Authorization":
            yield name, {"type": "http", "scheme": "bearer", "description": "The key, after `Bearer `."}
        else:
            yield name, {"type": "apiKey", "in": "header", "name": header, "description": "The key."}


def _successes(route: Route) -> Iterator[tuple[str, dict[str, Any]]]:
    for status, schema in sorted(ANSWERS[route.function].items(), reverse=True):
        answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
        if _asked(route).key:
            meaning = "`true` if this is the first answer to an earlier call."
            answer["headers"] = {"Idempotency-Replayed": {"description": meaning, "schema": {"const": "true"}}}
        if schema is not None:
            answer["content"] = {"application/json": {"schema": schema}}
        if links := _LINKED.get(route.function):
            answer["links"] = {
                name: {"operationId": name, "parameters": {"id": "$response.body#/data/id"}} for name in links
            }
        yield str(status), answer


def _refusals(route: Route) -> dict[str, dict[str, Any]]:
    """What the route answers when it refuses, one form for each status, named for the codes in it."""
    meanings = {code: meaning for _, code, meaning in reversed(list(_errors(route)))}
    found = {}
    for status, codes in codes_of(route).items():
        schema = {"allOf": [named("Error"), {"properties": {"statusCode": {"const": status}, "code": {"enum": codes}}}]}
        found["-".join(codes)] = {
            "description": " ".join(f"`{code}`: {meanings[code]}" for code in codes),
            "content": {"application/json": {"schema": schema}},
        }
    return found


def _errors(route: Route) -> Iterator[tuple[int, str, str]]:
    """Status, code and meaning of what the route refuses: in its edge, in its use case, or already at the gateway."""
    for leaf in _leaves_of(route):
        yield leaf.status, leaf.__name__, (inspect.getdoc(leaf) or "").partition("\n")[0]
    kinds: tuple[str, ...] = _OF_EVERY_ROUTE
    if route.authorizer:
        kinds += _OF_A_ROUTE_WITH_A_KEY
    if _body(route):
        kinds += _OF_A_ROUTE_WITH_A_BODY
    for kind in kinds:
        answer = _api()["GatewayResponses"][kind]
        said = json.loads(answer["ResponseTemplates"]["application/json"])
        yield answer["StatusCode"], said["code"], f"{said['message'][:1].upper()}{said['message'][1:]}."


def _leaves_of(route: Route) -> list[type[LoyaltyError]]:
    raised = set(_raised(handler_of(route.function)))
    asked = _asked(route)
    if _body(route):
        raised |= {errors.ValidationError, errors.PayloadTooLargeError}
    if asked.ids or asked.limit or asked.key or asked.flags or asked.choices:
        raised.add(errors.ValidationError)
    if route.authorizer:
        raised |= {errors.Forbidden, errors.ServiceUnavailable}
    return sorted(raised, key=lambda leaf: (leaf.status, leaf.__name__))


def _raised(module: ModuleType) -> Iterator[type[LoyaltyError]]:
    """The errors that the docstrings of the services name which the handler calls."""
    for one in vars(module).values():
        if inspect.isfunction(one) and one.__module__.startswith("loyalty.services."):
            for word in re.findall(r"\w+", inspect.getdoc(one) or ""):
                leaf = getattr(errors, word, None)
                if inspect.isclass(leaf) and issubclass(leaf, LoyaltyError) and not leaf.__subclasses__():
                    yield leaf


@cache
def _api() -> dict[str, Any]:
    (found,) = (one["Properties"] for one in resources().values() if one["Type"] == "AWS::Serverless::Api")
    api: dict[str, Any] = found
    return api


if __name__ == "__main__":
    write()
