"""Record a batch of behaviour events of one customer: all of them or none, one read, one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from loyalty import json
from loyalty.domain import ids
from loyalty.domain.customers.merging import with_identities
from loyalty.domain.errors import IdempotencyMismatchError, LoyaltyError, ServiceUnavailable
from loyalty.domain.events.batch_schemas import beside
from loyalty.domain.events.emit import EmitDecision, emit
from loyalty.domain.events.event import Event, as_kept
from loyalty.domain.limits.budgets import MAX_WRITES, BudgetReservation, first_shard
from loyalty.store.customers import DuplicateEvent, load_event, load_for_events, save_batch
from loyalty.store.table import WriteConflict, attempts
from loyalty.use_cases.funding import decide_with_budget
from loyalty.use_cases.identifying import find_merge, identities
from loyalty.use_cases.receipts import fingerprint_of

# As much as one request may hold; a transaction takes 4 MB.
_MOST_SAID = 200_000


class BatchResult(NamedTuple):
    """The events of a batch in the order they were sent, and whether this is the first answer to an earlier call."""

    events: list[Event]
    replayed: bool = False


def track_events(
    brand_id: str,
    customer_id: str,
    body: Mapping[str, Any],
    sent: Mapping[str, Any],
    key: str | None,
    clock: Callable[[], datetime],
) -> BatchResult:
    """Record each name in `body["events"]` as an event of that type; its metadata is what campaigns see.

    What else the batch says is kept with each event, or with the first alone where that would be very much.

    With a key, each event has an id derived from it, and the whole batch is answered again as one. Raises
    ValidationError, IdempotencyMismatchError, BrandNotFoundError, ServiceUnavailable.
    """
    count = len(body["events"])
    idempotency_ids = [ids.derived(brand_id, "key", key, *([str(i)] if i else [])) for i in range(count)] if key else []
    event_ids = idempotency_ids or [ids.fresh() for _ in range(count)]
    fingerprint = fingerprint_of(sent)
    for _ in attempts():
        try:
            return BatchResult(_record(brand_id, customer_id, body, event_ids, fingerprint, clock()))
        except WriteConflict:
            continue
        except DuplicateEvent as refusal:
            return BatchResult(_first_answer(brand_id, event_ids, fingerprint, refusal), replayed=bool(idempotency_ids))
        except LoyaltyError as refusal:
            if not idempotency_ids or isinstance(refusal, ServiceUnavailable):
                raise
            return BatchResult(_first_answer(brand_id, idempotency_ids, fingerprint, refusal), replayed=True)
    raise AssertionError("attempts() ends by raising")


def _record(
    brand_id: str,
    customer_id: str,
    body: Mapping[str, Any],
    event_ids: Sequence[str],
    fingerprint: str,
    now: datetime,
) -> list[Event]:
    said = identities(brand_id, body)
    loaded = load_for_events(brand_id, customer_id, body["events"], first_shard(event_ids[0]), now, said)
    before, known = loaded.customer, loaded.known
    if identities(brand_id, body) != said:
        raise WriteConflict  # to be read again: the region has changed
    meeting = find_merge(loaded.brand, before, known, now)
    batch = [
        (event_id, {"customer_id": customer_id, "brand_id": brand_id, "type": name, "metadata": metadata or {}})
        for event_id, (name, metadata) in zip(event_ids, body["events"].items(), strict=True)
    ]

    def decide(budget: BudgetReservation) -> tuple[list[EmitDecision], BudgetReservation]:
        customer, emissions = with_identities(meeting.merge.survivor if meeting else before, said, known), []
        for event_id, one in batch:
            emission = emit(
                one,
                one,
                customer,
                loaded.brand,
                loaded.rules,
                event_id=event_id,
                fingerprint=fingerprint,
                now=now,
                budget=budget,
            )
            emissions.append(emission)
            customer = emission.customer
        return emissions, budget

    emissions, budget = decide_with_budget(loaded, decide, MAX_WRITES - len(batch))
    if meeting:  # what would be refused, or was recorded before, has merged nobody
        if load_event(brand_id, event_ids[0]):
            raise DuplicateEvent
        meeting.take_place()
        raise WriteConflict
    emissions = _with_what_else_was_said(emissions, beside(body))
    # Every event is a receipt of the batch. A failure before this stored nothing of it; one after it lost the answer.
    save_batch(emissions, before, budget, said, known)
    return [one.event for one in emissions]


def _with_what_else_was_said(emissions: list[EmitDecision], said: Mapping[str, Any]) -> list[EmitDecision]:
    if not said:
        return emissions
    count = len(emissions) if len(json.dumps(said)) * len(emissions) <= _MOST_SAID else 1
    return [
        one._replace(event=replace(one.event, data=as_kept({**said, **one.event.data}))) if i < count else one
        for i, one in enumerate(emissions)
    ]


def _first_answer(brand_id: str, idempotency_ids: Sequence[str], fingerprint: str, refusal: Exception) -> list[Event]:
    events: list[Event] = []
    for slot in idempotency_ids:
        event = load_event(brand_id, slot)
        if event is None:
            raise refusal
        if event.fingerprint != fingerprint:
            raise IdempotencyMismatchError("idempotencyKey: the same key came before with another body")
        events.append(event.first_answer())
    return events
