"""YAML with exact numbers that remembers where everything stands; strings stay the strings that were written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from earnest.refusal import Refusal

_MAX_DEPTH = 32
_MAX_VALUES = 100_000
_LONGEST_NUMBER = 40


@dataclass(frozen=True)
class Place:
    """A line and a column, counted from 1 as editors do."""

    line: int
    column: int


class Unreadable(Refusal):
    """Text that is no YAML of the plain kind, and where."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True)
class Marked:
    """A value as plain JSON, and the place of each path in it (`rules.0.effects.1`)."""

    value: Any
    places: dict[str, Place] = field(default_factory=dict)

    def place(self, path: str) -> Place:
        """Return where a path stands; of what is missing, where that which lacks it stands."""
        while path and path not in self.places:
            path = path.rpartition(".")[0]
        return self.places.get(path, Place(1, 1))


class _Loader(yaml.SafeLoader):
    """Numbers, true, false and null as JSON has them; a day, `no` and 010 are not what YAML 1.1 made of them."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - as the library has it


for _tag, _words, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?", "-+.0123456789"),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_words})$"), list(_first))


def read(text: str) -> Marked:
    """Return what the text says. Raises Unreadable with the place of what cannot be meant."""
    loader: Any = _Loader(text)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(error.problem or "is not YAML", _at(mark) if mark else Place(1, 1)) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise Unreadable(str(error).partition("\n")[0], Place(1, 1)) from None
    finally:
        loader.dispose()
    if node is None:
        raise Unreadable("is empty", Place(1, 1))
    marked = Marked(None)
    return Marked(_value(node, "", 0, marked.places), marked.places)


def _at(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1)


def _value(node: yaml.Node, path: str, depth: int, places: dict[str, Place]) -> Any:
    here = _at(node.start_mark)
    places.setdefault(path, here)
    if depth > _MAX_DEPTH:
        raise Unreadable(f"is nested more than {_MAX_DEPTH} levels deep", here)
    if len(places) > _MAX_VALUES:
        raise Unreadable(f"has more than {_MAX_VALUES} values", here)
    if isinstance(node, yaml.MappingNode) and node.tag == "tag:yaml.org,2002:map":
        return dict(_pairs(node, path, depth, places))
    if isinstance(node, yaml.SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
        return [_value(one, f"{path}.{i}".lstrip("."), depth + 1, places) for i, one in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, here)
    raise Unreadable(f"{node.tag} is not known here", here)


def _pairs(node: yaml.MappingNode, path: str, depth: int, places: dict[str, Place]) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key, value in node.value:
        here = _at(key.start_mark)
        if key.tag == "tag:yaml.org,2002:merge":
            raise Unreadable("<< is not known here", here)
        if not isinstance(key, yaml.ScalarNode):
            raise Unreadable("a name must be a string", here)
        if key.value in seen:
            raise Unreadable(f"{key.value} stands there twice", here)
        seen.add(key.value)
        inner = f"{path}.{key.value}".lstrip(".")
        places[inner] = here
        yield key.value, _value(value, inner, depth + 1, places)


def _scalar(node: yaml.ScalarNode, here: Place) -> Any:
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    text: str = node.value
    if kind in ("int", "float") and len(text) > _LONGEST_NUMBER:
        raise Unreadable("is not a number within 30 digits and 30 decimals", here)
    match kind:
        case "str" | "merge":
            return text
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return int(text)
        case "float":
            return Decimal(text)
    raise Unreadable(f"{node.tag} is not known here", here)


class _Dumper(yaml.SafeDumper):
    """Writes what `read` reads back."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Indent lists inside objects, as people do."""
        super().increase_indent(flow, False)  # noqa: FBT003 - the library's own way to say it


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    resolver: Any = _Loader("")
    plain = resolver.resolve(yaml.ScalarNode, text, (True, False)) == "tag:yaml.org,2002:str"
    if not text.isprintable():
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else "'")


def _write_number(dumper: yaml.SafeDumper, number: Decimal) -> yaml.ScalarNode:
    if number == number.to_integral_value():
        return dumper.represent_scalar("tag:yaml.org,2002:int", str(int(number)))
    return dumper.represent_scalar("tag:yaml.org,2002:float", format(number, "f"))


_Dumper.add_representer(str, _write_text)
_Dumper.add_representer(Decimal, _write_number)


def write(value: Any) -> str:
    """Return plain JSON as YAML that reads back as the same."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text
