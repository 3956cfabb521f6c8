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
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.rewards import Reward
from loyalty.domain.program.schemas import ConfigOfferSettings, RewardSettings
from loyalty.domain.rules.campaigns import Campaign, check_campaign, to_document
from loyalty.domain.schemas import Identifier, Request, Settings, Text, validate

SCHEMA_FILE = "earnest.schema.json"
_LONGEST_NAME = 100

type Schema = dict[str, Any]


class _FileHeader(Request):
    """What all files begin with."""

    kind: Text
    id: Identifier


@dataclass(frozen=True)
class Kind:
    """A kind of file: its word, the API's list of them, its model, and what it is with its defaults in."""

    word: str
    path: str
    model: type[Settings]
    complete: Callable[[Document], Document]


def _complete_reward(document: Document) -> Document:
    given = {name: value for name, value in document.items() if value is not None}
    whole = Reward("", **given)._asdict()
    return {name: value for name, value in whole.items() if name != "reward_id" and value is not None}


def _complete_config_offer(document: Document) -> Document:
    given = {name: value for name, value in document.items() if value is not None}
    whole = ConfigOffer("", **given)._asdict()
    return {name: value for name, value in whole.items() if name != "config_id"}


def _complete_campaign(document: Document) -> Document:
    whole: Document = _in_reading_order(to_document(document))
    return whole


# In the order in which they are written: a campaign names rewards.
KINDS = (
    Kind("reward", "rewards", RewardSettings, _complete_reward),
    Kind("config_offer", "config-offers", ConfigOfferSettings, _complete_config_offer),
    Kind("campaign", "campaigns", Campaign, _complete_campaign),
)
_BY_WORD = {kind.word: kind for kind in KINDS}


@dataclass(frozen=True)
class Problem:
    """Something in a file that cannot be meant."""

    file: Path
    position: Position
    message: str

    def __str__(self) -> str:
        """Return it in the form that editors and terminals make a link of."""
        return f"{self.file}:{self.position.line}:{self.position.column}: {self.message}"


@dataclass(frozen=True)
class ProgramFile:
    """One thing in one file, with its defaults in."""

    kind: Kind
    id: str
    file: Path
    document: Document


type ResourceKey = tuple[str, str]
type Documents = dict[ResourceKey, Document]


def read_folder(
    folder: Path, existing: Mapping[ResourceKey, Document]
) -> tuple[dict[ResourceKey, ProgramFile], list[Problem]]:
    """Return everything in the folder by kind and id, and everything that is wrong with it, file by file.

    A campaign may name the folder's rewards and config offers, and those that are there already. Raises CommandError if
    there is no folder.
    """
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder.")
    problems: list[Problem] = []
    heads = [_head(file, problems) for file in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml")))]
    found: dict[ResourceKey, ProgramFile] = {}
    rewards = {id_: Reward(id_, **document) for (word, id_), document in existing.items() if word == "reward"}
    offers = {id_: ConfigOffer(id_, **document) for (word, id_), document in existing.items() if word == "config_offer"}
    for kind in KINDS:
        for file, yaml, word, id_ in filter(None, heads):
            if word != kind.word:
                continue
            if (word, id_) in found:
                earlier = found[word, id_].file
                problems.append(Problem(file, yaml.position_of("id"), f"id: {word} {id_} is in {earlier} already"))
                continue
            body = {name: value for name, value in yaml.value.items() if name not in ("kind", "id")}
            # Of a mistaken one its own mistakes are told; a campaign that names it has none by them.
            document: Document = {"name": id_}
            try:
                if word == "campaign":
                    check_campaign(body, Catalog(rewards, offers))
                else:
                    validate(kind.model, body)
                document = kind.complete(body)
                found[word, id_] = ProgramFile(kind, id_, file, document)
            except ValidationError as error:
                problems += (_problem(file, yaml, one.field, one.message) for one in error.fields)
            if word == "reward":
                rewards[id_] = Reward(id_, **document)
            elif word == "config_offer":
                offers[id_] = ConfigOffer(id_, **document)
    return found, sorted(problems, key=lambda one: (str(one.file), one.position.line, one.position.column))


def _head(file: Path, problems: list[Problem]) -> tuple[Path, YamlDocument, str, str] | None:
    try:
        yaml = read(file.read_text(encoding="utf-8-sig"))
        head = validate(_FileHeader, yaml.value)
    except UnicodeDecodeError:
        problems.append(Problem(file, Position(1, 1), "is not UTF-8 text"))
    except UnreadableYaml as error:
        problems.append(Problem(file, error.position, str(error)))
    except ValidationError as error:
        problems += (_problem(file, yaml, one.field, one.message) for one in error.fields)
    else:
        if head.kind in _BY_WORD:
            return file, yaml, head.kind, head.id
        problems.append(_problem(file, yaml, "kind", f"must be {' or '.join(_BY_WORD)}"))
    return None


def _problem(file: Path, yaml: YamlDocument, field: str, message: str) -> Problem:
    return Problem(file, yaml.position_of(field), f"{field}: {message}")


def file_text(kind: Kind, id_: str, document: Document, schema: str) -> str:
    """Return a file's text; `schema` is where its JSON Schema is, for editors."""
    return f"# yaml-language-server: $schema={schema}\n" + write({"kind": kind.word, "id": id_, **document})


def file_name(id_: str) -> str:
    """Return the name of a new file for an id, whatever is in it: not too long, and one id's only."""
    name = quote(id_, safe=" ")
    if len(name) <= _LONGEST_NAME and name == name.lower():
        return f"{name}.yaml"
    return f"{name[:_LONGEST_NAME].rstrip('%')}-{hashlib.sha256(id_.encode()).hexdigest()[:8]}.yaml"


def say_the_same(one: Document | None, other: Document | None) -> bool:
    """Return whether two documents say the same, 10 and 10.0 included."""
    return exact.canonical(one) == exact.canonical(other)


class _JsonSchema(GenerateJsonSchema):
    """JSON Schema without titles that only say a field's name again."""

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
        head = {"kind": {"const": kind.word}, "id": id_}
        properties = {**head, **body.pop("properties")}
        required = [*head, *body.pop("required", ())]
        kinds.append({**body, "title": kind.word, "properties": properties, "required": required})
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": "A file of `earnest apply`",
        "oneOf": kinds,
        "$defs": definitions,
    }


# As people tell a campaign: when, under which conditions, what for. Whatever else there is comes last.
_READING_ORDER = (
    *("name", "trigger", "status", "start_date", "end_date", "days_of_week", "hours", "from", "to"),
    *("priority", "exclusive", "limits", "rules", "conditions", "effects", "field", "operator", "value", "within"),
    *("reward_id", "amount", "by_tier", "per", "percent", "of", "cap", "multiply", "tag", "offer"),
)
_ORDER = {name: place for place, name in enumerate(_READING_ORDER)}


def _in_reading_order(value: Any) -> Any:
    """Return it without nulls, everything in the order in which it is told."""
    if isinstance(value, dict):
        told = sorted(value, key=lambda name: _ORDER.get(name, len(_ORDER)))
        return {name: _in_reading_order(value[name]) for name in told if value[name] is not None}
    return [_in_reading_order(inner) for inner in value] if isinstance(value, list) else value
