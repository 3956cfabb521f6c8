"""Assignments: what one depends on is read in one round trip, what it changes is written in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from loyalty.domain.assignments.assign import Assignment
from loyalty.domain.assignments.traces import AssignmentRequest, AssignmentTrace
from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.identities import Identities
from loyalty.domain.events.changes import Change
from loyalty.domain.program.program import Program
from loyalty.store import keys
from loyalty.store.customers import identity_keys, identity_writes, owners_in, resolved_customer
from loyalty.store.events import save_change
from loyalty.store.offers import offer_writes
from loyalty.store.published import begin_refresh, finish_refresh
from loyalty.store.table import get_many
from loyalty.store.traces import trace_in, trace_write


class AssignState(NamedTuple):
    """What an assignment depends on; no trace if none was stored, no customer if there is none any more."""

    trace: AssignmentTrace | None
    customer: Customer | None
    program: Program


def load_to_assign(request: AssignmentRequest, now: datetime) -> AssignState:
    """What the assignment depends on: one round trip, and one more if the customer has been merged."""
    brand_id, customer_id = request.brand_id, request.customer_id
    trace_key, customer_key = keys.trace(brand_id, request.trace_id), keys.customer(brand_id, customer_id)
    refresh = begin_refresh(brand_id)
    items = get_many([trace_key, customer_key, *refresh.keys])
    program = finish_refresh(refresh, items)
    customer = resolved_customer(brand_id, customer_id, items.get(customer_key))
    return AssignState(trace_in(items, trace_key, now), customer, program)


class MigrateState(NamedTuple):
    """What a migration depends on: the customer, a new one if there is none, and who owns each identity, by channel."""

    trace: AssignmentTrace | None
    customer: Customer
    program: Program
    owners: Mapping[str, str | None]


def load_to_migrate(request: AssignmentRequest, identities: Identities, now: datetime) -> MigrateState:
    """What the migration depends on: one round trip, and one more if the customer has been merged."""
    brand_id, customer_id = request.brand_id, request.customer_id
    trace_key, customer_key = keys.trace(brand_id, request.trace_id), keys.customer(brand_id, customer_id)
    refresh = begin_refresh(brand_id)
    identities_at = identity_keys(brand_id, identities)
    items = get_many([trace_key, customer_key, *refresh.keys, *identities_at.values()])
    program = finish_refresh(refresh, items)
    customer = resolved_customer(brand_id, customer_id, items.get(customer_key))
    return MigrateState(
        trace_in(items, trace_key, now),
        customer or Customer(brand_id, customer_id, now),
        program,
        owners_in(items, identities_at),
    )


def save_migration(change: Change, trace: AssignmentTrace, state: MigrateState, identities: Identities) -> None:
    """Store a migration: the customer, the trace and new owners of identities, in one transaction.

    WriteConflict if the trace, the customer or the owner of an identity is not as it was before.
    """
    owned = identity_writes(change.customer, identities, state.owners)
    save_change(change, state.customer, None, trace_write(trace, state.trace), *owned)


def save_assignment(assignment: Assignment, before: Customer, trace_before: AssignmentTrace | None) -> None:
    """Store an assignment: the customer, the trace and the record of a new offer, in one transaction.

    WriteConflict if the trace or the customer is not as it was before.
    """
    record = assignment.record
    records = offer_writes(before.brand_id, record) if record else []
    save_change(assignment.change, before, None, trace_write(assignment.trace, trace_before), *records)
