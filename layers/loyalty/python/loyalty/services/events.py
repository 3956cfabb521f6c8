"""Emitting events: one read, one pure decision and one transaction."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from loyalty.domain import ids
from loyalty.domain.errors import FieldProblem, Forbidden, LoyaltyError, ServiceUnavailable, ValidationError
from loyalty.domain.events.emit import EmitDecision, emit
from loyalty.domain.events.event import Event
from loyalty.domain.events.purchases import (
    MIDNIGHT_RETRIES,
    PurchaseNumber,
    has_freed_number,
    number_of,
    replaced_ids,
)
from loyalty.domain.events.schemas import EmitEventRequest, redemptions, with_rounded_amounts
from loyalty.domain.limits.budgets import (
    MAX_WRITES,
    UNLIMITED,
    BudgetFragmented,
    BudgetReservation,
    NeedsAllShards,
)
from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.evaluator import Evaluation
from loyalty.services.idempotency import fingerprint_of, idempotency_id_of, mismatch
from loyalty.services.lifecycle import expire_event
from loyalty.services.metrics import count_event, log_left_out
from loyalty.store import budgets
from loyalty.store.emits import (
    EmitState,
    link_idempotency_id,
    load_all_shards,
    load_for_emit,
    save_event,
)
from loyalty.store.events import DuplicateEvent, load_event
from loyalty.store.purchases import load_holder, refuse_duplicate
from loyalty.store.table import WriteConflict, retry_on_conflict

_NEW_KEY = "a new event needs a key of its own"
_NEW_NUMBER = "a new purchase needs a number of its own; to change this one, reverse"


class EmitResult(NamedTuple):
    """The event, and whether it had been recorded before; if not, how campaigns were evaluated."""

    event: Event
    replayed: bool = False
    evaluation: Evaluation | None = None


class _EmitCall(NamedTuple):
    """A request to record an event; `random_id` is that of the event if neither a key nor a purchase gives it one.

    One of `history` may have happened at any time; campaigns see it if they are to `evaluate` it.

    All attempts have the same ids, so that one whose response was lost is found by the next. A `dry_run` is answered
    as the request would be, and stores nothing.
    """

    brand_id: str
    request: EmitEventRequest
    sent: Mapping[str, Any]
    fingerprint: str
    idempotency_id: str | None
    random_id: str
    history: bool = False
    evaluate: bool = True
    dry_run: bool = False

    def number(self, brand: Brand, now: datetime) -> PurchaseNumber | None:
        """The number that its purchase has by the brand's rules; None if it has none."""
        order = self.request.order
        if self.request.type != "PURCHASE" or order is None or order.purchase_id is None:
            return None
        return number_of(brand, order.purchase_id, order.store_id, self.request.issued_at or now)


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
    answer, however much later and whatever has changed since; but a purchase that was cancelled or expired has freed
    its number, and with no key, or another one, the next is a new event. A dry run is answered likewise and stores
    nothing.

    Raises Forbidden (another brand's id), ValidationError, InsufficientBalanceError, TooManyHoldsError,
    IdempotencyMismatchError, BrandNotFoundError, ServiceUnavailable.
    """
    if request.brand_id != brand_id:
        raise Forbidden("brand_id: this key belongs to another brand")
    sent = with_rounded_amounts(sent)
    fingerprint, idempotency_id = fingerprint_of(sent), idempotency_id_of(brand_id, key)
    return _emit_once(
        _EmitCall(brand_id, request, sent, fingerprint, idempotency_id, ids.random_id(), dry_run=dry_run), clock
    )


def record_history(
    brand_id: str,
    request: EmitEventRequest,
    sent: Mapping[str, Any],
    key: str | None,
    clock: Callable[[], datetime],
    *,
    evaluate: bool,
) -> EmitResult:
    """Record what a customer did long ago, before the brand came here.

    It is only recorded, or evaluated by the campaigns that ran then and still do. Retries are as those of `emit_event`.
    Raises what that does.
    """
    if request.brand_id != brand_id:
        raise Forbidden("brand_id: this key belongs to another brand")
    problems = [*_not_of_history(request, evaluate=evaluate)]
    if problems:
        raise ValidationError(*problems)
    sent = with_rounded_amounts(sent)
    ids_ = idempotency_id_of(brand_id, key), ids.random_id()
    return _emit_once(
        _EmitCall(brand_id, request, sent, fingerprint_of(sent), *ids_, history=True, evaluate=evaluate), clock
    )


def _not_of_history(request: EmitEventRequest, *, evaluate: bool) -> Iterator[FieldProblem]:
    """What would not be obeyed of an event of long ago."""
    if request.issued_at is None:
        yield FieldProblem("issued_at", "is required: when did it happen?")
    if request.fulfilled is False:
        yield FieldProblem("fulfilled", "must not be false: history is over")
    for name in ("reserve", "reserve_until"):
        if getattr(request, name) is not None:
            yield FieldProblem(name, "is not taken by this call: history is over")
    if not evaluate:
        yield from (
            FieldProblem(path, "needs ?evaluate=true: nothing is spent otherwise") for path, _ in redemptions(request)
        )


@retry_on_conflict
def _emit_once(call: _EmitCall, clock: Callable[[], datetime], *, freed_by: Event | None = None) -> EmitResult:
    """Record the event, or find its first answer. `freed_by` had the number of the purchase and does not need it."""
    now = clock()
    shard_id = call.idempotency_id or call.random_id
    customer_id, types = call.request.customer_id, [call.request.type]
    state = load_for_emit(call.brand_id, customer_id, types, shard_id, now, stores=not call.dry_run)
    log_left_out(call.brand_id, state.ruleset.left_out)
    number = call.number(state.brand, now)
    event_id = call.idempotency_id or (number.event_id(freed_by) if number else call.random_id)
    room = UNLIMITED if call.dry_run else MAX_WRITES
    if event := _recorded_across_midnight(call, number, state.brand, now):
        return EmitResult(event.first_answer(), replayed=True)
    try:
        try:
            decision = _decide(call, state, event_id, freed_by, now, room)
        except NeedsAllShards:
            state = load_all_shards(state, shard_id)
            decision = _decide(call, state, event_id, freed_by, now, room)
        if not call.dry_run:
            # The event is the receipt of the request and takes the number of its purchase, in the same transaction as
            # what it does. A failure before it stored nothing; after it only the response is lost, and the repeated
            # request finds the event below.
            save_event(decision, state.customer, number, freed_by)
            count_event(decision.event)
        elif freed_by is None and (call.idempotency_id or number):
            refuse_duplicate(call.brand_id, event_id, number)
    except BudgetFragmented as fragmented:
        budgets.consolidate(call.brand_id, fragmented.campaigns)
        raise WriteConflict from fragmented
    except DuplicateEvent as duplicate:
        if event := _first_answer(call, number, event_id, now):
            return EmitResult(event, replayed=bool(call.idempotency_id or number))
        if holder := _freed_by(call, number, now, clock):
            return _emit_once(call, clock, freed_by=holder)
        raise WriteConflict from duplicate
    except LoyaltyError as refusal:
        # A retry may come when the balance is spent or the time is over: if there is a receipt, that is the answer.
        if isinstance(refusal, ServiceUnavailable):
            raise
        if event := _first_answer(call, number, event_id, now):
            return EmitResult(event, replayed=True)
        raise
    return EmitResult(decision.event, evaluation=decision.evaluation)


def _decide(
    call: _EmitCall, state: EmitState, event_id: str, freed_by: Event | None, now: datetime, room: int
) -> EmitDecision:
    decision = emit(
        call.request,
        call.sent,
        state.customer,
        state.brand if call.evaluate else state.brand._replace(enabled=False),
        state.ruleset,
        event_id=event_id,
        fingerprint=call.fingerprint,
        now=now,
        budget=BudgetReservation(state.budget_left, room),
        history=call.history,
    )
    return decision._replace(event=decision.event._replace(replaces=replaced_ids(freed_by))) if freed_by else decision


def _first_answer(call: _EmitCall, number: PurchaseNumber | None, event_id: str, now: datetime) -> Event | None:
    """The event that was recorded with the same key, or else has the number now, as it was answered; None if none is.

    Raises IdempotencyMismatchError.
    """
    if (call.idempotency_id or number is None) and (event := load_event(call.brand_id, event_id)):
        if event.fingerprint != call.fingerprint:
            raise mismatch("Idempotency-Key", _NEW_KEY, event.data, call.sent)
        return event.first_answer()
    holder = load_holder(number) if number else None
    if holder is None or has_freed_number(holder, now):
        return None
    if holder.fingerprint != call.fingerprint:
        raise mismatch("order.purchase_id", f"{_NEW_NUMBER} the event {holder.event_id}", holder.data, call.sent)
    try:
        _link(call, holder)
    except DuplicateEvent:  # another request with the key has been recorded meanwhile
        return _first_answer(call, number, event_id, now)
    return holder.first_answer()


def _freed_by(
    call: _EmitCall, number: PurchaseNumber | None, now: datetime, clock: Callable[[], datetime]
) -> Event | None:
    """The event that had the number of the purchase and does not need it; None if there is none.

    A hold that is past its deadline is settled first: its event is EXPIRED by then and cannot be fulfilled any more by
    a call whose clock is behind. A failure after that leaves the number free.
    """
    holder = load_holder(number) if number else None
    if holder is None or not has_freed_number(holder, now):
        return None
    if not call.dry_run:
        holder = expire_event(call.brand_id, holder.event_id, clock)
    # It may have been rescued meanwhile, or fulfilled by a slower clock.
    return holder if has_freed_number(holder, now) else None


def _link(call: _EmitCall, event: Event) -> None:
    """From now on the request's key, if it has one, finds this event. Raises DuplicateEvent if it finds another."""
    if call.idempotency_id and call.idempotency_id != event.event_id:
        if call.dry_run:
            refuse_duplicate(call.brand_id, call.idempotency_id)
            return
        # A failure before this write leaves the key free; the repeated request links it then.
        link_idempotency_id(event, call.idempotency_id)


def _recorded_across_midnight(
    call: _EmitCall, number: PurchaseNumber | None, brand: Brand, now: datetime
) -> Event | None:
    """The same purchase of the other business day, if it was recorded within an hour of now; None if there is none.

    A purchase of a number for the day that does not say when it happened has another number after midnight, so its
    retry could not be told from a new one. No till gives a number twice within an hour. It is read after the customer,
    whose version is a condition of the transaction: of two calls that overlap, one decides again and finds the other.
    """
    if number is None or number.day is None or call.request.issued_at:
        return None
    other = number.across_midnight(now, brand.tz)
    event = load_holder(other) if other else None
    is_retry = event and event.fingerprint == call.fingerprint and abs(now - event.recorded_at) < MIDNIGHT_RETRIES
    if event is None or not is_retry or has_freed_number(event, now):
        return None
    try:
        _link(call, event)
    except DuplicateEvent:  # the key has an event of its own: that is the answer, and it is found below
        return None
    return event
