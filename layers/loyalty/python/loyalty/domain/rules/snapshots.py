"""What an evaluation leaves for its explanation: the snapshot of the campaigns, and the trace of what one event met."""

from collections import ChainMap, Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty.domain.rules.compiled import CompiledCampaign, CompiledCondition
from loyalty.domain.rules.conditions import AnyItemCondition, Condition, CountCondition, HistoryCondition, Where
from loyalty.domain.rules.explanation import EvaluationTrace
from loyalty.domain.rules.fields import EventFields, Source
from loyalty.domain.rules.outcomes import Outcome
from loyalty.domain.rules.predicates import MAX_VALUES
from loyalty.domain.rules.results import CampaignResult
from loyalty.domain.times import format_instant
from loyalty.domain.wallet.lots import Lot

MAX_EXPLAINED = 150_000
"""How long the text of a snapshot may be, in characters; campaigns beyond that are not explained."""

_MAX_FOUND = 5
_MAX_WANTED = 20
_MAX_LENGTH = 100
_EXPLAINED_SETTINGS = {"status", "start_date", "end_date", "days_of_week", "hours", "limits"}

Json = dict[str, Any]


@dataclass(frozen=True, eq=False)
class RulesetSnapshot:
    """What is the same for every event of a trigger: `document` is that as plain JSON, which a store packs once.

    It names conditions by their field and a number, such as `order.value#2`; `ids` are these names by the keys that
    conditions are evaluated under. `fields` are what conditions on the event look at, `any_items` what those on one
    item of a list do, by their names.
    """

    document: Mapping[str, Mapping[str, Json]]
    ids: Mapping[str, str]
    fields: Mapping[str, Source]
    any_items: Mapping[str, Source]

    @classmethod
    def of(cls, campaigns: Iterable[CompiledCampaign]) -> "RulesetSnapshot":
        """The snapshot of these campaigns, or of the first of them that it has room for."""
        explained: dict[str, Json] = {}
        conditions: dict[str, Json] = {}
        ids: dict[str, str] = {}
        fields: dict[str, Source] = {}
        any_items: dict[str, Source] = {}
        numbers: Counter[str] = Counter()
        room = MAX_EXPLAINED
        for campaign in campaigns:
            new: dict[str, str] = {}
            described: dict[str, Json] = {}
            looked_at: dict[str, CompiledCondition] = {}
            for one in campaign.conditions:
                if one.key not in ids and one.key not in new:
                    name = _name(one.settings)
                    numbers[name] += 1
                    new[one.key] = f"{name}#{numbers[name]}"
                    described[new[one.key]] = _describe_condition(one.settings)
                    looked_at[new[one.key]] = one
            row = _describe_campaign(campaign, ChainMap(new, ids))
            room -= len(repr(row)) + len(repr(described))
            if room < 0:
                break
            explained[campaign.campaign_id] = row
            conditions |= described
            ids |= new
            for id_, one in looked_at.items():
                if one.source and one.source.where and one.predicate:
                    any_items[id_] = one.source
                elif one.source and one.predicate:
                    fields[one.source.key] = one.source
        return cls({"campaigns": explained, "conditions": conditions}, ids, fields, any_items)


def trace_of(
    snapshot: RulesetSnapshot,
    results: Iterable[CampaignResult],
    held: Iterable[str],
    fields: EventFields,
    reached: Mapping[str, Decimal],
) -> EvaluationTrace:
    """The trace of an evaluation; `held` and `reached` are by the keys of conditions."""
    explained, ids, cut = snapshot.document["campaigns"], snapshot.ids, fields.cut
    told = [one for one in results if cut or one.outcome is not Outcome.NO_MATCHING_CONDITIONS]
    described = {one.campaign_id: _describe_result(one, cut) for one in told if one.campaign_id in explained}
    found = [(key, fields.found(source)) for key, source in snapshot.fields.items()]
    nearest = {id_: fields.nearest[one.key] for id_, one in snapshot.any_items.items() if one.key in fields.nearest}
    return EvaluationTrace(
        {name: one for name, one in described.items() if one},
        sorted([ids[key] for key in held if key in ids]),
        {field: shown(values, more=field in cut) for field, values in found if values},
        {ids[key]: number for key, number in reached.items() if number and key in ids},
        nearest,
        _items(fields, [(snapshot.any_items[id_], one[0]) for id_, one in nearest.items()]),
    )


