"""Rewards, config offers and campaigns as files: one YAML file each, checked by the models that the API checks with."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic.json_schema import GenerateJsonSchema

from earnest.commands.client import Document
from earnest.commands.yaml import Position, UnreadableYaml, YamlDocument, read, write
from earnest.errors import CommandError
from loyalty import json as exact
from loyalty.domain.errors import ValidationError
from loyalty.domain.events.known_fields import unknown_fields
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.rewards import Reward
from loyalty.domain.program.schemas import ConfigOfferSettings, RewardSettings
from loyalty.domain.rules.campaigns import Campaign, check_campaign, to_document
from loyalty.domain.schemas import PathIdentifier, Request, Settings, Text, validate

SCHEMA_FILE = "earnest.schema.json"
_LONGEST_NAME = 100

type Schema = dict[str, Any]


class _FileHeader(Request):
    """The fields that every file begins with."""

    kind: Text
    id: PathIdentifier


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name, its path in the API, its name in a whole program, its model, and its defaults.

    `with_defaults` fills these in.
    """

    name: str
    path: str
    plural: str
    model: type[Settings]
    with_defaults: Callable[[Document], Document]


def _reward_with_defaults(document: Document) -> Document:
    settings = Reward.written("", document)._asdict()
    return {name: value for name, value in settings.items() if name != "reward_id" and value is not None}


def _config_offer_with_defaults(document: Document) -> Document:
    given = {name: value for name, value in document.items() if value is not None}
    settings = ConfigOffer("", **given)._asdict()
    return {name: value for name, value in settings.items() if name != "config_id"}


def _campaign_with_defaults(document: Document) -> Document:
    ordered: Document = _in_reading_order(to_document(document))
    return ordered


