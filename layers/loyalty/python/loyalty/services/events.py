"""Events: emit, read and explain. An emit is one read, one pure decision and one transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from loyalty.domain import ids
from loyalty.domain.errors import (
    EventNotFoundError,
    Forbidden,
    IdempotencyMismatchError,
    LoyaltyError,
    ServiceUnavailable,
)
from loyalty.domain.events.emit import EmitDecision, emit
from loyalty.domain.events.event import Event
from loyalty.domain.events.schemas import EmitEventRequest
from loyalty.domain.limits.budgets import (
    MAX_WRITES,
    UNLIMITED,
    BudgetFragmented,
    BudgetReservation,
    NeedsAllShards,
)
from loyalty.domain.rules.evaluator import Evaluation
from loyalty.domain.rules.explanation import Json, explain
from loyalty.services.idempotency import fingerprint_of, idempotency_ids_of
from loyalty.services.metrics import count_event
from loyalty.store import budgets
from loyalty.store.emits import (
    EmitState,
    link_idempotency_id,
    load_all_shards,
    load_explanation,
    load_for_emit,
    save_event,
)
from loyalty.store.events import DuplicateEvent, load_event
from loyalty.store.table import WriteConflict, retry_on_conflict


class EmitResult(NamedTuple):
    """The event, and whether it had been recorded before; if not, how campaigns were evaluated."""

    event: Event
    replayed: bool = False
    evaluation: Evaluation | None = None


def emit_event(
    brand_id: str,
    request: EmitEventRequest,
    sent: Mapping[str, Any],
    key: str | None,
    clock: Callable[[], datetime],
    *,
    dry_run: bool = False,
) -> EmitResult:
    """Record what a customer did, and pay or promise what it earns.

    `sent` is the request as it came, `key` its idempotency key. A request that was recorded before gets its first
    answer, however much later and whatever has changed since. A dry run decides and stores nothing.

    Raises Forbidden (another brand's id), ValidationError, InsufficientBalanceError, TooManyHoldsError,
    IdempotencyMismatchError, BrandNotFoundError, ServiceUnavailable.
    """
    if request.brand_id != brand_id:
        raise Forbidden("brand_id: this key belongs to another brand")
    purchase_id = request.order.purchase_id if request.order and request.type == "PURCHASE" else None
    idempotency_ids = idempotency_ids_of(brand_id, key, purchase_id)
    # All attempts have the same id, so that one whose response was lost is found by the next.
    event_id = idempotency_ids[0] if idempotency_ids else ids.fresh()
    return _emit_once(brand_id, request, sent, event_id, idempotency_ids, fingerprint_of(sent), clock, dry_run=dry_run)


@retry_on_conflict
def _emit_once(
    brand_id: str,
    request: EmitEventRequest,
    sent: Mapping[str, Any],
    event_id: str,
    idempotency_ids: Sequence[str],
    fingerprint: str,
    clock: Callable[[], datetime],
    *,
    dry_run: bool,
) -> EmitResult:
    now = clock()
    room = UNLIMITED if dry_run else MAX_WRITES
    try:
        state = load_for_emit(brand_id, request.customer_id, [request.type], event_id, now)
        try:
            decision = _decide(request, sent, state, event_id, fingerprint, now, room)
        except NeedsAllShards:
            state = load_all_shards(state, event_id)
            decision = _decide(request, sent, state, event_id, fingerprint, now, room)
        if not dry_run:
            # The event is the receipt of the request, in the same transaction as what it does. A failure before it
            # stored nothing; after it only the response is lost, and the repeated request finds the event below.
            save_event(decision, state.customer, idempotency_ids[1] if len(idempotency_ids) > 1 else None)
            count_event(decision.event)
    except BudgetFragmented as fragmented:
        budgets.consolidate(brand_id, fragmented.campaigns)
        raise WriteConflict from fragmented
    except DuplicateEvent as duplicate:
        event = _first_answer(brand_id, idempotency_ids or [event_id], fingerprint, duplicate)
        return EmitResult(event, replayed=bool(idempotency_ids))
    except LoyaltyError as refusal:
        # A retry may come when the balance is spent or the time is over: if there is a receipt, that is the answer.
        if dry_run or isinstance(refusal, ServiceUnavailable):
            raise
        return EmitResult(_first_answer(brand_id, idempotency_ids, fingerprint, refusal), replayed=True)
    return EmitResult(decision.event, evaluation=decision.evaluation)


def _decide(
    request: EmitEventRequest,
    sent: Mapping[str, Any],
    state: EmitState,
    event_id: str,
    fingerprint: str,
    now: datetime,
    room: int,
) -> EmitDecision:
    return emit(
        request,
        sent,
        state.customer,
        state.brand,
        state.ruleset,
        event_id=event_id,
        fingerprint=fingerprint,
        now=now,
        budget=BudgetReservation(state.budget_left, room),
    )


def _first_answer(brand_id: str, idempotency_ids: Sequence[str], fingerprint: str, refusal: Exception) -> Event:
    """The event that was recorded with one of these ids, as it was answered. Raises `refusal` if there is none."""
    for idempotency_id in idempotency_ids:
        event = load_event(brand_id, idempotency_id)
        if event is None:
            continue
        if event.fingerprint != fingerprint:
            raise IdempotencyMismatchError("the same key, or purchase, came before with another body")
        if idempotency_id != idempotency_ids[0]:
            return _link_idempotency_key(brand_id, idempotency_ids, event, refusal)
        return event.first_answer()
    raise refusal


def _link_idempotency_key(brand_id: str, idempotency_ids: Sequence[str], event: Event, refusal: Exception) -> Event:
    """The first answer of a purchase that was recorded without this key, and a link from the key to it."""
    try:
        # A failure before this write leaves the key free; the repeated request links it then.
        link_idempotency_id(event, idempotency_ids[0])
    except DuplicateEvent:  # another request with the key has been recorded meanwhile
        return _first_answer(brand_id, idempotency_ids, event.fingerprint, refusal)
    return event.first_answer()


def explain_event(brand_id: str, event_id: str, now: datetime) -> tuple[Event, list[Json]]:
    """The event as of now, and the result of each campaign when it was recorded. Raises EventNotFoundError."""
    found = load_explanation(brand_id, event_id)
    if found is None:
        raise EventNotFoundError("there is no event with this id")
    event, snapshot, trace = found
    return event.as_of(now), explain(snapshot, trace)
