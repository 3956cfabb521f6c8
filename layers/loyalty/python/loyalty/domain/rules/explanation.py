"""Why campaigns did what they did: explained from two documents in the event's item, however campaigns change.

The snapshot is the same for all events of a trigger until its campaigns change: their names, rules and conditions. The
trace is what one event met there. Results are kept, not made again, because an event has neither what was known of its
customer then nor what it used of limits.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from loyalty.domain.limits.counters import HISTORY_OPERATORS
from loyalty.domain.limits.usage import NOTHING
from loyalty.domain.rules.outcomes import Outcome
from loyalty.domain.rules.predicates import MAX_VALUES
from loyalty.domain.rules.sentences import sentence

NOT_EXPLAINED: Mapping[str, Mapping[str, Any]] = {"campaigns": {}, "conditions": {}}
"""The document of a snapshot without campaigns."""

Json = dict[str, Any]


class EvaluationTrace(NamedTuple):
    """What one event met, as plain JSON, as far as the snapshot names it.

    `campaigns` are results other than that no conditions matched, `held` the conditions on the event that held, `found`
    the values at fields that had some, `reached` how far conditions over history had come.

    For conditions on one item of a list, `nearest` has the number of the item that met them, or came nearest, and then
    the positions of those in `where` that it met. `items` is what was found in such items, by list and number.
    """

    campaigns: Mapping[str, Json] = NOTHING
    held: Sequence[str] = ()
    found: Mapping[str, Any] = NOTHING
    reached: Mapping[str, Any] = NOTHING
    nearest: Mapping[str, Sequence[int]] = NOTHING
    items: Mapping[str, Mapping[str, Json]] = NOTHING


def explain(document: Mapping[str, Mapping[str, Json]], trace: EvaluationTrace) -> list[Json]:
    """A CampaignExplanationResponse for every campaign of a snapshot's document, by what the trace has."""
    campaigns, held = document["campaigns"], frozenset(trace.held)
    conditions = {id_: _explain_condition(id_, one, trace, held) for id_, one in document["conditions"].items()}
    return [
        _explain_campaign(campaign_id, campaigns, conditions, trace.campaigns.get(campaign_id, {}))
        for campaign_id in campaigns
    ]


def _explain_condition(id_: str, condition: Json, trace: EvaluationTrace, held: Collection[str]) -> Json:
    if "any_item" in condition:
        return _explain_any_item(condition, trace.nearest.get(id_), trace.items, holds=id_ in held)
    if condition["operator"] in HISTORY_OPERATORS:
        reached = trace.reached.get(id_, 0)
        return {**condition, "found": reached, "held": bool(reached >= condition["wanted"])}
    return {**condition, "found": trace.found.get(condition["field"]), "held": id_ in held}


def _explain_any_item(
    condition: Json, nearest: Sequence[int] | None, items: Mapping[str, Mapping[str, Json]], *, holds: bool
) -> Json:
    """The condition, and what was asked of the item that met it or came nearest."""
    number, met = (nearest[0], nearest[1:]) if nearest else (None, ())
    item = items.get(condition["any_item"], {}).get(str(number), {})
    positions = count()
    where = [
        [{**one, "found": item.get(one["field"]), "held": next(positions) in met} for one in together]
        for together in condition["where"]
    ]
    return {**condition, "where": where, "item": number, "held": holds}


def _explain_campaign(
    campaign_id: str, campaigns: Mapping[str, Json], conditions: Mapping[str, Json], result: Json
) -> Json:
    campaign = campaigns[campaign_id]
    outcome = Outcome(result.get("outcome", Outcome.NO_MATCHING_CONDITIONS))
    rules = [_explain_rule(rule, conditions) for rule in campaign["rules"]]
    winner = str(result.get("winner", ""))
    cut = [f" Of {field}, only the first {MAX_VALUES} values count." for field in result.get("cut", ())]
    return {
        "campaign_id": campaign_id,
        "name": campaign["name"],
        "outcome": outcome,
        "sentence": "".join(
            (sentence(outcome, rules, campaign, result, campaigns.get(winner, {"name": winner})["name"]), *cut)
        ),
        "granted": result.get("granted", []),
        "offers": result.get("offers", []),
        "tags": result.get("tags", {}),
        "rules": rules,
    }


def _explain_rule(rule: Json, conditions: Mapping[str, Json]) -> Json:
    alternatives = [[conditions[id_] for id_ in together] for together in rule["conditions"]]
    held = not alternatives or any(all(one["held"] for one in together) for together in alternatives)
    return {"name": rule["name"], "held": held, "conditions": alternatives}
