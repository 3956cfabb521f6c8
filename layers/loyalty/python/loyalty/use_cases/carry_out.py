"""Carry out a request that was accepted: one read, one pure decision, one transaction, and word of how it ended."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from loyalty.domain.assigning import CannotBeAssigned, assign
from loyalty.domain.errors import LoyaltyError
from loyalty.domain.tracing import Trace, Wanted, accepted, completion, delayed, failed
from loyalty.queue import announce
from loyalty.store.assignments import load_to_assign, save_assignment
from loyalty.store.table import Contended, attempts
from loyalty.store.traces import from_message, load_trace, save_announced, save_trace


def carry_out(message: Mapping[str, Any], attempt: int, clock: Callable[[], datetime]) -> Trace | None:
    """Give the customer what the message asks for, and make known how that ended; the trace, if this call ended it.

    What can never succeed ends it too, with the reason. Anything else raises, is noted in the trace, and may be tried
    again: delivered ten times, or out of order, a request is carried out once.
    """
    wanted = from_message(message)
    try:
        trace, ours = _ended(wanted, attempt, clock)
    except Exception as error:
        _note_delay(wanted, attempt, clock, error)
        raise
    if trace is None or trace.announced:
        return None
    # After the transaction: whoever hears of it finds it done. A failure before the note is noted leaves the message in
    # the queue, and it is announced again; so nobody who listens misses an end, and some may hear of one twice.
    announce(wanted.kind, completion(trace))
    save_announced(trace)
    return trace if ours else None


def _ended(wanted: Wanted, attempt: int, clock: Callable[[], datetime]) -> tuple[Trace | None, bool]:
    """The trace at its end, and whether it came to it here; None if it is another request's, which came first."""
    for _ in attempts():
        now = clock()
        found = load_to_assign(wanted, now)
        if found.trace and found.trace.wanted.fingerprint != wanted.fingerprint:
            return None, False  # the same key with another body, whose sender has been told so
        if found.trace and found.trace.ended:
            return found.trace, False
        # The message may be faster than the record of its acceptance, or that was lost: then it is made here.
        trace = found.trace or accepted(wanted, wanted.accepted_at)
        try:
            try:
                assignment = assign(trace, attempt, found.customer, found.brand, found.rules, now)
            except CannotBeAssigned as refusal:
                ended = failed(trace, attempt, now, str(refusal))
                save_trace(ended, found.trace)
                return ended, True
            assert found.customer is not None
            # The trace moves on in the transaction that gives the customer what was asked for: a failure before it gave
            # nothing, and the message comes again; after it, the message finds the trace ended.
            save_assignment(assignment, found.customer, found.trace)
            return assignment.trace, True
        except Contended:
            continue
    raise AssertionError("attempts() ends by raising")


def _note_delay(wanted: Wanted, attempt: int, clock: Callable[[], datetime], error: Exception) -> None:
    """Say in the trace that an attempt came to nothing, and whether there will be another."""
    why = error.message if isinstance(error, LoyaltyError) else "something went wrong on our side"
    for _ in attempts():
        now = clock()
        found = load_trace(wanted.brand_id, wanted.trace_id, now)
        if found and (found.ended or found.wanted.fingerprint != wanted.fingerprint):
            return
        try:
            save_trace(delayed(found or accepted(wanted, wanted.accepted_at), attempt, now, why), found)
        except Contended:
            continue
        return