# In the order in which they are written: a campaign names rewards.
KINDS = (
    Kind("reward", "rewards", "rewards", RewardSettings, _reward_with_defaults),
    Kind("config_offer", "config-offers", "config_offers", ConfigOfferSettings, _config_offer_with_defaults),
    Kind("campaign", "campaigns", "campaigns", Campaign, _campaign_with_defaults),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Problem:
    """A mistake in a file, and where it is."""

    file: Path
    position: Position
    message: str

    def __str__(self) -> str:
        """Return it as `file:line:column: message`, which editors and terminals turn into a link."""
        return f"{self.file}:{self.position.line}:{self.position.column}: {self.message}"


@dataclass(frozen=True)
class ProgramFile:
    """The reward, config offer or campaign in a file, with its defaults filled in, and what may be wrong with it."""

    kind: Kind
    id: str
    file: Path
    document: Document
    warnings: tuple[Problem, ...] = ()


type ResourceKey = tuple[str, str]
type Documents = dict[ResourceKey, Document]


def read_folder(
    folder: Path, existing: Mapping[ResourceKey, Document]
) -> tuple[dict[ResourceKey, ProgramFile], list[Problem]]:
    """Return the content of each file of a folder by kind and id, and all mistakes, sorted by file and position.

    A campaign may refer to rewards and config offers of the folder, and to those in `existing`. Raises CommandError if
    there is no folder.
    """
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder.")
    problems: list[Problem] = []
    headers = [_read_header(file, problems) for file in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml")))]
    found: dict[ResourceKey, ProgramFile] = {}
    rewards = {id_: Reward(id_, **document) for (kind_name, id_), document in existing.items() if kind_name == "reward"}
    offers = {
        id_: ConfigOffer(id_, **document)
        for (kind_name, id_), document in existing.items()
        if kind_name == "config_offer"
    }
    for kind in KINDS:
        for file, yaml, kind_name, id_ in filter(None, headers):
            if kind_name != kind.name:
                continue
            if (kind.name, id_) in found:
                earlier = found[kind.name, id_].file
                problems.append(Problem(file, yaml.position_of("id"), f"id: {kind.name} {id_} is in {earlier} already"))
                continue
            body = {name: value for name, value in yaml.value.items() if name not in ("kind", "id")}
            # A file with mistakes still defines its id: campaigns that refer to it have no mistake of their own.
            document: Document = {"name": id_}
            warnings: list[Problem] = []
            try:
                if kind.model is Campaign:
                    unknown = unknown_fields(check_campaign(body, Catalog(rewards, offers)))
                    warnings = [_problem(file, yaml, one.field, one.message) for one in unknown]
                else:
                    validate(kind.model, body)
                document = kind.with_defaults(body)
                found[kind.name, id_] = ProgramFile(kind, id_, file, document, tuple(warnings))
            except ValidationError as error:
                problems += (_problem(file, yaml, mistake.field, mistake.message) for mistake in error.fields)
            if kind.name == "reward":
                rewards[id_] = Reward.written(id_, document)
            elif kind.name == "config_offer":
                offers[id_] = ConfigOffer(id_, **document)
    return found, sorted(problems, key=lambda it: (str(it.file), it.position.line, it.position.column))


def _read_header(file: Path, problems: list[Problem]) -> tuple[Path, YamlDocument, str, str] | None:
    try:
        yaml = read(file.read_text(encoding="utf-8-sig"))
        header = validate(_FileHeader, yaml.value)
    except UnicodeDecodeError:
        problems.append(Problem(file, Position(1, 1), "is not UTF-8 text"))
    except UnreadableYaml as error:
        problems.append(Problem(file, error.position, str(error)))
    except ValidationError as error:
        problems += (_problem(file, yaml, mistake.field, mistake.message) for mistake in error.fields)
    else:
        if header.kind in _BY_NAME:
            return file, yaml, header.kind, header.id
        problems.append(_problem(file, yaml, "kind", f"must be {' or '.join(_BY_NAME)}"))
    return None


def _problem(file: Path, yaml: YamlDocument, field: str, message: str) -> Problem:
    return Problem(file, yaml.position_of(field), f"{field}: {message}")


def file_text(kind: Kind, id_: str, document: Document, schema: str) -> str:
    """Return a file's text; `schema` is the path of its JSON Schema, which editors read from the first line."""
    return f"# yaml-language-server: $schema={schema}\n" + write({"kind": kind.name, "id": id_, **document})


def file_name(id_: str) -> str:
    """Return a file name that is valid for any id and differs from that of every other id."""
    name = quote(id_, safe=" ")
    if len(name) <= _LONGEST_NAME and name == name.lower():
        return f"{name}.yaml"
    return f"{name[:_LONGEST_NAME].rstrip('%')}-{hashlib.sha256(id_.encode()).hexdigest()[:8]}.yaml"


def are_equal(one: Document | None, other: Document | None) -> bool:
    """Return whether two documents are equal; 10 equals 10.0."""
    return exact.canonical(one) == exact.canonical(other)


class _JsonSchema(GenerateJsonSchema):
    """JSON Schema without titles that only repeat the field's name."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - the library's own parameter
        """Return false."""
        return False


def schema() -> Schema:
    """Return the JSON Schema of a file of any kind, from the models that check it."""
    kinds: list[Schema] = []
    definitions: Schema = {}
    id_ = _FileHeader.model_json_schema(schema_generator=_JsonSchema)["properties"]["id"]
    for kind in KINDS:
        body = kind.model.model_json_schema(schema_generator=_JsonSchema)
        definitions |= body.pop("$defs", {})
        head = {"kind": {"const": kind.name}, "id": id_}
        properties = {**head, **body.pop("properties")}
        required = [*head, *body.pop("required", ())]
        kinds.append({**body, "title": kind.name, "properties": properties, "required": required})
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": "A file of `earnest apply`",
        "oneOf": kinds,
        "$defs": definitions,
    }


# The order in which people describe a campaign: trigger, conditions, effects. Fields not listed come last.
_READING_ORDER = (
    *("name", "trigger", "status", "start_date", "end_date", "days_of_week", "hours", "from", "to"),
    *("priority", "exclusive", "limits", "rules", "conditions", "effects", "field", "operator", "value", "within"),
    *("reward_id", "amount", "by_tier", "per", "percent", "of", "cap", "multiply", "tag", "offer"),
)
_ORDER = {name: index for index, name in enumerate(_READING_ORDER)}


def _in_reading_order(value: Any) -> Any:
    """Return a value without nulls, with the fields of each object in reading order."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: _ORDER.get(name, len(_ORDER)))
        return {name: _in_reading_order(value[name]) for name in names if value[name] is not None}
    return [_in_reading_order(inner) for inner in value] if isinstance(value, list) else value
