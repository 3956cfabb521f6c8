"""The project as its tests see it: its folders, its template, its functions."""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from earnest import functions as of_template
from earnest.functions import Function
from earnest.template import MONITORING, loaded

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "loyalty" / "python"
# `make prove` asks for the long form of what has one.
LONG = os.environ.get("PROVE") == "1"
# How many of whatever it is about a long form has instead of its own number.
SIZE = int(os.environ.get("PROVE_SIZE", "0"))
# Hot and cold, v3 and v4 are functions of their own and share their code, so there are more functions than folders.
FOLDERS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))
FUNCTIONS = sorted(of_template.functions())


CONTEXT: Any = SimpleNamespace(
    function_name="a-function",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-central-1:123456789012:function:a-function",
    aws_request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
)
"""What Lambda tells a function of its invocation."""


@cache
def template() -> Mapping[str, Any]:
    """template.yaml, parsed: `!Ref X` as {"Ref": X}, `!Sub x` as {"Fn::Sub": x}."""
    return loaded()


@cache
def monitoring() -> Mapping[str, Any]:
    """monitoring.yaml, parsed as template.yaml is, with what that hands over in place of each `!Ref` of a parameter."""
    given = template()["Resources"]["Monitoring"]["Properties"]["Parameters"]

    def with_given(value: Any) -> Any:
        if isinstance(value, list):
            return [with_given(one) for one in value]
        if isinstance(value, dict):
            if set(value) == {"Ref"} and value["Ref"] in given:
                return given[value["Ref"]]
            return {name: with_given(one) for name, one in value.items()}
        return value

    found: Mapping[str, Any] = with_given(loaded(MONITORING))
    return found


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of both templates' resources of one type, by logical id; no id stands in both."""
    found: dict[str, dict[str, Any]] = template()["Resources"] | monitoring()["Resources"]
    return {name: one.get("Properties", {}) for name, one in found.items() if one["Type"] == kind}


def lambdas() -> Mapping[str, Function]:
    """The template's functions by their names in snake case."""
    return of_template.functions()


def routes() -> Iterator[tuple[str, str, str]]:
    """Function, method and path of every request function."""
    return _routes("Request")


def published_routes() -> Iterator[tuple[str, str, str]]:
    """The same for the longer paths that published clients call."""
    return _routes("Published")


def _routes(event_name: str) -> Iterator[tuple[str, str, str]]:
    for name, function in lambdas().items():
        for event, one in function.properties.get("Events", {}).items():
            if event.startswith(event_name) and one["Type"] == "Api":
                yield name, one["Properties"]["Method"].upper(), one["Properties"]["Path"]


def load_function(name: str) -> ModuleType:
    """A fresh copy of one function's handler module."""
    return of_template.load(name)
