"""Assignments: carry out accepted requests. Each is one read, one pure decision, one transaction and one event."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from loyalty.domain.assignments.assign import AssignmentRefused, assign
from loyalty.domain.assignments.traces import (
    MAX_ATTEMPTS,
    AssignmentKind,
    AssignmentRequest,
    AssignmentTrace,
    accepted,
    completion,
    delayed,
    failed,
    last_attempt_started,
)
from loyalty.domain.errors import ItemTooLargeError, LoyaltyError
from loyalty.queue import publish
from loyalty.services.erasures import erase_once
from loyalty.services.migrations import migrate_once
from loyalty.store.assignments import load_to_assign, save_assignment
from loyalty.store.customers import BEING_ERASED
from loyalty.store.table import WriteConflict, retry_on_conflict
from loyalty.store.traces import (
    from_message,
    load_trace,
    save_listed,
    save_published,
    save_trace,
    save_without_person,
)
from loyalty.telemetry import count


def process_assignment(message: Mapping[str, Any], attempt: int, clock: Callable[[], datetime]) -> None:
    """Carry out the request in a message, publish its completion event, and count it.

    A request that can never succeed fails, with a reason. Any other failure is added to the trace and raised, so that
    the queue delivers the message again. However often it is delivered, the request is carried out once.
    """
    request = from_message(message)
    try:
        if attempt >= MAX_ATTEMPTS:
            # Before the attempt: a worker that is killed during it cannot add to the trace where the message went.
            _add_step(request, clock, last_attempt_started)
        trace = _PROCESSORS[request.kind](request, attempt, clock)
    except Exception as error:
        why = error.message if isinstance(error, LoyaltyError) else "something went wrong on our side"
        if why != BEING_ERASED:  # a step would store the customer's id again, which the erasure is removing
            _add_step(request, clock, lambda trace, now: delayed(trace, attempt, now, why))
        raise
    if trace is None or trace.published or request.kind is AssignmentKind.MIGRATION:
        return  # a migration has no completion event
    # After the transaction, so that a subscriber finds the request carried out. A failure before the trace is marked as
    # published leaves the message in the queue: the event is published at least once.
    publish(request.kind, completion(trace))
    try:
        save_published(trace)
    except WriteConflict:  # another delivery of the same message has published it
        return
    _count(trace)


def _count(ended: AssignmentTrace) -> None:
    """Count an assignment by its outcome, with the time since it was accepted."""
    took = ended.duration // timedelta(milliseconds=1)
    count({"kind": ended.request.kind, "status": ended.status}, Assignments=1, AssignmentMilliseconds=took)


@retry_on_conflict
def _assign_once(request: AssignmentRequest, attempt: int, clock: Callable[[], datetime]) -> AssignmentTrace | None:
    """The trace with its final status; None if the trace is another request's, which came first with the same key."""
    now = clock()
    state = load_to_assign(request, now)
    if state.trace and state.trace.request.fingerprint != request.fingerprint:
        return None  # its sender got IdempotencyMismatchError
    if state.trace and state.trace.ended:
        return state.trace
    # If the message is faster than the trace of its acceptance, or storing that failed, the trace is created here.
    trace = state.trace or accepted(request, request.accepted_at)
    try:
        assignment = assign(trace, attempt, state.customer, state.program.brand, state.program.catalog, now)
    except AssignmentRefused as refusal:
        ended = failed(trace, attempt, now, str(refusal))
        (save_listed if state.customer else save_without_person)(ended, state.trace)
        return ended
    assert state.customer is not None
    # One transaction changes the trace and the customer. A failure before it changed nothing, and the message is
    # delivered again; after it, the next delivery finds the trace with its final status.
    try:
        save_assignment(assignment, state.customer, state.trace)
    except ItemTooLargeError as refusal:
        ended = failed(trace, attempt, now, refusal.message)
        save_listed(ended, state.trace)
        return ended
    return assignment.trace


@retry_on_conflict
def _add_step(
    request: AssignmentRequest,
    clock: Callable[[], datetime],
    step: Callable[[AssignmentTrace, datetime], AssignmentTrace],
) -> None:
    """Add a step to the trace of a request, unless its status is final."""
    now = clock()
    before = load_trace(request.brand_id, request.trace_id, now)
    if before and (before.ended or before.request.fingerprint != request.fingerprint):
        return
    save = save_listed if request.is_of_a_tool else save_trace
    save(step(before or accepted(request, request.accepted_at), now), before)


_PROCESSORS = {
    AssignmentKind.OFFER: _assign_once,
    AssignmentKind.POINTS: _assign_once,
    AssignmentKind.MIGRATION: migrate_once,
    AssignmentKind.ERASURE: erase_once,
}
