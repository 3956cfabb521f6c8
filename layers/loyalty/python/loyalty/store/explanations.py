"""Explanations: what an evaluation left in the item of its event, read apart from the emit that wrote it."""

from collections.abc import Mapping
from typing import Any

from loyalty.domain.events.event import Event
from loyalty.domain.rules.explanation import NOT_EXPLAINED, EvaluationTrace
from loyalty.store import keys
from loyalty.store.codec import unpack
from loyalty.store.events import load_event
from loyalty.store.table import get


def load_explanation(brand_id: str, event_id: str) -> tuple[Event, Mapping[str, Any], EvaluationTrace] | None:
    """The event of that id, the ruleset snapshot and the trace of its evaluation; empty if there were no campaigns."""
    event = load_event(brand_id, event_id)
    item = get(keys.event(brand_id, event.event_id)) if event else None
    if event is None or item is None:
        return None
    if "snapshot" not in item:
        return event, NOT_EXPLAINED, EvaluationTrace()
    trace = unpack(item["trace"])
    known = {name: trace[name] for name in EvaluationTrace._fields if name in trace}
    return event, unpack(item["snapshot"]), EvaluationTrace(**known)
