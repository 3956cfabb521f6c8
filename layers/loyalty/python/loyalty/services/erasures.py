"""Erasures: personal values are deleted, amounts and receipts stay under a pseudonym. Each step may be done twice.

begin ──► holds settled ──► state under the pseudonym, a plan in its place ──► events ──► all else moved ──► plan gone

Until the state is moved the customer is as before. From then on calls about the customer get a 503, until the plan is
deleted: then no customer has the id. A failure anywhere leaves the plan, and the next delivery of the message goes on
from there.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from loyalty.domain import ids
from loyalty.domain.assignments.traces import (
    AssignmentKind,
    AssignmentRequest,
    AssignmentTrace,
    accepted,
    done,
    failed,
)
from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import EventExpiredError, UserNotFoundError
from loyalty.domain.events.event import Event
from loyalty.domain.moving.erase import ERASED, ErasurePlan, Names, erased_customer, planned, pseudonyms
from loyalty.queue import send
from loyalty.sandbox import served
from loyalty.services.idempotency import fingerprint_of
from loyalty.services.identities import read_identities
from loyalty.services.lifecycle import expire_event, reverse_event
from loyalty.store.customers import load_merged
from loyalty.store.erasures import (
    ErasureState,
    copy_merged,
    delete_identities,
    erase_event,
    forget_kept_apart,
    load_erasure,
    load_journal,
    load_pseudonym,
    load_refs,
    move_sandbox_deadlines,
    move_some,
    save_accepted,
    save_erased,
    save_plan,
    save_switch,
)
from loyalty.store.table import WriteConflict, retry_on_conflict
from loyalty.store.traces import load_trace, save_trace, to_message

# A worker has a minute for a batch of ten messages. What takes longer goes on with a message of its own.
SECONDS_AT_ONCE = 4.0

Clock = Callable[[], datetime]


class _TimeIsUp(Exception):
    """The delivery has used up its time; the next one does the rest."""


def accept_erasure(brand_id: str, customer_id: str, clock: Clock) -> str:
    """Accept that a customer is to be erased; returns the trace id, that of the first request if it is repeated.

    Raises UserNotFoundError, ServiceUnavailable.
    """
    return _accept_once(brand_id, customer_id, ids.random_uuid(), clock)


@retry_on_conflict
def _accept_once(brand_id: str, customer_id: str, trace_id: str, clock: Clock) -> str:
    state = load_erasure(brand_id, customer_id)
    if state.trace_id:
        return state.trace_id
    if state.customer is None:
        raise UserNotFoundError("there is no customer with this id")
    now = clock()
    # The trace id is random, so that nobody can derive it, and the pseudonym made of it, from the id of the customer.
    request = AssignmentRequest(trace_id, brand_id, state.customer_id, AssignmentKind.ERASURE, {}, "", now)
    # Send first, then record. After a failure between the two the customer is erased all the same; a repeated request
    # that is faster has a trace of its own, and the first one to come to the worker is carried out.
    send(to_message(request), brand_id)
    # The trace id in the state is not a journal record, so the version stays. A concurrent write of the customer may
    # overwrite it: then a repeated request gets a trace of its own, and finds no customer left to erase.
    save_accepted(replace(state.customer, erasure=trace_id), state.customer, accepted(request, clock()))
    return trace_id


def erase_once(request: AssignmentRequest, attempt: int, clock: Clock) -> AssignmentTrace | None:
    """The trace with its final status; None if another message goes on."""
    until = time.monotonic() + SECONDS_AT_ONCE
    brand_id, now = request.brand_id, clock()
    trace = load_trace(brand_id, request.trace_id, now)
    if trace and trace.ended:
        return trace
    state = load_erasure(brand_id, request.customer_id)
    if state.trace_id not in (None, request.trace_id):
        return _fail(request, attempt, now, "another request erases this customer")
    if state.customer is None and state.plan is None:
        return _fail(request, attempt, now, "the customer is no longer there")
    try:
        plan = state.plan or _begin(request, clock, until)
        names = pseudonyms(request.trace_id, plan.customer_ids)
        delete_identities(brand_id, plan.identities, plan.customer_ids)
        for other in plan.kept_apart:
            forget_kept_apart(brand_id, other, plan.customer_ids)
        plan = _erase_events(request, plan, names, until)
        for customer_id in plan.customer_ids:
            while move_some(brand_id, customer_id, names, now):
                _check_time(until)
        if served():
            _move_deadlines(request, plan, names, until)
    except _TimeIsUp:
        # What is done is stored; if this is not sent, the message itself is delivered again.
        send(to_message(request), brand_id)
        return None
    return _finish(request, plan, attempt, clock)


def _check_time(until: float) -> None:
    if time.monotonic() > until:
        raise _TimeIsUp


def _begin(request: AssignmentRequest, clock: Clock, until: float) -> ErasurePlan:
    """Settle open holds, then move the state to its pseudonym; returns the plan that is in its place."""
    while True:
        state = load_erasure(request.brand_id, request.customer_id)
        if state.plan and state.trace_id == request.trace_id:  # another delivery was faster
            return state.plan
        if state.customer is None:
            raise WriteConflict
        for event_id in state.customer.wallet.holds:
            _settle_hold(request.brand_id, event_id, clock)
            _check_time(until)
        if not state.customer.wallet.holds and (plan := _switch(state, state.customer, request.trace_id)):
            return plan
        _check_time(until)


def _settle_hold(brand_id: str, event_id: str, clock: Clock) -> None:
    try:
        reverse_event(brand_id, event_id, ERASED, clock)
    except EventExpiredError:
        expire_event(brand_id, event_id, clock)


def _switch(state: ErasureState, customer: Customer, trace_id: str) -> ErasurePlan | None:
    """The plan of the erasure, once it is stored in the place of the state; None if the customer changed meanwhile."""
    merged = load_merged(customer)
    plan = planned(customer, merged)
    names = pseudonyms(trace_id, plan.customer_ids)
    # Only a merge or its undoing changes merged customers, and both change the survivor, whose version is a condition.
    copy_merged([erased_customer(one, names) for one in merged.values()], names[state.customer_id])
    try:
        save_switch(erased_customer(customer, names), customer, plan, trace_id)
    except WriteConflict:
        return None
    return plan


def _erase_events(request: AssignmentRequest, plan: ErasurePlan, names: Names, until: float) -> ErasurePlan:
    """Follow the journal of each id, newest records first, and erase the events in it."""
    brand_id = request.brand_id
    while plan.walked < len(plan.customer_ids):
        refs = plan.refs
        for event, before in load_journal(brand_id, plan.customer_ids[plan.walked], plan.refs):
            refs = before
            if event and event.customer_id in names:
                _forget_identities_in(event, plan)
                erase_event(brand_id, event.event_id, names, fingerprint_of)
        if refs != plan.refs and refs:
            plan = replace(plan, refs=refs)
        else:
            following = plan.customer_ids[plan.walked + 1 : plan.walked + 2]
            newest = load_refs(brand_id, following[0]) if following else ()
            plan = replace(plan, walked=plan.walked + 1, refs=newest)
            save_plan(brand_id, plan, request.trace_id)
        if time.monotonic() > until:
            save_plan(brand_id, plan, request.trace_id)
            raise _TimeIsUp
    return plan


def _move_deadlines(request: AssignmentRequest, plan: ErasurePlan, names: Names, until: float) -> None:
    """Look through the deadlines of a sandbox brand: their keys name customers, and nothing says which do."""
    while (done := move_sandbox_deadlines(request.brand_id, plan.deadlines, names)) is not None:
        plan = replace(plan, deadlines=done)
        if time.monotonic() > until:
            save_plan(request.brand_id, plan, request.trace_id)
            raise _TimeIsUp


def _forget_identities_in(event: Event, plan: ErasurePlan) -> None:
    """Delete the identities of the customer that an event was sent with, before the event is erased."""
    sent = (event.data.get(name) for name in ("email", "mobile"))
    email, mobile = (one if isinstance(one, str) else None for one in sent)
    if email or mobile:
        identities, _ = read_identities(event.brand_id, email, mobile)
        delete_identities(event.brand_id, [one for one in identities if one], plan.customer_ids)


@retry_on_conflict
def _finish(request: AssignmentRequest, plan: ErasurePlan, attempt: int, clock: Clock) -> AssignmentTrace:
    now = clock()
    before = load_trace(request.brand_id, request.trace_id, now)
    if before and before.ended:  # by another delivery
        return before
    ended = done(before or accepted(request, request.accepted_at), attempt, now, "erased")
    erased = load_pseudonym(request.brand_id, pseudonyms(request.trace_id, plan.customer_ids)[plan.customer_ids[0]])
    save_erased(request.brand_id, plan, erased, ended, before)
    return ended


@retry_on_conflict
def _fail(request: AssignmentRequest, attempt: int, now: datetime, reason: str) -> AssignmentTrace:
    before = load_trace(request.brand_id, request.trace_id, now)
    if before and before.ended:
        return before
    ended = failed(before or accepted(request, request.accepted_at), attempt, now, reason)
    save_trace(ended, before)
    return ended
