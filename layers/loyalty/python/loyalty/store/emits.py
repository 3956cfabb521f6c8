"""Emits: what an event depends on is read in one round trip, what it changes is written in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from weakref import WeakKeyDictionary

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.identities import Identities
from loyalty.domain.events.emit import EmitDecision
from loyalty.domain.events.event import Event
from loyalty.domain.events.purchases import PurchaseNumber
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.rules.snapshots import RulesetSnapshot
from loyalty.store import budgets, keys
from loyalty.store.codec import pack
from loyalty.store.customers import (
    customer_write,
    deadline_writes,
    identity_keys,
    identity_writes,
    owners_in,
    resolved_customer,
)
from loyalty.store.events import DuplicateEvent, event_deadline_write, event_item, reservation_writes
from loyalty.store.offers import offer_writes
from loyalty.store.published import begin_refresh, finish_refresh
from loyalty.store.purchases import number_writes
from loyalty.store.rulesets import last_ruleset, ruleset_of
from loyalty.store.table import MAX_TRANSACTION_WRITES, Write, get_many, put, retry_on_conflict, transact

_NO_IDENTITIES = Identities()
# Packed once, as a snapshot is the same for all events until the rules change.
_packed_snapshots: WeakKeyDictionary[RulesetSnapshot, str | bytes] = WeakKeyDictionary()


class EmitState(NamedTuple):
    """What the events of a customer depend on.

    `owners` has, by channel, the customer that an identity of the request belongs to. `budget_left` has what campaigns
    with a budget have left in the shards that were read.
    """

    customer: Customer
    brand: Brand
    owners: Mapping[str, str | None]
    ruleset: Ruleset
    budget_left: budgets.BudgetLeft


def load_for_emit(
    brand_id: str,
    customer_id: str,
    types: Collection[str],
    event_id: str,
    now: datetime,
    identities: Identities = _NO_IDENTITIES,
    *,
    stores: bool,
) -> EmitState:
    """What an event depends on: the customer, a new one if there is none, and one shard of each budget.

    One round trip, and one more each if the customer has been merged, if the process has no ruleset that is new enough,
    or if a new one has campaigns with other budgets. Only a call that `stores` publishes what a writer has failed to.
    """
    refresh = begin_refresh(brand_id)
    last = last_ruleset(brand_id)
    expected = budgets.first_shard_keys(brand_id, last.with_budget(types) if last else {}, event_id)
    identities_at = identity_keys(brand_id, identities)
    customer_key = keys.customer(brand_id, customer_id)
    items = get_many([customer_key, *refresh.keys, *identities_at.values(), *expected])
    program = finish_refresh(refresh, items, repair=stores)
    ruleset = ruleset_of(program)
    with_budget = ruleset.with_budget(types)
    if missing := set(budgets.first_shard_keys(brand_id, with_budget, event_id)).difference(expected):
        items |= get_many(sorted(missing))
    customer = resolved_customer(brand_id, customer_id, items.get(customer_key))
    return EmitState(
        customer or Customer(brand_id, customer_id, now),
        program.brand,
        owners_in(items, identities_at),
        ruleset,
        budgets.first_left_in(items, brand_id, with_budget, event_id),
    )


def load_all_shards(state: EmitState, event_id: str) -> EmitState:
    """The state with all shards of each budget, the event's own first: one more round trip."""
    counts = state.ruleset.shards(state.budget_left)
    left = budgets.load_left(state.brand.brand_id, state.budget_left, event_id, counts)
    return state._replace(budget_left=left)


def save_event(
    decision: EmitDecision, before: Customer, number: PurchaseNumber | None = None, freed_by: Event | None = None
) -> None:
    """Store a new event with the customer after it, and give it its number: `freed_by` had that before, if anyone had.

    Raises DuplicateEvent if the id or the number is taken, WriteConflict if the customer changed meanwhile.
    """
    numbers = number_writes(number, decision.event, freed_by) if number else []
    _save_events([decision], before, numbers, decision.budget)


def save_batch(
    decisions: Sequence[EmitDecision],
    before: Customer,
    budget: BudgetReservation,
    identities: Identities,
    owners: Mapping[str, str | None],
) -> None:
    """Store new events of one customer, the customer after them and new owners of identities, in one transaction.

    Raises DuplicateEvent if an id is taken, WriteConflict if the customer or an identity's owner changed meanwhile.
    """
    _save_events(decisions, before, [], budget, *identity_writes(decisions[-1].customer, identities, owners))


@retry_on_conflict
def link_idempotency_id(event: Event, idempotency_id: str) -> None:
    """Store a link to an event under one more id. Raises DuplicateEvent if that is taken."""
    link = keys.event(event.brand_id, idempotency_id)
    transact(put(link, {"event_id": event.event_id}, "attribute_not_exists(pk)", DuplicateEvent()))


def _save_events(
    decisions: Sequence[EmitDecision],
    before: Customer,
    numbers: Sequence[Write],
    budget: BudgetReservation,
    *more: Write,
) -> None:
    # The events come first, so that DuplicateEvent has precedence over a WriteConflict of the customer.
    writes = [*map(_event_write, decisions), *numbers]
    customer = decisions[-1].customer
    writes.append(customer_write(customer, before))
    writes += reservation_writes(customer.brand_id, budget, decisions[0].event.event_id)
    writes += [event_deadline_write(decision.event) for decision in decisions if decision.event.deadline]
    resolved = [decision.event for decision in decisions if not decision.event.standby]
    granted = [record for event in resolved for record in event.granted_offers]
    writes += offer_writes(customer.brand_id, *granted)
    writes += more
    now = decisions[-1].event.recorded_at
    transact(*writes, *deadline_writes(customer, before, now, MAX_TRANSACTION_WRITES - len(writes)))


def _event_write(decision: EmitDecision) -> Write:
    event, evaluation = decision.event, decision.evaluation
    item = event_item(event)
    if evaluation and evaluation.results:
        item |= {"snapshot": _packed(evaluation.snapshot), "trace": pack(evaluation.trace._asdict())}
    return put(keys.event(event.brand_id, event.event_id), item, "attribute_not_exists(pk)", DuplicateEvent())


def _packed(snapshot: RulesetSnapshot) -> str | bytes:
    if snapshot not in _packed_snapshots:
        _packed_snapshots[snapshot] = pack(snapshot.document)
    return _packed_snapshots[snapshot]
