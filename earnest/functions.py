"""The template's functions by name. Two may share their code and differ by environment, so the name is no folder."""

import importlib.util
import os
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from earnest.paths import ROOT
from earnest.template import loaded
from loyalty.settings import settings

# Two threads that start functions at once would take the constants of each other's away.
_STARTING = threading.Lock()


class Function(NamedTuple):
    """A function: `emit_event` by name, `EmitEvent` in the template, and its properties, those of Globals included."""

    name: str
    logical_id: str
    properties: Mapping[str, Any]

    @property
    def folder(self) -> str:
        """The folder of its code in `functions/`."""
        uri: str = self.properties["CodeUri"]
        return uri.removeprefix("functions/")

    @property
    def variables(self) -> Mapping[str, Any]:
        """Its environment."""
        found: Mapping[str, Any] = self.properties["Environment"]["Variables"]
        return found

    @property
    def constants(self) -> Mapping[str, str]:
        """Its variables that are plain values; all others refer to resources."""
        return {name: value for name, value in self.variables.items() if isinstance(value, str)}


@cache
def functions() -> Mapping[str, Function]:
    """Return every function of the template by name, in the template's order."""
    template = loaded()
    defaults = template["Globals"]["Function"]
    found = (
        Function(_snake(logical_id), logical_id, _with_defaults(defaults, resource["Properties"]))
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    )
    return {function.name: function for function in found}


def load(name: str) -> ModuleType:
    """Return a fresh copy of a function's handler module, started with the constants that the template gives it."""
    function = functions()[name]
    module_name = f"handler_of_{name}"
    spec = importlib.util.spec_from_file_location(module_name, ROOT / "functions" / function.folder / "handler.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    with _STARTING, _settings_of(function):
        spec.loader.exec_module(module)
    return module


@contextmanager
def _settings_of(function: Function) -> Iterator[None]:
    """Add the function's constants to this process's settings for a while; no table is needed for that."""
    if not function.constants:
        yield
        return
    added = {**function.constants, **({} if "TABLE_NAME" in os.environ else {"TABLE_NAME": "none"})}
    os.environ.update(added)
    settings.cache_clear()
    try:
        yield
    finally:
        for variable in added:
            del os.environ[variable]
        settings.cache_clear()


def _with_defaults(defaults: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what SAM makes of both: variables are united, of anything else the function's own counts."""
    variables = {
        name: value
        for one in (defaults, own)
        for name, value in one.get("Environment", {}).get("Variables", {}).items()
    }
    return {**defaults, **own, "Environment": {"Variables": variables}}


def _snake(logical_id: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", logical_id).lower()
