"""Explanations: what an evaluation left in the item of its event, read apart from the emit that wrote it."""

from collections.abc import Mapping, Sequence
from typing import Any

from loyalty.domain.events.event import Event
from loyalty.domain.rules.explanation import NOT_EXPLAINED, EvaluationTrace
from loyalty.store import keys
from loyalty.store.codec import unpack
from loyalty.store.events import load_event
from loyalty.store.table import Item, get, get_many


def load_explanation(brand_id: str, event_id: str) -> tuple[Event, Mapping[str, Any], EvaluationTrace] | None:
    """The event of that id, the ruleset snapshot and the trace of its evaluation; empty if there were no campaigns."""
    event = load_event(brand_id, event_id)
    item = get(keys.event(brand_id, event.event_id)) if event else None
    if event is None or item is None:
        return None
    return event, *_evaluation(item)


def load_evaluations(brand_id: str, event_ids: Sequence[str]) -> dict[str, tuple[Mapping[str, Any], EvaluationTrace]]:
    """The ruleset snapshots and the traces of these events, by id: a round trip for MAX_KEYS_PER_READ of them."""
    by_id = {event_id: keys.event(brand_id, event_id) for event_id in event_ids}
    items = get_many(list(by_id.values()))
    return {event_id: _evaluation(items.get(key, {})) for event_id, key in by_id.items()}


def _evaluation(item: Item) -> tuple[Mapping[str, Any], EvaluationTrace]:
    if "snapshot" not in item:
        return NOT_EXPLAINED, EvaluationTrace()
    trace = unpack(item["trace"])
    known = {name: trace[name] for name in EvaluationTrace._fields if name in trace}
    return unpack(item["snapshot"]), EvaluationTrace(**known)
