"""YAML limited to the types of JSON, with exact numbers and the position of every value."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.resolver import VersionedResolver

from earnest.errors import CommandError

_MAX_DEPTH = 32
_MAX_VALUES = 100_000
_LONGEST_NUMBER = 40
_TAG = "tag:yaml.org,2002:"
# The type of an unquoted scalar, and the characters it may begin with: dates, `no` and 010 are strings.
_PLAIN = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?", "-+.0123456789"),
    ("merge", r"<<", "<"),
)


class _Resolver(VersionedResolver):
    """Resolves unquoted scalars to the types of JSON."""

    versioned_resolver: ClassVar = {
        first: [(_TAG + name, re.compile(f"(?:{words})$")) for name, words, firsts in _PLAIN if first in firsts]
        for first in {first for *_, firsts in _PLAIN for first in firsts}
    }


@dataclass(frozen=True)
class Position:
    """A line and a column, counted from 1 as editors do."""

    line: int
    column: int


class UnreadableYaml(CommandError):
    """A text is not YAML, or uses more of YAML than JSON has; `position` says where."""

    def __init__(self, message: str, position: Position) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True)
class YamlDocument:
    """A value as plain JSON, and the position of each path in it (`rules.0.effects.1`)."""

    value: Any
    positions: dict[str, Position] = field(default_factory=dict)

    def position_of(self, path: str) -> Position:
        """Return the position of a path; if that is missing, of the nearest parent that exists."""
        while path and path not in self.positions:
            path = path.rpartition(".")[0]
        return self.positions.get(path, Position(1, 1))


def read(text: str) -> YamlDocument:
    """Return the parsed text. Raises UnreadableYaml with the position of the mistake."""
    library = YAML(typ="safe", pure=True)
    library.Resolver = _Resolver
    try:
        node = library.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableYaml(error.problem or "is not YAML", _at(mark) if mark else Position(1, 1)) from None
    except (YAMLError, RecursionError) as error:
        raise UnreadableYaml(str(error).partition("\n")[0], Position(1, 1)) from None
    if node is None:
        raise UnreadableYaml("is empty", Position(1, 1))
    positions: dict[str, Position] = {}
    return YamlDocument(_value(node, "", 0, positions), positions)


def _at(mark: Any) -> Position:
    return Position(mark.line + 1, mark.column + 1)


def _value(node: Node, path: str, depth: int, positions: dict[str, Position]) -> Any:
    here = _at(node.start_mark)
    positions.setdefault(path, here)
    if depth > _MAX_DEPTH:
        raise UnreadableYaml(f"is nested more than {_MAX_DEPTH} levels deep", here)
    if len(positions) > _MAX_VALUES:
        raise UnreadableYaml(f"has more than {_MAX_VALUES} values", here)
    kind = str(node.tag).removeprefix(_TAG)
    if isinstance(node, MappingNode) and kind == "map":
        return dict(_pairs(node, path, depth, positions))
    if isinstance(node, SequenceNode) and kind == "seq":
        return [_value(item, f"{path}.{i}".lstrip("."), depth + 1, positions) for i, item in enumerate(node.value)]
    if isinstance(node, ScalarNode) and kind in _SCALARS:
        if kind in ("int", "float") and len(node.value) > _LONGEST_NUMBER:
            raise UnreadableYaml("is not a number within 30 digits and 30 decimals", here)
        return _SCALARS[kind](node.value)
    raise UnreadableYaml(f"{node.tag} is not known here", here)


_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "merge": str,
    "null": lambda _: None,
    "bool": lambda text: text.lower() == "true",
    "int": int,
    "float": Decimal,
}


def _pairs(node: MappingNode, path: str, depth: int, positions: dict[str, Position]) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key, value in node.value:
        here = _at(key.start_mark)
        if str(key.tag) == _TAG + "merge":
            raise UnreadableYaml("<< is not known here", here)
        if not isinstance(key, ScalarNode):
            raise UnreadableYaml("a name must be a string", here)
        if key.value in seen:
            raise UnreadableYaml(f"{key.value} stands there twice", here)
        seen.add(key.value)
        inner = f"{path}.{key.value}".lstrip(".")
        positions[inner] = here
        yield key.value, _value(value, inner, depth + 1, positions)


class _Representer(RoundTripRepresenter):
    """Writes plain JSON without aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the library's own parameter
        """Return true: an object that occurs twice is written twice."""
        return True

    def represent_text(self, text: str) -> ScalarNode:
        """Return the text as a scalar, in double quotes if it has characters that need escaping."""
        return self.represent_scalar(f"{_TAG}str", text, style=None if text.isprintable() else '"')

    def represent_number(self, number: Decimal) -> ScalarNode:
        """Return the number with all its digits."""
        kind, text = ("int", int(number)) if number == number.to_integral_value() else ("float", f"{number:f}")
        return self.represent_scalar(f"{_TAG}{kind}", str(text))


_Representer.add_representer(str, _Representer.represent_text)
_Representer.add_representer(Decimal, _Representer.represent_number)


def write(value: Any) -> str:
    """Return plain JSON as YAML that reads back as the same."""
    library = YAML()
    library.Resolver, library.Representer, library.width = _Resolver, _Representer, 120
    library.indent(mapping=2, sequence=4, offset=2)
    written = io.StringIO()
    library.dump(value, written)
    return written.getvalue()
