"""The project as its tests see it: its folders, its template, its functions."""

import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "loyalty" / "python"
# `make prove` asks for the long form of what has one.
LONG = os.environ.get("PROVE") == "1"
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))


class _Tag(yaml.SafeLoader):
    """Reads CloudFormation's short forms: `!Ref X` as {"Ref": X}, `!Sub x` as {"Fn::Sub": x}."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Tag.add_multi_constructor("!", _short_form)


@cache
def template() -> dict[str, Any]:
    """template.yaml, parsed."""
    parsed: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), _Tag)
    return parsed


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of the template's resources of one type, by logical id."""
    found: dict[str, dict[str, Any]] = template()["Resources"]
    return {name: one.get("Properties", {}) for name, one in found.items() if one["Type"] == kind}


def lambdas() -> dict[str, tuple[str, dict[str, Any]]]:
    """The template's functions by their names in snake case: logical id and properties."""
    return {snake(name): (name, one) for name, one in resources("AWS::Serverless::Function").items()}


def folder_of(function: dict[str, Any]) -> str:
    """The folder with the code of one of the template's functions; two may share one."""
    return str(function["CodeUri"]).removeprefix("functions/")


def logical_id(folder: str) -> str:
    """The logical id of the function with the code in that folder, or of the first of them."""
    return next(name for name, one in lambdas().values() if folder_of(one) == folder)


def routes() -> Iterator[tuple[str, str, str]]:
    """Folder, method and path of every request function."""
    return _routes("Request")


def published_routes() -> Iterator[tuple[str, str, str]]:
    """The same for the longer paths that published clients call."""
    return _routes("Published")


def _routes(name: str) -> Iterator[tuple[str, str, str]]:
    for _, function in lambdas().values():
        event = function.get("Events", {}).get(name)
        if event and event["Type"] == "Api":
            yield folder_of(function), event["Properties"]["Method"].upper(), event["Properties"]["Path"]


def load_function(folder: str) -> ModuleType:
    """A fresh copy of one function's handler module."""
    name = f"handler_of_{folder}"
    spec = importlib.util.spec_from_file_location(name, ROOT / "functions" / folder / "handler.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def snake(name: str) -> str:
    """`EmitEvent` as `emit_event`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
