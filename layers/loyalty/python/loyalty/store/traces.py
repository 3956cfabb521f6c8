"""Traces of marketing tools' requests, and what accepting a request depends on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from loyalty.domain.assignments.traces import AssignmentKind, AssignmentRequest, AssignmentTrace, TraceStatus
from loyalty.domain.ids import spellings
from loyalty.domain.program.program import Program
from loyalty.domain.times import to_millis, to_ttl
from loyalty.sandbox import served
from loyalty.store import keys
from loyalty.store.codec import Document, decode, encode, read_kind
from loyalty.store.published import begin_refresh, finish_refresh
from loyalty.store.table import (
    Item,
    Write,
    WriteConflict,
    delete,
    get,
    get_many,
    integer_in,
    put,
    query_once,
    retry_on_conflict,
    transact,
    update,
    write,
)

_TRACE = Document(AssignmentTrace, beside=("status", "published"))


class AcceptState(NamedTuple):
    """What accepting a request depends on; `trace` is that of an earlier one with the same idempotency key."""

    trace: AssignmentTrace | None
    customer_id: str | None
    program: Program


def load_to_accept(
    brand_id: str, customer_id: str | None, email: str | None, trace_id: str | None, now: datetime
) -> AcceptState:
    """What accepting a request depends on, for a customer given by id or by e-mail address.

    One round trip, and one more if the process has no program that is new enough. The id may be of a merged customer:
    assigning resolves it. A UUID has no case, so one that was stored in another case is found too, the one spelled as
    in the request first.
    """
    email_key = keys.identity(brand_id, email or "", "email")
    customer_keys = {keys.customer(brand_id, one): one for one in spellings(customer_id)} if customer_id else {}
    trace_keys = [keys.trace(brand_id, trace_id)] if trace_id else []
    refresh = begin_refresh(brand_id)
    items = get_many([*(customer_keys or [email_key]), *refresh.keys, *trace_keys])
    program = finish_refresh(refresh, items)
    found_id = next((one for key, one in customer_keys.items() if key in items), None)
    if email_key in items:
        found_id = str(items[email_key]["customer_id"])
    trace = next((trace_in(items, key, now) for key in trace_keys), None)
    return AcceptState(trace, found_id, program)


def load_trace(brand_id: str, trace_id: str, now: datetime) -> AssignmentTrace | None:
    """The trace of that id, if there still is one."""
    key = keys.trace(brand_id, trace_id)
    item = get(key)
    return trace_in({key: item}, key, now) if item else None


def load_traces(brand_id: str, trace_ids: Sequence[str], now: datetime) -> list[AssignmentTrace]:
    """The traces of these ids that there still are: a round trip for MAX_KEYS_PER_READ of them."""
    by_id = {trace_id: keys.trace(brand_id, trace_id) for trace_id in trace_ids}
    items = get_many(list(by_id.values()))
    found = (trace_in(items, key, now) for key in by_id.values())
    return [trace for trace in found if trace]


def list_trace_ids(brand_id: str, customer_id: str, after: str, limit: int) -> tuple[list[str], str | None]:
    """The ids of a customer's traces that failed or were delayed, and after which there may be more: one round trip."""
    partition = keys.customer(brand_id, customer_id).pk
    items, has_more = query_once(partition, keys.TRACES, limit, f"{keys.TRACES}{after}" if after else "")
    found = [str(item["sk"]).removeprefix(keys.TRACES) for item in items]
    return found, found[-1] if has_more else None


def trace_in(items: Mapping[keys.Key, Item], key: keys.Key, now: datetime) -> AssignmentTrace | None:
    """The trace with that key among these items. One past its ttl does not count, even if it is not deleted yet."""
    item = items.get(key)
    if item is None or ("ttl" in item and integer_in(item, "ttl") <= to_millis(now) // 1000):
        return None
    status = read_kind(TraceStatus, str(item["status"]))
    return _TRACE.unpack(item["document"], status=status, published="published" in item)


def trace_write(trace: AssignmentTrace, before: AssignmentTrace | None) -> Write:
    """Write a trace; WriteConflict if it is not as it was before, or, if that is None, if there is one."""
    request = trace.request
    item: Item = {
        "status": trace.status.value,
        "step_count": len(trace.steps),
        **_ends(request),
        "document": _TRACE.pack(trace),
    }
    key = keys.trace(request.brand_id, request.trace_id)
    if before is None:
        condition = "attribute_not_exists(pk) OR #ttl <= :now"
        return put(key, item, condition, WriteConflict(), now=to_millis(request.accepted_at) // 1000)
    # Steps are only added, so their number changes with the trace; only a FAILED one is replaced, by its new beginning.
    condition = "#status = :status_before AND #step_count = :steps_before"
    values: Item = {"status_before": before.status.value, "steps_before": len(before.steps)}
    return put(key, item, condition, WriteConflict(), **values)


def _ends(request: AssignmentRequest) -> Item:
    return {"ttl": to_ttl(request.accepted_at + keys.TRACES_KEPT)} if request.is_of_a_tool else {}


def save_trace(trace: AssignmentTrace, before: AssignmentTrace | None) -> None:
    """Store a trace. WriteConflict as for `trace_write`."""
    write(trace_write(trace, before))


def save_listed(trace: AssignmentTrace, before: AssignmentTrace | None) -> None:
    """Store the trace of a request that failed or is delayed, and beside its customer an item that names it."""
    request = trace.request
    key = keys.customer_trace(request.brand_id, request.customer_id, request.trace_id)
    transact(trace_write(trace, before), put(key, _ends(request)))


@retry_on_conflict
def erase_trace(brand_id: str, trace_id: str, pseudonym: str, now: datetime) -> None:
    """Remove from a marketing tool's trace who it was for; does nothing if it is another trace, or deleted."""
    key = keys.trace(brand_id, trace_id)
    item = get(key)
    trace = trace_in({key: item}, key, now) if item else None
    if item is None or trace is None or not trace.request.is_of_a_tool:
        return
    erased = trace._replace(request=trace.request.without_person(pseudonym))
    values = {"document": _TRACE.pack(erased), "before": item["document"]}
    write(update(key, "SET #document = :document", "#document = :before", WriteConflict(), **values))


def save_without_person(trace: AssignmentTrace, before: AssignmentTrace | None) -> None:
    """Store the trace of a request for a customer who is no longer there, without anything that says who it was."""
    request = trace.request
    without_person = trace._replace(request=request.without_person(""))
    listed = keys.customer_trace(request.brand_id, request.customer_id, request.trace_id)
    transact(trace_write(without_person, before), delete(listed))


def save_published(trace: AssignmentTrace) -> None:
    """Mark a trace as published; WriteConflict if it is marked already, or is in a transaction."""
    key = keys.trace(trace.request.brand_id, trace.request.trace_id)
    condition = "attribute_exists(pk) AND attribute_not_exists(#published)"
    write(update(key, "SET #published = :one", condition, WriteConflict(), one=1))


def to_message(request: AssignmentRequest) -> dict[str, Any]:
    """A request as a message of the queue, which has `sandbox` set if its brand is one."""
    return {**encode(request), **({"sandbox": True} if served() else {})}


def from_message(message: Mapping[str, Any]) -> AssignmentRequest:
    """The request in a message. Raises TypeError or ValueError if it is not one, or of a kind not known here.

    It is then delivered again: a newer release, which sent it, may have replaced this one.
    """
    request = decode(AssignmentRequest, message)
    AssignmentKind(request.kind.value)
    return request
