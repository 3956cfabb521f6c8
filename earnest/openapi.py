"""The API in OpenAPI 3.1, made of what runs: the template's routes and the contracts that their handlers declare.

Never deployed; `make openapi` writes what the function `get_openapi` publishes.
"""

import inspect
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any, Literal

import pydantic
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from earnest import reference
from earnest.functions import functions, load
from earnest.paths import ROOT
from earnest.template import resources
from loyalty import http
from loyalty.domain import errors
from loyalty.domain.error_responses import ErrorResponse
from loyalty.domain.schemas import PathIdentifier
from loyalty.http import Contract

PUBLISHED = ROOT / "functions" / "get_openapi" / "openapi.json"

type Json = dict[str, Any]

_SECTIONS = {
    "behavior": "Events",
    "integrations": "Batches of events",
    "customers": "Reading",
    "bulk-action": "Marketing tools",
    "traces": "Marketing tools",
    "auth": "Tokens",
    "openapi.json": "About",
    "docs": "About",
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

    @property
    def contract(self) -> Contract:
        """What the function's handler declares."""
        return contract_of(self.function)


@cache
def contract_of(function: str) -> Contract:
    """What a function's handler declares; LookupError if that is not enough to describe it."""
    contract = getattr(load(function).handler, "contract", None)
    if not isinstance(contract, Contract):
        raise LookupError(f"{function}: the handler declares no contract; make it with @endpoint")  # noqa: TRY004
    if not contract.answers:
        raise LookupError(f"{function}: there is no model of any answer; add it to answers= of @endpoint")
    for status, model in contract.answers.items():
        if status != HTTPStatus.NO_CONTENT and model is None and contract.media_type == http.JSON:
            raise LookupError(f"{function}: there is no model of the answer {status}; add it to answers= of @endpoint")
    return contract


def document() -> Json:
    """The whole description."""
    schemas = _Schemas()
    paths: dict[str, Json] = {}
    for route in routes():
        paths.setdefault(route.path, {})[route.method] = _operation(route, schemas)
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
        "components": {"schemas": schemas.components(), "securitySchemes": dict(_security_schemes())},
    }


def text() -> str:
    """The description as it is published."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def write() -> None:
    """Write the description, and the page that shows it, to where their functions find them."""
    PUBLISHED.write_text(text(), encoding="utf-8")
    reference.write(text())


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


def codes_of(route: Route) -> dict[int, list[str]]:
    """The codes of every error that the route can answer with, by status."""
    found: dict[int, list[str]] = {}
    for error in _errors(route):
        if error.code not in found.setdefault(error.status, []):
            found[error.status].append(error.code)
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class _Error:
    """An error that a route can answer with, and what it means."""

    status: int
    code: str
    meaning: str


class _Schemas:
    """The models that the description refers to, each under its own name."""

    def __init__(self) -> None:
        self._models: dict[str, type[BaseModel]] = {}

    def of(self, model: type[BaseModel]) -> Json:
        """A reference to a model."""
        name = _name(model.__name__)
        assert self._models.setdefault(name, model) is model, f"two models have the name {name}"
        return {"$ref": f"#/components/schemas/{name}"}

    def of_error(self, error: _Error) -> Json:
        """A reference to the model of an error."""
        if error.code not in self._models:
            fields: Any = {"status_code": (Literal[error.status], ...), "code": (Literal[error.code], ...)}
            self._models[error.code] = pydantic.create_model(
                error.code, __base__=ErrorResponse, __doc__=error.meaning, **fields
            )
        return self.of(self._models[error.code])

    def components(self) -> Json:
        """Every model that has been referred to, and those within them, as JSON Schema."""
        models = [(model, "validation") for model in self._models.values()]
        _, found = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
        named: Json = json.loads(_name(json.dumps(found["$defs"])))
        for name, model in self._models.items():
            named[name].setdefault("description", inspect.getdoc(model))  # pydantic forgets it for a generic model
        # A model that a union skips is among them all the same.
        used = {*self._models, *re.findall(r'"#/components/schemas/(\w+)"', json.dumps(named))}
        return {name: _plain(named[name]) for name in sorted(used)}


def _name(text: str) -> str:
    """`EventPageResponse` for pydantic's `PageResponse_EventResponse_`."""
    return re.sub(r"\b(Data|Page)Response[_[](\w+?)Response[_\]]", r"\2\1Response", text)


