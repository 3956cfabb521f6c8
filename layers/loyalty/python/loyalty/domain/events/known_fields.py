"""Fields that a campaign names and that no request is known to have: mostly typing mistakes, so callers are warned."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from loyalty.domain.errors import FieldProblem
from loyalty.domain.events.schemas import EmitEventRequest
from loyalty.domain.rules.campaigns import Campaign, written_fields
from loyalty.domain.rules.fields import CUSTOMER_FIELDS


class _Known(NamedTuple):
    """What is known under a name: further names, or whatever a client sends if it is free."""

    names: Mapping[str, "_Known"]
    is_free: bool = False


_FREE = _Known({}, is_free=True)


def unknown_fields(campaign: Campaign) -> list[FieldProblem]:
    """Where a campaign names a field that no known request has, with the nearest that one has.

    Requests may have more fields than are documented, so it is a warning and no error.
    """
    return [
        FieldProblem(where, message)
        for where, field in written_fields(campaign)
        if (message := _warning(field)) is not None
    ]


def unknown_fields_of(campaigns: Mapping[str, Campaign]) -> list[FieldProblem]:
    """The same of many campaigns by id, with `campaigns` and the id before each path."""
    return [
        found._replace(field=f"campaigns.{campaign_id}.{found.field}")
        for campaign_id, campaign in campaigns.items()
        for found in unknown_fields(campaign)
    ]


def _warning(field: str) -> str | None:
    known, parents = _event(), list[str]()
    for name in field.split("."):
        if known.is_free or not known.names:
            return None
        parents.append(name)
        if name not in known.names:
            path = ".".join(parents)
            nearest = get_close_matches(field, _paths(), n=1) or get_close_matches(path, _paths(), n=1)
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            return f"no request is known to have {path}{hint}"
        known = known.names[name]
    return None


@cache
def _event() -> _Known:
    customer = {name: _FREE if name in ("tags", "attributes") else _Known({}) for name in CUSTOMER_FIELDS}
    return _Known({**_of(EmitEventRequest).names, "customer": _Known(customer)})


@cache
def _paths() -> list[str]:
    return list(_paths_under(_event()))


def _paths_under(known: _Known, *parents: str) -> Iterator[str]:
    for name, inner in known.names.items():
        yield ".".join((*parents, name))
        yield from _paths_under(inner, *parents, name)


def _of(annotation: Any) -> _Known:
    """What is known under a field of this type: the fields of a model, also in a list; objects are free."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _Known({field.alias or name: _of(field.annotation) for name, field in annotation.model_fields.items()})
    if annotation is Any or get_origin(annotation) is dict:
        return _FREE
    inner = get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
    found = [_of(one) for one in inner]
    return next((one for one in found if one.is_free or one.names), _Known({}))
