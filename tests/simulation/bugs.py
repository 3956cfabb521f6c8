"""Deliberate bugs: mistakes that somebody might make in the product, put into it while a history is played.

Each is small, passes for right when calls come one after the other and nothing goes wrong, or nearly so, and loses or
doubles something otherwise. A prover that does not find them proves nothing.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch import EventType

from loyalty import queue, records
from loyalty.domain.assignments.assign import Assignment
from loyalty.domain.assignments.traces import accepted
from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import ServiceUnavailable
from loyalty.domain.events import lifecycle
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.limits.counters import Counter
from loyalty.domain.limits.usage import CustomerUsage
from loyalty.domain.rules import evaluator
from loyalty.domain.rules.compiled import CompiledCampaign
from loyalty.domain.rules.effects import GiveOffer
from loyalty.domain.wallet.lots import Hold, Lot
from loyalty.domain.wallet.update import WalletUpdate
from loyalty.services import assignment_requests, assignments
from loyalty.services import lifecycle as ending_services
from loyalty.services.idempotency import idempotency_ids_of
from loyalty.store import budgets, customers, emits, events, offers, rulesets, table, traces
from loyalty.store.table import Write, WriteConflict

Patch = pytest.MonkeyPatch
BUGS: dict[str, Callable[[Patch], None]] = {}


@contextmanager
def planted(bug: str | None) -> Iterator[None]:
    """The product has this bug while the context lasts; none if none is named."""
    with pytest.MonkeyPatch.context() as patch:
        if bug:
            BUGS[bug](patch)
        yield


def _a_bug(plant: Callable[[Patch], None]) -> Callable[[Patch], None]:
    BUGS[plant.__name__] = plant
    return plant


@_a_bug
def lost_update(patch: Patch) -> None:
    """A dropped condition: a customer is stored whatever has happened to it since it was read."""
    write = customers.customer_write
    for module in (customers, emits, events):
        patch.setattr(module, "customer_write", lambda *args: _unconditional(write(*args)))


@_a_bug
def receipt_apart(patch: Patch) -> None:
    """A receipt that is not atomic: the wallet first, the event that stands for the request after it."""

    def transact(*writes: Write) -> None:
        later = [write for write in writes if "EVENT" in str(write.request) and "Put" in write.request]
        table.transact(*(write for write in writes if write not in later))
        if later:
            table.transact(*later)

    _patch_transact(patch, transact)


@_a_bug
def unchecked_release(patch: Patch) -> None:
    """A release without a check: an event's deadline ends it, whatever has become of it before."""

    def expire(event: Event, now: datetime) -> tuple[Customer, Any]:
        customer = events.load_customer_of(event)
        held = replace(event, status=EventStatus.PENDING, deadline=event.first_deadline)
        return customer, lifecycle.expire(held, customer, now)

    end = events._ending_write
    patch.setattr(ending_services, "_expire", expire)
    patch.setattr(events, "_ending_write", lambda *args: _unconditional(end(*args)))


@_a_bug
def forgotten_purchase(patch: Patch) -> None:
    """A key protects alone: the purchase that came with it does not."""
    patch.setattr("loyalty.services.events.idempotency_ids_of", lambda *args: idempotency_ids_of(*args)[:1])


@_a_bug
def active_at_the_deadline(patch: Patch) -> None:
    """Off by an instant: a hold is still active at its deadline."""
    patch.setattr(Hold, "is_active", lambda self, now: now <= self.deadline)
    patch.setattr(
        Event,
        "is_expired",
        lambda self, now: (
            self.status is EventStatus.EXPIRED
            or (self.status is EventStatus.PENDING and self.deadline is not None and now > self.deadline)
        ),
    )


@_a_bug
def never_expiring_lots(patch: Patch) -> None:
    """Points are spendable until somebody takes them away, not until they end."""
    patch.setattr(Lot, "is_active", lambda *_: True)


@_a_bug
def unheard_is_done(patch: Patch) -> None:
    """A transaction whose answer did not come is taken for done."""
    send = table.transact

    def transact(*writes: Write) -> None:
        try:
            send(*writes)
        except ServiceUnavailable:
            return

    _patch_transact(patch, transact)


@_a_bug
def swallowed_failure(patch: Patch) -> None:
    """A record that could not be settled is not reported, so it does not come again."""
    note = records._Processor.failure_handler

    def failure_handler(processor: Any, record: Any, exception: Any) -> Any:
        noted = note(processor, record, exception)
        if processor.event_type is EventType.DynamoDBStreams:
            processor.fail_messages.pop()
        return noted

    patch.setattr(records._Processor, "failure_handler", failure_handler)


@_a_bug
def stale_rules(patch: Patch) -> None:
    """Rules that were read once are used whatever version the brand has by now."""
    whole = rulesets.ruleset_of

    def ruleset_of(brand: Any) -> Any:
        return rulesets.last_ruleset(brand.brand_id) or whole(brand)

    patch.setattr(emits, "ruleset_of", ruleset_of)


