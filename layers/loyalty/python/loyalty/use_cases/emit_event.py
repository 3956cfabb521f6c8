"""Emit an event: one read, one pure decision, one transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from loyalty.domain import ids
from loyalty.domain.errors import Forbidden, IdempotencyMismatchError, LoyaltyError, ServiceUnavailable
from loyalty.domain.events.emit import EmitDecision, emit
from loyalty.domain.events.event import Event
from loyalty.domain.limits.budgets import MAX_WRITES, UNLIMITED, BudgetReservation, first_shard
from loyalty.domain.rules.evaluator import Evaluation
from loyalty.store.customers import DuplicateEvent, Loaded, load_event, load_for_events, save_event, save_pointer
from loyalty.store.table import WriteConflict, attempts
from loyalty.use_cases.funding import decide_with_budget
from loyalty.use_cases.receipts import fingerprint_of


class EmitResult(NamedTuple):
    """The event, and whether it is the first answer to an earlier call; if it is not, what campaigns made of it."""

    event: Event
    replayed: bool = False
    evaluation: Evaluation | None = None


def emit_event(
    brand_id: str,
    body: Mapping[str, Any],
    sent: Mapping[str, Any],
    key: str | None,
    clock: Callable[[], datetime],
    *,
    dry_run: bool = False,
) -> EmitResult:
    """Record what a customer did, and pay or promise what it earns.

    `body` is the checked request, `sent` the same as it came, `key` its idempotency key. A request
    that was recorded before is answered as it was then, however much later and whatever has changed since.

    Raises Forbidden (another brand's id), ValidationError, InsufficientBalanceError, TooManyHoldsError,
    IdempotencyMismatchError, BrandNotFoundError, ServiceUnavailable.
    """
    if body["brand_id"] != brand_id:
        raise Forbidden("brand_id: this key belongs to another brand")
    idempotency_ids = _slots(brand_id, body, key)
    event_id = idempotency_ids[0] if idempotency_ids else ids.fresh()
    fingerprint = fingerprint_of(sent)
    for _ in attempts():
        now = clock()
        try:
            loaded = load_for_events(brand_id, body["customer_id"], [body["type"]], first_shard(event_id), now)
            before = loaded.customer
            emission = decide_with_budget(
                loaded,
                partial(_decide, body, sent, loaded, event_id=event_id, fingerprint=fingerprint, now=now),
                UNLIMITED if dry_run else MAX_WRITES,
            )
            if not dry_run:
                # The event is its own receipt, in one transaction with what it does. A failure before it stored
                # nothing, and the same call again is the first; one after it lost only the answer, found below.
                save_event(emission, before, idempotency_ids[1] if len(idempotency_ids) > 1 else None)
            return EmitResult(emission.event, evaluation=emission.evaluation)
        except WriteConflict:
            continue
        except DuplicateEvent as refusal:
            return EmitResult(
                _first_answer(brand_id, idempotency_ids or [event_id], fingerprint, refusal),
                replayed=bool(idempotency_ids),
            )
        except LoyaltyError as refusal:
            # A retry may come when the balance is spent or the time is past: the receipt outranks every refusal.
            if dry_run or isinstance(refusal, ServiceUnavailable):
                raise
            return EmitResult(_first_answer(brand_id, idempotency_ids, fingerprint, refusal), replayed=True)
    raise AssertionError("attempts() ends by raising")


def _decide(
    body: Mapping[str, Any], sent: Mapping[str, Any], loaded: Loaded, budget: BudgetReservation, **more: Any
) -> EmitDecision:
    return emit(body, sent, loaded.customer, loaded.brand, loaded.rules, budget=budget, **more)


def _first_answer(brand_id: str, idempotency_ids: list[str], fingerprint: str, refusal: Exception) -> Event:
    for slot in idempotency_ids:
        event = load_event(brand_id, slot)
        if event and event.fingerprint != fingerprint:
            raise IdempotencyMismatchError("the same key, or purchase, came before with another body")
        if event and slot != idempotency_ids[0]:
            return _bound(brand_id, idempotency_ids, event, refusal)
        if event:
            return event.first_answer()
    raise refusal


def _bound(brand_id: str, idempotency_ids: list[str], event: Event, refusal: Exception) -> Event:
    """The first answer of a purchase that came without this key, which from now on is the purchase's as well."""
    for _ in attempts():
        try:
            # One write, after the event: a failure before it leaves the key free, and the same call binds it again.
            save_pointer(event, idempotency_ids[0])
        except WriteConflict:
            continue
        except DuplicateEvent:  # another request has just come with the key: it is first
            return _first_answer(brand_id, idempotency_ids, event.fingerprint, refusal)
        return event.first_answer()
    raise AssertionError("attempts() ends by raising")


def _slots(brand_id: str, body: Mapping[str, Any], key: str | None) -> list[str]:
    """The event ids that make this request the same request: from its key, and from its purchase."""
    purchase = (body.get("order") or {}).get("purchase_id") if body["type"] == "PURCHASE" else None
    idempotency_ids = [ids.derived(brand_id, "key", key)] if key else []
    return [*idempotency_ids, ids.derived(brand_id, "purchase", purchase)] if purchase else idempotency_ids