def _items(fields: EventFields, nearest: Iterable[tuple[Source, int]]) -> dict[str, dict[str, Json]]:
    """What was found in items, by the list they are in and their number, where conditions looked at them."""
    described: dict[str, dict[str, Json]] = {}
    for source, number in nearest:
        assert source.items
        item = fields.items(source.items)[number]
        row = described.setdefault(source.items.key, {}).setdefault(str(number), {})
        for one in (one for together in source.where for one in together):
            if values := item.found(one.source):
                row[one.source.key] = shown(values)
    return described


def shown(values: Sequence[Any], *, more: bool = False) -> Any:
    """Values as an explanation keeps them: one by itself, of several the first few, none as null.

    `more` says that there were more, which nothing looked at.
    """
    if len(values) == 1:
        return _shortened(values[0])
    others = [f"and {len(values) - _MAX_FOUND} more"] if len(values) > _MAX_FOUND else []
    beyond = [f"only the first {MAX_VALUES} count"] if more else []
    return [*map(_shortened, values[:_MAX_FOUND]), *others, *beyond] or None


def wanted(value: Any) -> Any:
    """A wanted value as an explanation keeps it: of a long list the first few."""
    if not isinstance(value, list):
        return _shortened(value)
    more = [f"and {len(value) - _MAX_WANTED} more"] if len(value) > _MAX_WANTED else []
    return [*map(_shortened, value[:_MAX_WANTED]), *more]


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _MAX_LENGTH else value[:_MAX_LENGTH] + "…"
    if isinstance(value, datetime):
        return format_instant(value)
    return value if value is None or isinstance(value, (bool, int, Decimal)) else "an object"


def _name(one: Condition) -> str:
    return one.any_item if isinstance(one, AnyItemCondition) else one.field or one.operator


def _describe_condition(one: Condition) -> Json:
    if isinstance(one, AnyItemCondition):
        return {"any_item": one.any_item, "where": _describe_where(one.where)}
    within = {"within": one.within} if one.within else {}
    chosen = one.where if isinstance(one, HistoryCondition | CountCondition) else None
    where = {"where": _describe_where(chosen)} if chosen else {}
    return {"field": one.field, "operator": one.operator, "wanted": wanted(one.value), **where, **within}


def _describe_where(where: Where) -> list[list[Json]]:
    return [
        [{"field": one.field, "operator": one.operator, "wanted": wanted(one.value)} for one in together]
        for together in where
    ]


def _describe_campaign(campaign: CompiledCampaign, ids: Mapping[str, str]) -> Json:
    rules = [
        {
            "name": rule.name,
            "conditions": [
                [ids[one.key] for one in alternative.conditions]
                for alternative in campaign.alternatives
                if alternative.rule is rule and alternative.conditions
            ],
        }
        for rule in campaign.settings.rules
    ]
    settings = campaign.settings.model_dump(include=_EXPLAINED_SETTINGS, exclude_none=True, by_alias=True)
    others = {name: value for name, value in settings.items() if value not in ("RUNNING", {})}
    return {"name": campaign.settings.name, "rules": rules, **others}


def _describe_result(one: CampaignResult, cut: Collection[str]) -> Json:
    """What a result says beside that no conditions matched; `cut` are the sources that had too many values."""
    outcome = "" if one.outcome is Outcome.NO_MATCHING_CONDITIONS else one.outcome.value
    described = {
        "outcome": outcome,
        "granted": [_describe_lot(lot) for lot in one.lots],
        "offers": [offer.offer for offer in one.offers],
        "tags": one.tags,
        "due": one.due,
        "winner": one.winner,
        "cut": sorted({source.field for source in one.campaign.all_sources if source.key in cut}) if cut else (),
    }
    return {name: value for name, value in described.items() if value}


def _describe_lot(lot: Lot) -> Json:
    later = {"available_from": format_instant(lot.available_from)} if lot.available_from else {}
    return {"reward_id": lot.reward_id, "amount": lot.amount, **later}
