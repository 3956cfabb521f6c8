"""Record a batch of behaviour events of one customer, all of them or none; or say what it would earn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from loyalty import json
from loyalty.domain import ids
from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.identities import Identities
from loyalty.domain.customers.merging import with_identities
from loyalty.domain.errors import IdempotencyMismatchError, LoyaltyError, ServiceUnavailable, UserNotFoundError
from loyalty.domain.events.batch_schemas import Batch
from loyalty.domain.events.emit import EmitDecision, emit, evaluate_event
from loyalty.domain.events.event import Event, stored_data
from loyalty.domain.events.schemas import EmitEventRequest
from loyalty.domain.limits.budgets import (
    MAX_WRITES,
    SHARDS,
    UNLIMITED,
    BudgetFragmented,
    BudgetReservation,
    NeedsAllShards,
)
from loyalty.domain.rules.evaluator import Evaluation
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.services.customers import PendingMerge, commit_merge, find_merge, parse_identities, refuse_stale_region
from loyalty.services.idempotency import batch_ids_of, fingerprint_of
from loyalty.services.metrics import count_event
from loyalty.store import budgets
from loyalty.store.emits import EmitState, load_all_shards, load_for_emit, save_batch
from loyalty.store.events import DuplicateEvent, load_event
from loyalty.store.table import WriteConflict, retry_on_conflict

# As much as one request may hold; a transaction takes 4 MB.
_MAX_KEPT_CHARACTERS = 200_000


class BatchResult(NamedTuple):
    """The events of a batch in the order they were sent, and whether this is the first answer to an earlier call."""

    events: list[Event]
    replayed: bool = False


class Preview(NamedTuple):
    """The customer as they would be, what each campaign would make of each event, and the ruleset that decided it."""

    customer: Customer
    events: list[tuple[str, Evaluation | None]]
    ruleset: Ruleset


def record_batch(
    brand_id: str,
    batch: Batch,
    sent: Mapping[str, Any],
    key: str | None,
    clock: Callable[[], datetime],
) -> BatchResult:
    """Record each of the batch's events, whose metadata is what campaigns see.

    Other fields of the batch are kept with each event, or with the first alone where that would be very much.

    With a key, each event has an id derived from it, and the whole batch is answered again as one. Raises
    ValidationError, IdempotencyMismatchError, BrandNotFoundError, ServiceUnavailable.
    """
    count = len(batch.events)
    event_ids = batch_ids_of(brand_id, key, count) if key else [ids.fresh() for _ in range(count)]
    fingerprint = fingerprint_of(sent)
    try:
        return BatchResult(_record(brand_id, batch, event_ids, fingerprint, clock))
    except DuplicateEvent as duplicate:
        return BatchResult(_first_answer(brand_id, event_ids, fingerprint, duplicate), replayed=key is not None)
    except LoyaltyError as refusal:
        if not key or isinstance(refusal, ServiceUnavailable):
            raise
        return BatchResult(_first_answer(brand_id, event_ids, fingerprint, refusal), replayed=True)


def preview_rewards(brand_id: str, batch: Batch, now: datetime) -> Preview:
    """For each event of the batch what each campaign would make of it now.

    Decided by the code that decides an emit; each event by itself. An e-mail or mobile that would merge the customer
    with somebody finds them here. Raises ValidationError, UserNotFoundError, BrandNotFoundError.
    """
    identities, state = _load_batch(brand_id, batch, SHARDS[0], now)
    pending = find_merge(state.brand, state.customer, state.owners, now)
    customer = pending.merge.survivor if pending else state.customer
    if customer.version == 0:
        raise UserNotFoundError("there is no customer with this id")
    customer = with_identities(customer, identities, state.owners)
    previews: list[tuple[str, Evaluation | None]] = []
    for name, metadata in batch.events.items():
        event = _event_data(brand_id, batch.customer_id, name, metadata)
        if not state.brand.enabled:
            previews.append((name, None))
            continue
        try:
            evaluation = _preview(event, customer, state, now)
        except NeedsAllShards:
            state = load_all_shards(state, SHARDS[0])
            evaluation = _preview(event, customer, state, now)
        previews.append((name, evaluation))
    return Preview(customer, previews, state.ruleset)


@retry_on_conflict
def _load_batch(brand_id: str, batch: Batch, event_id: str, now: datetime) -> tuple[Identities, EmitState]:
    identities = parse_identities(brand_id, batch.email, batch.mobile)
    state = load_for_emit(brand_id, batch.customer_id, batch.events, event_id, now, identities)
    refuse_stale_region(brand_id, batch.email, batch.mobile, identities)
    return identities, state


def _preview(event: Mapping[str, Any], customer: Customer, state: EmitState, now: datetime) -> Evaluation:
    budget = BudgetReservation(state.budget_left, UNLIMITED)
    return evaluate_event(event["type"], event, customer, state.brand, state.ruleset, now, budget)


@retry_on_conflict
def _record(
    brand_id: str,
    batch: Batch,
    event_ids: Sequence[str],
    fingerprint: str,
    clock: Callable[[], datetime],
) -> list[Event]:
    now = clock()
    identities, state = _load_batch(brand_id, batch, event_ids[0], now)
    pending = find_merge(state.brand, state.customer, state.owners, now)
    sent = [_event_data(brand_id, batch.customer_id, name, metadata) for name, metadata in batch.events.items()]
    try:
        try:
            decisions = _decide(sent, event_ids, identities, pending, state, fingerprint, now)
        except NeedsAllShards:
            state = load_all_shards(state, event_ids[0])
            decisions = _decide(sent, event_ids, identities, pending, state, fingerprint, now)
    except BudgetFragmented as fragmented:
        budgets.consolidate(brand_id, fragmented.campaigns)
        raise WriteConflict from fragmented
    if pending:  # only now: a batch that is refused, or was recorded before, merges nobody
        if load_event(brand_id, event_ids[0]):
            raise DuplicateEvent
        commit_merge(pending)
    decisions = _with_other_fields(decisions, batch.unknown)
    # Every event is a receipt of the batch. A failure before this stored nothing of it; one after it lost the answer.
    save_batch(decisions, state.customer, decisions[-1].budget, identities, state.owners)
    for decision in decisions:
        count_event(decision.event)
    return [decision.event for decision in decisions]


def _decide(
    sent: Sequence[Mapping[str, Any]],
    event_ids: Sequence[str],
    identities: Identities,
    pending: PendingMerge | None,
    state: EmitState,
    fingerprint: str,
    now: datetime,
) -> list[EmitDecision]:
    """Emit one event after the other, each on the customer that the one before leaves behind."""
    budget = BudgetReservation(state.budget_left, MAX_WRITES - len(sent))
    customer = pending.merge.survivor if pending else state.customer
    customer = with_identities(customer, identities, state.owners)
    decisions: list[EmitDecision] = []
    for event_id, data in zip(event_ids, sent, strict=True):
        decision = emit(
            EmitEventRequest.model_construct(**data),
            data,
            customer,
            state.brand,
            state.ruleset,
            event_id=event_id,
            fingerprint=fingerprint,
            now=now,
            budget=budget,
        )
        decisions.append(decision)
        customer = decision.customer
    return decisions


def _event_data(brand_id: str, customer_id: str, name: str, metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"customer_id": customer_id, "brand_id": brand_id, "type": name, "metadata": metadata or {}}


def _with_other_fields(decisions: list[EmitDecision], fields: Mapping[str, Any]) -> list[EmitDecision]:
    if not fields:
        return decisions
    fits = len(json.dumps(fields)) * len(decisions) <= _MAX_KEPT_CHARACTERS
    count = len(decisions) if fits else 1
    return [
        decision._replace(event=replace(decision.event, data=stored_data({**fields, **decision.event.data})))
        if i < count
        else decision
        for i, decision in enumerate(decisions)
    ]


def _first_answer(brand_id: str, event_ids: Sequence[str], fingerprint: str, refusal: Exception) -> list[Event]:
    events: list[Event] = []
    for event_id in event_ids:
        event = load_event(brand_id, event_id)
        if event is None:
            raise refusal
        if event.fingerprint != fingerprint:
            raise IdempotencyMismatchError("idempotencyKey: the same key came before with another body")
        events.append(event.first_answer())
    return events
