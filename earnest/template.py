"""What has to be known of the stack's templates, read from the templates themselves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from earnest.paths import ROOT

TEMPLATE = ROOT / "template.yaml"
# The stack that is nested in it.
MONITORING = ROOT / "monitoring.yaml"
TEMPLATES = (TEMPLATE, MONITORING)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # one of two, known when it runs
    """YAML with CloudFormation's short tags, which become their long forms; read by libyaml where there is one."""


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _intrinsic)


def loaded(path: Path = TEMPLATE) -> Mapping[str, Any]:
    """Return a whole template, its short tags as their long forms."""
    found: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  # nosec B506 - a safe loader
    return found


def resources(path: Path = TEMPLATE) -> Mapping[str, Any]:
    """Return a template's resources by logical id."""
    found: Mapping[str, Any] = loaded(path)["Resources"]
    return found


def ttl_attribute(table: str = "Table") -> str:
    """Return the attribute that the table's items expire by."""
    name: str = resources()[table]["Properties"]["TimeToLiveSpecification"]["AttributeName"]
    return name
