"""Carry out a request that was accepted: one read, one pure decision, one transaction, and word of how it ended."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from loyalty.domain.assignments.assign import CannotBeAssigned, assign
from loyalty.domain.assignments.traces import (
    MAX_ATTEMPTS,
    AssignmentRequest,
    AssignmentTrace,
    accepted,
    completion,
    delayed,
    failed,
    tried_last,
)
from loyalty.domain.errors import LoyaltyError
from loyalty.queue import announce
from loyalty.store.assignments import load_to_assign, save_assignment
from loyalty.store.table import WriteConflict, attempts
from loyalty.store.traces import from_message, load_trace, save_announced, save_trace


def process_assignment(
    message: Mapping[str, Any], attempt: int, clock: Callable[[], datetime]
) -> AssignmentTrace | None:
    """Give the customer what the message asks for, and make known how that ended; the trace, if this call did that.

    What can never succeed ends it too, with the reason. Anything else raises, is noted in the trace, and may be tried
    again: delivered ten times, or out of order, a request is carried out once.
    """
    request = from_message(message)
    try:
        if attempt >= MAX_ATTEMPTS:
            # A worker that ends in the middle of the last attempt cannot say afterwards where the message went.
            _note(request, clock, tried_last)
        trace = _ended(request, attempt, clock)
    except Exception as error:
        why = error.message if isinstance(error, LoyaltyError) else "something went wrong on our side"
        _note(request, clock, lambda trace, now: delayed(trace, attempt, now, why))
        raise
    if trace is None or trace.announced:
        return None
    # After the transaction: whoever hears of it finds it done. A failure before the note is noted leaves the message in
    # the queue, and it is announced again; so nobody who listens misses an end, and some may hear of one twice.
    announce(request.kind, completion(trace))
    try:
        save_announced(trace)
    except WriteConflict:  # another delivery of the same message makes it known
        return None
    return trace


def _ended(request: AssignmentRequest, attempt: int, clock: Callable[[], datetime]) -> AssignmentTrace | None:
    """The trace at its end; None if it is another request's, which came first."""
    for _ in attempts():
        now = clock()
        found = load_to_assign(request, now)
        if found.trace and found.trace.request.fingerprint != request.fingerprint:
            return None  # the same key with another body, whose sender has been told so
        if found.trace and found.trace.ended:
            return found.trace
        # The message may be faster than the record of its acceptance, or that was lost: then it is made here.
        trace = found.trace or accepted(request, request.accepted_at)
        try:
            try:
                assignment = assign(trace, attempt, found.customer, found.brand, found.rules, now)
            except CannotBeAssigned as refusal:
                ended = failed(trace, attempt, now, str(refusal))
                save_trace(ended, found.trace)
                return ended
            assert found.customer is not None
            # The trace moves on in the transaction that gives the customer what was asked for: a failure before it gave
            # nothing, and the message comes again; after it, the message finds the trace ended.
            save_assignment(assignment, found.customer, found.trace)
            return assignment.trace
        except WriteConflict:
            continue
    raise AssertionError("attempts() ends by raising")


def _note(
    request: AssignmentRequest,
    clock: Callable[[], datetime],
    step: Callable[[AssignmentTrace, datetime], AssignmentTrace],
) -> None:
    """Take a step in the trace of a request that has not ended."""
    for _ in attempts():
        now = clock()
        found = load_trace(request.brand_id, request.trace_id, now)
        if found and (found.ended or found.request.fingerprint != request.fingerprint):
            return
        try:
            save_trace(step(found or accepted(request, request.accepted_at), now), found)
        except WriteConflict:
            continue
        return
