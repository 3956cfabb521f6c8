"""Items as another release would have written them: with attributes, names and kinds that this one does not know."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from loyalty.domain.assignments.traces import AssignmentTrace
from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.events.event import Event
from loyalty.domain.feed.messages import SpentBudget
from loyalty.domain.feed.reminders import Reminder
from loyalty.domain.feed.webhooks import Delivery, Webhook
from loyalty.domain.offers import OfferRecord
from loyalty.domain.program.api_keys import ApiKey
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.changes import AuditRecord
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.program import StoredCampaign
from loyalty.domain.program.rewards import Reward
from loyalty.domain.rules.explanation import EvaluationTrace
from loyalty.store.codec import pack, read_any_format
from tests.support.backend import Json


class StoredProgram(NamedTuple):
    """A published program that has one part."""

    brand: Brand
    rewards: tuple[Reward, ...]
    config_offers: tuple[ConfigOffer, ...]
    campaigns: Mapping[str, StoredCampaign]


# What the documents of items are, by what their sort keys begin with.
CLASSES: dict[str, Any] = {
    "AUDIT#": AuditRecord,
    "BRAND": Brand,
    "CONFIG_OFFER#": ConfigOffer,
    "DELIVERY#": Delivery,
    "EVENT": Event,
    "KEY": ApiKey,
    "OFFER#": OfferRecord,
    "PROGRAM": StoredProgram,
    "RECORD#": JournalRecord,
    "REMINDER#": Reminder,
    "REWARD#": Reward,
    "SPENT#": SpentBudget,
    "STATE": Customer,
    "TRACE": AssignmentTrace,
    "WEBHOOK#": Webhook,
}
UNKNOWN_NAME = {"of_the_next_release": {"list": [1, {"x": None}]}}
UNKNOWN_ATTRIBUTES: Json = {
    "next_string": {"S": "x"},
    "next_number": {"N": "-1.5"},
    "next_bytes": {"B": b"\x00"},
    "next_flag": {"BOOL": True},
    "next_nothing": {"NULL": True},
    "next_list": {"L": [{"S": "x"}]},
    "next_map": {"M": {"x": {"N": "1"}}},
    "next_set": {"SS": ["x"]},
}


def of_the_next_release(item: Json, *, kinds: bool = False) -> Json:
    """The item with an attribute of every type more, and a name more in every object of its documents.

    With `kinds`, every kind in them is one that this release does not know.
    """
    wider = dict(item) | UNKNOWN_ATTRIBUTES
    sort_key = item["sk"]["S"]
    cls = next((one for beginning, one in CLASSES.items() if sort_key.startswith(beginning)), None)
    for name, of in {"document": cls, "ending": cls, "trace": EvaluationTrace, "snapshot": Any}.items():
        if name in item and of is not None:
            (stored,) = item[name].values()
            document = read_any_format(stored)
            del document["format"]
            wider[name] = _attribute(pack(widened(of, document, kinds=kinds) | UNKNOWN_NAME))
    return wider


def widened(annotation: Any, value: Any, *, kinds: bool) -> Any:
    """A stored value of that type, with a name more in each of its objects."""
    types = [one for one in get_args(annotation) if one is not NoneType]
    if get_origin(annotation) in (Union, UnionType) and len(types) == 1:
        return widened(types[0], value, kinds=kinds)
    cls = get_origin(annotation) or annotation
    if isinstance(cls, type) and issubclass(cls, Enum):
        return f"{value}_NEXT" if kinds else value
    if isinstance(value, list) and types:
        return [widened(types[-1] if cls is not tuple else types[0], one, kinds=kinds) for one in value]
    if isinstance(value, dict) and (is_dataclass(cls) or hasattr(cls, "_fields")):
        hints = _hints(cls)
        return {name: widened(hints[name], one, kinds=kinds) for name, one in value.items()} | UNKNOWN_NAME
    if isinstance(value, dict) and types:
        return {name: widened(types[-1], one, kinds=kinds) for name, one in value.items()}
    return value


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _attribute(packed: str | bytes) -> Json:
    return {"S": packed} if isinstance(packed, str) else {"B": packed}