@_a_bug
def merged_without_holds(patch: Patch) -> None:
    """Who is merged into another leaves the holds behind."""
    move = WalletUpdate.transfer_in
    patch.setattr(WalletUpdate, "transfer_in", lambda self, other: move(self, replace(other, holds={})))


@_a_bug
def spent_twice_back(patch: Patch) -> None:
    """A reversal does not look at what has ended unspent, and charges it again."""
    patch.setattr(WalletUpdate, "claw_back", _take_back(WalletUpdate.claw_back))


@_a_bug
def overdrawn_budget(patch: Patch) -> None:
    """A budget is taken from whatever it has left by then."""
    writes = budgets.budget_writes
    patch.setattr(budgets, "budget_writes", lambda *args: [_unconditional(write) for write in writes(*args)])


@_a_bug
def kept_budget(patch: Patch) -> None:
    """A hold that dies gives its points back, and not what it had of budgets and limits."""
    patch.setattr(Customer, "without_released_usage", lambda self, *_: self)


@_a_bug
def traced_apart(patch: Patch) -> None:
    """What a marketing tool asks for is given first, and its trace moves on after that."""

    def save(assignment: Assignment, before: Any, traced: Any) -> None:
        record = assignment.record
        records = offers.offer_writes(before.brand_id, record) if record else []
        events.save_change(assignment.change, before, None, *records)
        traces.save_trace(assignment.trace, traced)

    patch.setattr(assignments, "save_assignment", save)


@_a_bug
def recorded_first(patch: Patch) -> None:
    """A request is recorded before it is sent: what fails in between is taken for sent when it comes again."""

    def send(message: dict[str, Any], sender: str) -> None:
        request = traces.from_message(message)
        with suppress(WriteConflict):
            traces.save_trace(accepted(request, request.accepted_at), None)
        queue.send(message, sender)

    patch.setattr(assignment_requests, "send", send)


@_a_bug
def offer_used_again(patch: Patch) -> None:
    """Whether an offer is free is not looked at: it is redeemed again and again while it lasts."""
    patch.setattr("loyalty.domain.events.emit.refuse_unredeemable", lambda *_: None)


@_a_bug
def kept_progress(patch: Patch) -> None:
    """An event that is undone gives back points and budgets, and still counts towards what comes later."""
    without = CustomerUsage.without
    patch.setattr(CustomerUsage, "without", lambda self, counts: without(self, counts._replace(progress={})))


@_a_bug
def uncounted_merge(patch: Patch) -> None:
    """Who is merged into another has counted nothing."""
    joined = CustomerUsage.merged_with
    patch.setattr(CustomerUsage, "merged_with", lambda self, other: joined(self, other._replace(progress={})))


@_a_bug
def counted_again(patch: Patch) -> None:
    """A reward does not use up the counting that led there where it is not paid at once."""
    settle = evaluator._Evaluation._settle

    def settle_(
        self: Any, campaign: CompiledCampaign, lots: list[Lot], offers: list[GiveOffer], achieved: list[Counter]
    ) -> None:
        fulfilled = self._context.facts["fulfilled"]
        settle(self, campaign, lots, offers, achieved if fulfilled else [])

    patch.setattr(evaluator._Evaluation, "_settle", settle_)


@_a_bug
def two_winners(patch: Patch) -> None:
    """A group is won by whoever rewards an event whole; one whose budget was short lets others win as well."""
    settle = evaluator._Evaluation._settle

    def settle_(
        self: Any, campaign: CompiledCampaign, lots: list[Lot], offers: list[GiveOffer], achieved: list[Counter]
    ) -> None:
        won = dict(self._winners)
        settle(self, campaign, lots, offers, achieved)
        if campaign.limits.shared:
            self._winners = won

    patch.setattr(evaluator._Evaluation, "_settle", settle_)


@_a_bug
def kept_gift(patch: Patch) -> None:
    """An offer that a campaign gave stays with the customer when its event is reversed."""
    patch.setattr(lifecycle, "recalled", lambda offers, _: offers)


def _patch_transact(patch: Patch, transact: Callable[..., None]) -> None:
    for module in (customers, emits, events):
        patch.setattr(module, "transact", transact)


def _unconditional(write: Write) -> Write:
    ((kind, request),) = write.request.items()
    used = request.get("UpdateExpression", "")
    kept = {name: value for name, value in request.items() if name != "ConditionExpression"}
    for place in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        kept[place] = {name: value for name, value in request.get(place, {}).items() if re.search(rf"{name}\b", used)}
    return Write({kind: {name: value for name, value in kept.items() if value}}, write.conflict)


def _take_back(take: Callable[..., Any]) -> Callable[..., Any]:
    def claw_back(self: WalletUpdate, lot: Lot, event_id: str, **more: Any) -> Any:
        return take(self, lot, event_id, **{**more, "expired_unspent": 0})

    return claw_back
