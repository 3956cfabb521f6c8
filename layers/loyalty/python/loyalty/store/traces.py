"""Requests of marketing tools: what decides whether one is taken, and what has become of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from loyalty.domain.assignments.traces import AssignmentRequest, AssignmentTrace, TraceStatus
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.times import to_millis, to_ttl
from loyalty.store import keys
from loyalty.store.codec import Document, decode, encode
from loyalty.store.program import brand_in, catalog_of
from loyalty.store.table import Item, Write, WriteConflict, get, get_many, put, update, write

_TRACE = Document(AssignmentTrace, beside=("status", "published"))


class AcceptState(NamedTuple):
    """What decides on a request: the trace of an earlier one with its key, the customer's id, brand and catalog."""

    trace: AssignmentTrace | None
    customer_id: str | None
    brand: Brand
    catalog: Catalog


def load_to_accept(
    brand_id: str, customer_id: str | None, email: str | None, trace_id: str | None, now: datetime
) -> AcceptState:
    """All that decides on a request about the customer of that id, or else of that e-mail address: one round trip.

    A catalog that has changed takes more. A merged customer is left to whoever assigns: its id is still one.
    """
    who = keys.customer(brand_id, customer_id) if customer_id else keys.identity(brand_id, email or "", "email")
    trace_keys = [keys.trace(brand_id, trace_id)] if trace_id else []
    found = get_many([who, keys.brand(brand_id), *trace_keys])
    brand = brand_in(found, brand_id)
    item = found.get(who)
    found_id = None if item is None else customer_id or str(item["customer_id"])
    trace = next((trace_in(found, key, now) for key in trace_keys), None)
    return AcceptState(trace, found_id, brand, catalog_of(brand))


def load_trace(brand_id: str, trace_id: str, now: datetime) -> AssignmentTrace | None:
    """The trace of that id, if it is not too long ago."""
    place = keys.trace(brand_id, trace_id)
    item = get(place)
    return trace_in({place: item}, place, now) if item else None


def trace_in(found: Mapping[keys.Key, Item], place: keys.Key, now: datetime) -> AssignmentTrace | None:
    """The trace at that place among what was read; what TTL is late to delete is gone all the same."""
    item = found.get(place)
    if item is None or int(str(item["ttl"])) <= to_millis(now) // 1000:
        return None
    return _TRACE.unpack(item["document"], status=TraceStatus(str(item["status"])), published="published" in item)


def trace_write(trace: AssignmentTrace, before: AssignmentTrace | None) -> Write:
    """A trace as it now is; WriteConflict if it is no longer as it was before, None being not there yet."""
    request = trace.request
    item: Item = {
        "status": trace.status.value,
        "step_count": len(trace.steps),
        "ttl": to_ttl(request.accepted_at + keys.TRACES_KEPT),
        "document": _TRACE.pack(trace),
    }
    place = keys.trace(request.brand_id, request.trace_id)
    if before is None:
        condition = "attribute_not_exists(pk) OR #ttl <= :now"
        return put(place, item, condition, WriteConflict(), now=to_millis(request.accepted_at) // 1000)
    # Forward alone: whoever has ended it, or tried meanwhile, has written more steps.
    condition = "#status = :queued AND #step_count = :seen"
    return put(place, item, condition, WriteConflict(), queued=TraceStatus.QUEUED.value, seen=len(before.steps))


def save_trace(trace: AssignmentTrace, before: AssignmentTrace | None) -> None:
    """Store a trace; WriteConflict if it is no longer as it was before."""
    write(trace_write(trace, before))


def save_published(trace: AssignmentTrace) -> None:
    """Note that the trace's end was announced; WriteConflict if that was noted before, or somebody is at the trace."""
    place = keys.trace(trace.request.brand_id, trace.request.trace_id)
    unsaid = "attribute_exists(pk) AND attribute_not_exists(#published)"
    write(update(place, "SET #published = :one", unsaid, WriteConflict(), one=1))


def to_message(request: AssignmentRequest) -> dict[str, Any]:
    """A request as the queue carries it."""
    return encode(request)


def from_message(message: Mapping[str, Any]) -> AssignmentRequest:
    """The request in a message. TypeError or ValueError if there is none in it."""
    return decode(AssignmentRequest, message)