def _plain(schema: Any) -> Any:
    """The schema without titles, which say the names again, and without null as a default."""
    if isinstance(schema, list):
        return [_plain(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    said_again = {"title"} if isinstance(schema.get("title"), str) else set()
    if schema.get("default", "") is None:
        said_again.add("default")
    return {name: _plain(inner) for name, inner in schema.items() if name not in said_again}


def _operation(route: Route, schemas: _Schemas) -> Json:
    """One route."""
    contract, handler = route.contract, load(route.function).handler
    sample = json.loads((ROOT / "events" / f"{route.function}.json").read_text(encoding="utf-8"))
    operation: Json = {
        "operationId": route.operation,
        "summary": _summary(route),
        **({"description": about} if (about := inspect.getdoc(handler)) else {}),
        "tags": [_section(route.path)],
        "security": [{route.authorizer: [scope]} for scope in (*contract.scopes, http.ADMIN) if route.authorizer],
    }
    if parameters := list(_parameters(route, sample.get("pathParameters") or {})):
        operation["parameters"] = parameters
    if contract.body:
        example = {"example": json.loads(sample["body"])} if sample["body"] else {}
        content = {"schema": schemas.of(contract.body), **example}
        required = not contract.optional_body
        operation["requestBody"] = {"required": required, "content": {"application/json": content}}
    operation["responses"] = {**dict(_answers(route, schemas)), **dict(_refusals(route, schemas))}
    return operation


def _section(path: str) -> str:
    """The section of a path; the page at the root is about the API itself."""
    parts = [part for part in path.split("/") if part] or ["docs"]
    return next((_SECTIONS[part] for part in parts if part in _SECTIONS), _SET_UP)


def _summary(route: Route) -> str:
    """What the handler's docstring says beside the function's first route."""
    first = next(one for one in routes() if one.operation == route.function)
    beginning = f"{first.method.upper()} {first.path}: "
    lines = (inspect.getdoc(load(route.function)) or "").splitlines()
    summary = next(line.removeprefix(beginning) for line in lines if line.startswith(beginning))
    return summary[:1].upper() + summary[1:]


def _parameters(route: Route, sample: Mapping[str, str]) -> Iterator[Json]:
    for name in re.findall(r"\{(\w+)\}", route.path):
        schema = pydantic.TypeAdapter(PathIdentifier).json_schema()
        yield {"name": name, "in": "path", "required": True, "schema": schema, "example": sample[name]}
    if route.contract.query:
        for name, schema in _plain(route.contract.query.model_json_schema())["properties"].items():
            meaning = schema.pop("description")
            # What is not given is left out: there is no null in a query.
            parts = [part for part in schema.pop("anyOf", [schema]) if part != {"type": "null"}]
            yield {"name": name, "in": "query", "description": meaning, "schema": {**schema, **parts[0]}}
    if route.contract.idempotent:
        meaning = "Makes a retry safe, for ever: the same key and body get the first answer again."
        schema = {"type": "string", "minLength": 1, "maxLength": http.MAX_ID}
        yield {"name": "Idempotency-Key", "in": "header", "description": meaning, "schema": schema}


def _answers(route: Route, schemas: _Schemas) -> Iterator[tuple[str, Json]]:
    for status, model in route.contract.answers.items():
        answer: Json = {"description": (inspect.getdoc(model) if model else None) or HTTPStatus(status).phrase}
        if route.contract.idempotent:
            meaning = "`true` if this is the first answer to an earlier call."
            answer["headers"] = {"Idempotency-Replayed": {"description": meaning, "schema": {"const": "true"}}}
        if model:
            answer["content"] = {route.contract.media_type: {"schema": schemas.of(model)}}
        elif route.contract.media_type != http.JSON:
            answer["content"] = {route.contract.media_type: {"schema": {"type": "string"}}}
        if links := _LINKED.get(route.function):
            answer["links"] = {
                name: {"operationId": name, "parameters": {"id": "$response.body#/data/id"}} for name in links
            }
        yield str(status), answer


def _refusals(route: Route, schemas: _Schemas) -> Iterator[tuple[str, Json]]:
    """What the route answers when it refuses: by status, one error or any of several."""
    every = {error.code: error for error in reversed(list(_errors(route)))}
    for status, codes in codes_of(route).items():
        references = [schemas.of_error(every[code]) for code in codes]
        schema = references[0] if len(references) == 1 else {"anyOf": references}
        meaning = " ".join(f"`{code}`: {every[code].meaning}" for code in codes)
        yield str(status), {"description": meaning, "content": {"application/json": {"schema": schema}}}


def _errors(route: Route) -> Iterator[_Error]:
    """What the route refuses: in its edge, in its service, or already at the gateway."""
    contract = route.contract
    raised = set(contract.errors)
    if contract.body:
        raised |= {errors.ValidationError, errors.PayloadTooLargeError}
    if route.authorizer:
        raised |= {errors.ValidationError, errors.Forbidden, errors.ServiceUnavailable}
    for leaf in sorted(raised, key=lambda leaf: (leaf.status, leaf.__name__)):
        yield _Error(leaf.status, leaf.__name__, (inspect.getdoc(leaf) or "").partition("\n")[0])
    kinds: tuple[str, ...] = _OF_EVERY_ROUTE
    if route.authorizer:
        kinds += _OF_A_ROUTE_WITH_A_KEY
    if contract.body:
        kinds += _OF_A_ROUTE_WITH_A_BODY
    for kind in kinds:
        answer = _api()["GatewayResponses"][kind]
        said = json.loads(answer["ResponseTemplates"]["application/json"])
        meaning = f"{said['message'][:1].upper()}{said['message'][1:]}."
        yield _Error(answer["StatusCode"], said["code"], meaning)


def _security_schemes() -> Iterator[tuple[str, dict[str, str]]]:
    for name, authorizer in _api()["Auth"]["Authorizers"].items():
        (header,) = authorizer["Identity"]["Headers"]
        if header == "Authorization":
            yield name, {"type": "http", "scheme": "bearer", "description": "The key, after `Bearer `."}
        else:
            yield name, {"type": "apiKey", "in": "header", "name": header, "description": "The key."}


@cache
def _api() -> Json:
    (found,) = (one["Properties"] for one in resources().values() if one["Type"] == "AWS::Serverless::Api")
    api: Json = found
    return api


if __name__ == "__main__":
    write()
