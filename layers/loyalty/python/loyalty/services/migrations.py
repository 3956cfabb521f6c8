"""Migrations: customers who bring along from another product what they had there. Each is carried out once."""

from collections.abc import Callable
from datetime import datetime

from loyalty.domain.assignments.traces import AssignmentRequest, AssignmentTrace, accepted, begins_anew, failed
from loyalty.domain.customers.identities import Identities
from loyalty.domain.errors import ItemTooLargeError, TooManyLotsError
from loyalty.domain.moving.migrate import Migration, migrate
from loyalty.services.merges import commit_merge, find_merge
from loyalty.store.assignments import load_to_migrate, save_migration
from loyalty.store.table import retry_on_conflict
from loyalty.store.traces import save_trace


@retry_on_conflict
def migrate_once(request: AssignmentRequest, attempt: int, clock: Callable[[], datetime]) -> AssignmentTrace | None:
    """The trace with its final status; None if the trace is another request's, which came first."""
    now = clock()
    identities = Identities(*(request.fields.get(name) for name in Identities._fields))
    state = load_to_migrate(request, identities, now)
    if state.trace and not begins_anew(request, state.trace):
        if state.trace.request.fingerprint != request.fingerprint:
            return None  # its sender got IdempotencyMismatchError
        if state.trace.ended:
            return state.trace
        trace = state.trace
    else:
        trace = accepted(request, request.accepted_at)
    if pending := find_merge(state.program.brand, state.customer, state.owners, now):
        commit_merge(pending)
    try:
        migration: Migration = migrate(request, trace, attempt, state.customer, identities, state.owners, now)
        # One transaction changes the trace, which is the receipt, and the customer. A failure before it changed
        # nothing, and the message is delivered again; after it, the next delivery finds the trace DONE.
        save_migration(migration.change, migration.trace, state, identities)
    except (ItemTooLargeError, TooManyLotsError) as refusal:
        ended = failed(trace, attempt, now, f"{refusal.code}: {refusal.message}")
        save_trace(ended, state.trace)
        return ended
    return migration.trace
