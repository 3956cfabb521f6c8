"""Batches: record several events of one customer in one transaction, or preview what they would earn."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from loyalty import json
from loyalty.domain import ids
from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.identities import Identities
from loyalty.domain.customers.merging import with_identities
from loyalty.domain.errors import (
    FieldProblem,
    IdempotencyMismatchError,
    LoyaltyError,
    ServiceUnavailable,
    UserNotFoundError,
)
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
from loyalty.services.idempotency import batch_ids_of, fingerprint_of
from loyalty.services.identities import read_identities, refuse_stale_region
from loyalty.services.merges import PendingMerge, commit_merge, find_merge
from loyalty.services.metrics import count_event, log_left_out
from loyalty.store import budgets
from loyalty.store.emits import EmitState, load_all_shards, load_for_emit, save_batch
from loyalty.store.events import DuplicateEvent, load_event
from loyalty.store.table import WriteConflict, retry_on_conflict

# The size of a request. A transaction takes 4 MB.
_MAX_REPEATED_CHARACTERS = 200_000


class BatchResult(NamedTuple):
    """The events of a batch in the order in which they were sent, and whether the batch had been recorded before.

    `warnings` name the e-mail or mobile that is not valid: it is not recorded, and identifies nobody.
    """

    events: list[Event]
    warnings: list[FieldProblem]
    replayed: bool = False


class Preview(NamedTuple):
    """The customer with the identities of the batch, the evaluation of each event by its name, and the ruleset.

    `warnings` are those that the batch would get.
    """

    customer: Customer
    events: list[tuple[str, Evaluation | None]]
    ruleset: Ruleset
    warnings: list[FieldProblem]


def record_batch(
    brand_id: str,
    batch: Batch,
    sent: Mapping[str, Any],
    key: str | None,
    clock: Callable[[], datetime],
) -> BatchResult:
    """Record each event of the batch; campaigns see its metadata.

    Unknown fields of the batch are stored with every event, or only with the first one if they are very long. With an
    idempotency key, the ids of the events are derived from it, and a repeated batch gets the first answer. Raises
    ValidationError, IdempotencyMismatchError, BrandNotFoundError, ServiceUnavailable.
    """
    count = len(batch.named_events)
    event_ids = batch_ids_of(brand_id, key, count) if key else [ids.random_id() for _ in range(count)]
    fingerprint = fingerprint_of(sent)
    try:
        events, replayed = _record(brand_id, batch, event_ids, fingerprint, clock), False
    except DuplicateEvent as duplicate:
        events, replayed = _first_answer(brand_id, event_ids, fingerprint, duplicate), key is not None
    except LoyaltyError as refusal:
        if not key or isinstance(refusal, ServiceUnavailable):
            raise
        events, replayed = _first_answer(brand_id, event_ids, fingerprint, refusal), True
    _, warnings = read_identities(brand_id, batch.email, batch.mobile)
    return BatchResult(events, warnings, replayed)


def preview_rewards(brand_id: str, batch: Batch, now: datetime) -> Preview:
    """What each campaign would make of each event of the batch now, as if it were the only one.

    A customer who would be merged because of an identity in the batch is evaluated as if they were. Raises
    ValidationError, UserNotFoundError, BrandNotFoundError.
    """
    identities, state = _load_batch(brand_id, batch, SHARDS[0], now, stores=False)
    pending = find_merge(state.brand, state.customer, state.owners, now)
    customer = pending.merge.survivor if pending else state.customer
    if customer.version == 0:
        raise UserNotFoundError("there is no customer with this id")
    customer = with_identities(customer, identities, state.owners)
    previews: list[tuple[str, Evaluation | None]] = []
    for name, metadata in batch.named_events.items():
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
    _, warnings = read_identities(brand_id, batch.email, batch.mobile)
    return Preview(customer, previews, state.ruleset, warnings)


@retry_on_conflict
def _load_batch(
    brand_id: str, batch: Batch, event_id: str, now: datetime, *, stores: bool
) -> tuple[Identities, EmitState]:
    identities, _ = read_identities(brand_id, batch.email, batch.mobile)
    state = load_for_emit(brand_id, batch.customer_id, batch.named_events, event_id, now, identities, stores=stores)
    log_left_out(brand_id, state.ruleset.left_out)
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
    identities, state = _load_batch(brand_id, batch, event_ids[0], now, stores=True)
    pending = find_merge(state.brand, state.customer, state.owners, now)
    sent = [_event_data(brand_id, batch.customer_id, name, metadata) for name, metadata in batch.named_events.items()]
    try:
        try:
            decisions = _decide(sent, event_ids, identities, pending, state, fingerprint, now)
        except NeedsAllShards:
            state = load_all_shards(state, event_ids[0])
            decisions = _decide(sent, event_ids, identities, pending, state, fingerprint, now)
    except BudgetFragmented as fragmented:
        budgets.consolidate(brand_id, fragmented.campaigns)
        raise WriteConflict from fragmented
    if pending:  # only now: a batch that is refused, or was recorded before, must merge nobody
        if load_event(brand_id, event_ids[0]):
            raise DuplicateEvent
        commit_merge(pending)
    decisions = _with_other_fields(decisions, batch.unknown)
    # The events are the receipt of the batch, in the same transaction. A failure before it stored nothing; after it,
    # only the answer is lost, and the repeated batch finds the events.
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
    """Decide one event after the other, each with the customer as the one before leaves them."""
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
    fits = len(json.dumps(fields)) * len(decisions) <= _MAX_REPEATED_CHARACTERS
    count = len(decisions) if fits else 1
    return [
        decision._replace(event=decision.event._replace(data=stored_data({**fields, **decision.event.data})))
        if i < count
        else decision
        for i, decision in enumerate(decisions)
    ]


def _first_answer(brand_id: str, event_ids: Sequence[str], fingerprint: str, refusal: Exception) -> list[Event]:
    """The events as they were answered when the batch was recorded. Raises `refusal` if it was not."""
    events: list[Event] = []
    for event_id in event_ids:
        event = load_event(brand_id, event_id)
        if event is None:
            raise refusal
        if event.fingerprint != fingerprint:
            raise IdempotencyMismatchError("idempotencyKey: the same key came before with another body")
        events.append(event.first_answer())
    return events
