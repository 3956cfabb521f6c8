"""Carry out accepted requests for offers and points: one read, one pure decision, one transaction, one announcement."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from loyalty.domain.assignments.assign import AssignmentRefused, assign
from loyalty.domain.assignments.traces import (
    MAX_ATTEMPTS,
    AssignmentRequest,
    AssignmentTrace,
    accepted,
    completion,
    delayed,
    failed,
    last_attempt_started,
)
from loyalty.domain.errors import LoyaltyError
from loyalty.queue import publish
from loyalty.services.metrics import count_assignment
from loyalty.store.assignments import load_to_assign, save_assignment
from loyalty.store.table import WriteConflict, retry_on_conflict
from loyalty.store.traces import from_message, load_trace, save_published, save_trace


def process_assignment(message: Mapping[str, Any], attempt: int, clock: Callable[[], datetime]) -> None:
    """Give the customer what the message asks for, publish how that ended, and count it.

    What can never succeed ends it too, with the reason. Anything else raises, is noted in the trace, and may be tried
    again: delivered ten times, or out of order, a request is carried out once.
    """
    request = from_message(message)
    try:
        if attempt >= MAX_ATTEMPTS:
            # A worker that ends in the middle of the last attempt cannot say afterwards where the message went.
            _note(request, clock, last_attempt_started)
        trace = _assign_once(request, attempt, clock)
    except Exception as error:
        why = error.message if isinstance(error, LoyaltyError) else "something went wrong on our side"
        _note(request, clock, lambda trace, now: delayed(trace, attempt, now, why))
        raise
    if trace is None or trace.published:
        return
    # After the transaction: whoever hears of it finds it done. A failure before this is noted leaves the message in the
    # queue, and it is announced again; so no listener misses an end, and some may hear of one twice.
    publish(request.kind, completion(trace))
    try:
        save_published(trace)
    except WriteConflict:  # another delivery of the same message announces it
        return
    count_assignment(trace)


@retry_on_conflict
def _assign_once(request: AssignmentRequest, attempt: int, clock: Callable[[], datetime]) -> AssignmentTrace | None:
    """The trace at its end; None if it is another request's, which came first."""
    now = clock()
    state = load_to_assign(request, now)
    if state.trace and state.trace.request.fingerprint != request.fingerprint:
        return None  # the same key with another body, whose sender has been told so
    if state.trace and state.trace.ended:
        return state.trace
    # The message may be faster than the record of its acceptance, or that was lost: then it is made here.
    trace = state.trace or accepted(request, request.accepted_at)
    try:
        assignment = assign(trace, attempt, state.customer, state.brand, state.catalog, now)
    except AssignmentRefused as refusal:
        ended = failed(trace, attempt, now, str(refusal))
        save_trace(ended, state.trace)
        return ended
    assert state.customer is not None
    # The trace moves on in the transaction that gives the customer what was asked for: a failure before it gave
    # nothing, and the message comes again; after it, the message finds the trace ended.
    save_assignment(assignment, state.customer, state.trace)
    return assignment.trace


@retry_on_conflict
def _note(
    request: AssignmentRequest,
    clock: Callable[[], datetime],
    step: Callable[[AssignmentTrace, datetime], AssignmentTrace],
) -> None:
    """Take a step in the trace of a request that has not ended."""
    now = clock()
    found = load_trace(request.brand_id, request.trace_id, now)
    if found and (found.ended or found.request.fingerprint != request.fingerprint):
        return
    save_trace(step(found or accepted(request, request.accepted_at), now), found)
