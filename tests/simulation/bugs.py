"""Planted bugs: mistakes that somebody might make in the product, patched into it while a history runs.

Each is small, works when calls come one after the other without faults, or nearly so, and otherwise loses or doubles
something. A simulation that does not find them proves nothing.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import pytest
from aws_lambda_powertools.utilities.batch import EventType

from loyalty import clock, http, queue, records
from loyalty.domain import ids
from loyalty.domain.assignments.assign import Assignment
from loyalty.domain.assignments.traces import accepted
from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import ServiceUnavailable
from loyalty.domain.events import lifecycle, parts, returns
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.purchases import PurchaseNumber, number_of
from loyalty.domain.events.rescue import refuse_to_rescue
from loyalty.domain.limits.counters import Counter
from loyalty.domain.limits.usage import CustomerUsage
from loyalty.domain.program.test_clock import BrandClock
from loyalty.domain.rules import evaluator, predicates
from loyalty.domain.rules.compiled import CompiledCampaign
from loyalty.domain.rules.effects import GiveOffer
from loyalty.domain.rules.fields import EventFields, Source
from loyalty.domain.wallet.lots import Hold, Lot
from loyalty.domain.wallet.shortfalls import Shortfall, Shortfalls, with_shortfall
from loyalty.domain.wallet.update import WalletUpdate
from loyalty.domain.wallet.vesting import vest
from loyalty.domain.wallet.wallet import Wallet, apply_lot
from loyalty.sandbox import Sandbox
from loyalty.services import assignment_requests, assignments, test_clocks
from loyalty.services import deadlines as deadline_services
from loyalty.services import events as event_services
from loyalty.services import lifecycle as ending_services
from loyalty.store import budgets, customers, emits, events, offers, published, purchases, table, traces
from loyalty.store.deadlines import Due, forget
from loyalty.store.keys import read_deadline
from loyalty.store.table import Write, WriteConflict

Patch = pytest.MonkeyPatch


class Bug(NamedTuple):
    """A function that patches the bug into the product, and the seed of a history that finds it."""

    plant: Callable[[Patch], None]
    seed: int


BUGS: dict[str, Bug] = {}


@contextmanager
def planted(bug: str | None) -> Iterator[None]:
    """The product has this bug within the context; none if none is named."""
    with pytest.MonkeyPatch.context() as patch:
        if bug:
            BUGS[bug].plant(patch)
        yield


def _bug(seed: int) -> Callable[[Callable[[Patch], None]], None]:
    def register(plant: Callable[[Patch], None]) -> None:
        BUGS[plant.__name__] = Bug(plant, seed)

    return register


@_bug(seed=1)
def lost_update(patch: Patch) -> None:
    """A missing condition: a customer is stored even if it has changed since it was read."""
    write = customers.customer_write
    for module in (customers, emits, events):
        patch.setattr(module, "customer_write", lambda *args: _unconditional(write(*args)))


@_bug(seed=1)
def receipt_in_second_transaction(patch: Patch) -> None:
    """A receipt that is not atomic: the wallet first, then the event that is the receipt of the request."""

    def transact(*writes: Write) -> None:
        later = [write for write in writes if "EVENT" in str(write.request) and "Put" in write.request]
        table.transact(*(write for write in writes if write not in later))
        if later:
            table.transact(*later)

    _patch_transact(patch, transact)


@_bug(seed=1)
def unchecked_release(patch: Patch) -> None:
    """A release without a check: an event expires at its deadline even if it was fulfilled or cancelled before."""

    def expire(event: Event, now: datetime) -> tuple[Customer, Any]:
        customer = events.load_customer_of(event)
        pending = event._replace(status=EventStatus.PENDING, deadline=event.first_deadline)
        return customer, lifecycle.expire(pending, customer, now)

    end = events._ending_write
    patch.setattr(ending_services, "_expire", expire)
    patch.setattr(events, "_ending_write", lambda *args: _unconditional(end(*args)))


@_bug(seed=3)
def purchase_id_ignored(patch: Patch) -> None:
    """Only the idempotency key is checked, not the purchase id that came with it."""
    number_of = event_services._EmitCall.number
    patch.setattr(
        event_services._EmitCall, "number", lambda self, *args: None if self.idempotency_id else number_of(self, *args)
    )


@_bug(seed=46)
def freed_number_stays_free(patch: Patch) -> None:
    """A purchase that was cancelled or expired frees its number, and the purchase that comes then does not take it."""
    writes = purchases.number_writes

    def number_writes(number: Any, event: Event, freed_by: Event | None) -> list[Write]:
        return [] if freed_by else writes(number, event, freed_by)

    patch.setattr(emits, "number_writes", number_writes)
    patch.setattr(PurchaseNumber, "event_id", _event_id_by_attempt(PurchaseNumber.event_id))


@_bug(seed=46)
def freed_before_it_is_settled(patch: Patch) -> None:
    """A hold past its deadline frees its number, and can still be fulfilled by a machine whose clock is slow."""
    patch.setattr(event_services, "expire_event", lambda brand_id, event_id, _: events.load_event(brand_id, event_id))
    patch.setattr(events, "_ending_write", _unguarded(events._ending_write))


@_bug(seed=3)
def rescued_again_and_again(patch: Patch) -> None:
    """Any event can be rescued, not only one that has expired: it is paid twice."""
    patch.setattr(lifecycle, "refuse_to_rescue", lambda _: None)


@_bug(seed=112)
def rescued_with_a_number_that_was_freed(patch: Patch) -> None:
    """A purchase is rescued though another one has its number by now."""
    patch.setattr(lifecycle, "refuse_to_rescue", lambda event: refuse_to_rescue(event._replace(replaced_by=None)))
    patch.setattr(events, "_ending_write", _unguarded(events._ending_write))


@_bug(seed=2)
def rescued_beyond_budgets_and_limits(patch: Patch) -> None:
    """A rescue pays without taking its share of budgets, limits and progress again."""
    patch.setattr(lifecycle, "use_again", lambda _usage, used, *_: used)


@_bug(seed=5)
def rescued_with_points_that_were_released(patch: Patch) -> None:
    """A rescue takes for granted that what the hold had reserved is still there."""
    patch.setattr(lifecycle, "redeem_again", lambda event, *_: event.first_redeemed_lots)


@_bug(seed=22)
def number_good_for_every_shop(patch: Patch) -> None:
    """Two purchases with the same number are one even if they were made in two shops."""
    patch.setattr(event_services, "number_of", lambda brand, number, _store, at: number_of(brand, number, None, at))


@_bug(seed=111)
def active_at_deadline(patch: Patch) -> None:
    """Off by one: a hold is still active at its deadline."""
    patch.setattr(Hold, "is_active", lambda self, now: now <= self.deadline)
    patch.setattr(
        Event,
        "is_expired",
        lambda self, now: (
            self.status is EventStatus.EXPIRED
            or (self.status is EventStatus.PENDING and self.deadline is not None and now > self.deadline)
        ),
    )


@_bug(seed=2)
def expired_lots_spendable(patch: Patch) -> None:
    """Points can be spent until their lot is removed, not until it expires."""
    patch.setattr(Lot, "is_active", lambda *_: True)


@_bug(seed=1)
def vesting_points_spendable(patch: Patch) -> None:
    """Points that are available later can be spent at once."""
    patch.setattr(Lot, "is_vesting", lambda *_: False)


@_bug(seed=32)
def pending_at_the_instant(patch: Patch) -> None:
    """Off by one: points are still pending at the instant from which they are available."""
    patch.setattr(Lot, "is_vesting", lambda self, now: self.available_from is not None and now <= self.available_from)


@_bug(seed=18)
def available_with_the_merge(patch: Patch) -> None:
    """A merge makes points available that are still pending."""
    move = WalletUpdate.transfer_in

    def transfer_in(self: WalletUpdate, other: Wallet, at: int) -> None:
        wallet = replace(other, lots={})
        for lot in other.lots.values():
            apply_lot(wallet, lot.vested)
        move(self, wallet, at)

    patch.setattr(WalletUpdate, "transfer_in", transfer_in)


@_bug(seed=6)
def pending_points_clawed_back_from_others(patch: Patch) -> None:
    """A reversal does not find points that are still pending, and takes others in their stead, or leaves a debt."""
    claw_back = WalletUpdate.claw_back

    def claw_back_(self: WalletUpdate, lot: Lot, *args: Any, **options: Any) -> Any:
        return claw_back(self, lot.vested, *args, **options)

    patch.setattr(WalletUpdate, "claw_back", claw_back_)


@_bug(seed=123)
def vested_points_pay_no_debt(patch: Patch) -> None:
    """Points that are available at last leave the debt as it is."""
    patch.setattr(WalletUpdate, "_vest", lambda self: deque(vest(self.wallet, self.now), maxlen=0))


@_bug(seed=6)
def parts_taken_of_points_that_can_be_spent(patch: Patch) -> None:
    """What a part takes of points that are not available yet is taken of others."""
    patch.setattr(
        lifecycle, "taken_lots", lambda lots, amounts: tuple(lot.vested for lot in parts.taken_lots(lots, amounts))
    )


@_bug(seed=39)
def parts_of_a_rescue_as_they_were_held(patch: Patch) -> None:
    """After a rescue, parts give back what the hold had reserved, not what the rescue redeemed."""
    patch.setattr(Event, "reserved_lots", Event.first_redeemed_lots)


@_bug(seed=20)
def lost_response_taken_for_success(patch: Patch) -> None:
    """A transaction without a response is taken for done."""
    send = table.transact

    def transact(*writes: Write) -> None:
        try:
            send(*writes)
        except ServiceUnavailable:
            return

    _patch_transact(patch, transact)


@_bug(seed=3)
def swallowed_failure(patch: Patch) -> None:
    """A record that could not be settled is not reported as a failure, so it is not delivered again."""
    note = records._Processor.failure_handler

    def failure_handler(processor: Any, record: Any, exception: Any) -> Any:
        noted = note(processor, record, exception)
        if processor.event_type is EventType.DynamoDBStreams:
            processor.fail_messages.pop()
        return noted

    patch.setattr(records._Processor, "failure_handler", failure_handler)


@_bug(seed=5)
def stale_rules(patch: Patch) -> None:
    """Rules that were read once are used even if the brand has a newer version."""
    whole = published.finish_refresh

    def finish_refresh(refresh: Any, *args: Any, **options: Any) -> Any:
        return published.last_program(refresh.brand_id) or whole(refresh, *args, **options)

    patch.setattr(emits, "finish_refresh", finish_refresh)


@_bug(seed=8)
def merged_without_holds(patch: Patch) -> None:
    """A merge leaves the absorbed customer's holds behind."""
    move = WalletUpdate.transfer_in
    patch.setattr(WalletUpdate, "transfer_in", lambda self, other, at: move(self, replace(other, holds={}), at))


@_bug(seed=13)
def expired_points_clawed_back(patch: Patch) -> None:
    """A reversal claws back points that have already expired unspent."""
    patch.setattr(WalletUpdate, "claw_back", _claw_back_whole(WalletUpdate.claw_back))


@_bug(seed=76)
def waived_points_come_back(patch: Patch) -> None:
    """It is forgotten what a reversal has waived: it is credited when the event that spent it is undone as well."""
    patch.setattr("loyalty.domain.wallet.update.with_shortfall", lambda shortfalls, *_: shortfalls)


@_bug(seed=76)
def stand_ins_come_back_to_the_spent_lot(patch: Patch) -> None:
    """It is forgotten which lots stood in for the one that a reversal found spent."""

    def with_shortfall_(shortfalls: Shortfalls, shortfall: Shortfall, now: datetime) -> Shortfalls:
        return with_shortfall(shortfalls, shortfall._replace(taken=()), now)

    patch.setattr("loyalty.domain.wallet.update.with_shortfall", with_shortfall_)


@_bug(seed=107)
def shortfalls_end_with_their_lots(patch: Patch) -> None:
    """What a reversal did not find of a lot is forgotten once the lot has ended."""
    expire_lots = WalletUpdate.expire_lots

    def expire_lots_(self: WalletUpdate, limit: int) -> None:
        expire_lots(self, limit)
        kept = (one for one in self.wallet.shortfalls if one.expires_at is None or one.expires_at > self.now)
        self.wallet = replace(self.wallet, shortfalls=tuple(kept))

    patch.setattr(WalletUpdate, "expire_lots", expire_lots_)


@_bug(seed=19)
def overdrawn_budget(patch: Patch) -> None:
    """A budget is consumed even if it has changed since it was read."""
    writes = budgets.budget_writes
    patch.setattr(budgets, "budget_writes", lambda *args: [_unconditional(write) for write in writes(*args)])


@_bug(seed=1)
def budget_not_refunded(patch: Patch) -> None:
    """An expired hold releases its points, but not what its event consumed of budgets and limits."""
    patch.setattr(Customer, "without_released_usage", lambda self, *_: self)


@_bug(seed=1)
def trace_in_second_transaction(patch: Patch) -> None:
    """An assignment is written first, its trace in a second transaction."""

    def save(assignment: Assignment, before: Any, traced: Any) -> None:
        record = assignment.record
        records = offers.offer_writes(before.brand_id, record) if record else []
        events.save_change(assignment.change, before, None, *records)
        traces.save_trace(assignment.trace, traced)

    patch.setattr(assignments, "save_assignment", save)


@_bug(seed=50)
def recorded_before_sent(patch: Patch) -> None:
    """A request is recorded before it is sent: if sending fails, its repetition is taken for sent."""

    def send(message: dict[str, Any], sender: str) -> None:
        request = traces.from_message(message)
        with suppress(WriteConflict):
            traces.save_trace(accepted(request, request.accepted_at), None)
        queue.send(message, sender)

    patch.setattr(assignment_requests, "send", send)


@_bug(seed=11)
def offer_redeemed_twice(patch: Patch) -> None:
    """It is not checked whether an offer was redeemed: it is redeemed again and again while it is valid."""
    patch.setattr("loyalty.domain.events.emit.refuse_unredeemable", lambda *_: None)


@_bug(seed=1)
def progress_not_undone(patch: Patch) -> None:
    """A cancelled or reversed event still counts for conditions over history."""
    without = CustomerUsage.without
    patch.setattr(CustomerUsage, "without", lambda self, counts: without(self, counts._replace(progress={})))


@_bug(seed=10)
def progress_not_merged(patch: Patch) -> None:
    """A merge loses what the absorbed customer has counted."""
    joined = CustomerUsage.merged_with
    patch.setattr(CustomerUsage, "merged_with", lambda self, other: joined(self, other._replace(progress={})))


@_bug(seed=25)
def counter_not_reset(patch: Patch) -> None:
    """A reward that is pending does not reset the counters that led to it."""
    settle = evaluator._Evaluation._settle

    def settle_(
        self: Any, campaign: CompiledCampaign, lots: list[Lot], offers: list[GiveOffer], achieved: list[Counter]
    ) -> None:
        fulfilled = self._context.facts["fulfilled"]
        settle(self, campaign, lots, offers, achieved if fulfilled else [])

    patch.setattr(evaluator._Evaluation, "_settle", settle_)


@_bug(seed=2)
def test_clock_leaps(patch: Patch) -> None:
    """An advance moves the clock to its end at once, and settles there what has ended on the way."""
    stand_at = BrandClock.stand_at
    patch.setattr(BrandClock, "stand_at", lambda self, _, real: stand_at(self, self.to, real))


@_bug(seed=1)
def time_of_a_sandbox_stays(patch: Patch) -> None:
    """The process does not forget which brand to test with it has served: a live one gets its time."""
    last: list[Sandbox] = []

    @contextmanager
    def serving(brand_id: str | None) -> Iterator[None]:
        last.extend([Sandbox(brand_id)] if brand_id else [])
        yield

    patch.setattr(http, "serving", serving)
    patch.setattr(clock, "served", lambda: last[-1] if last else None)


@_bug(seed=1)
def forgotten_before_it_is_settled(patch: Patch) -> None:
    """An advance deletes a deadline first and settles it then: who is killed in between has lost it."""

    def settle(due: Due, now: Callable[[], datetime]) -> None:
        deadline = read_deadline(due.key)
        assert deadline is not None
        forget(due)
        deadline_services.settle(deadline, now)

    patch.setattr(test_clocks, "_settle", settle)


@_bug(seed=3)
def two_exclusive_winners(patch: Patch) -> None:
    """An exclusive group is not won by a campaign whose reward was cut by its budget."""
    settle = evaluator._Evaluation._settle

    def settle_(
        self: Any, campaign: CompiledCampaign, lots: list[Lot], offers: list[GiveOffer], achieved: list[Counter]
    ) -> None:
        won = dict(self._winners)
        settle(self, campaign, lots, offers, achieved)
        if campaign.limits.shared:
            self._winners = won

    patch.setattr(evaluator._Evaluation, "_settle", settle_)


@_bug(seed=23)
def offer_not_recalled(patch: Patch) -> None:
    """An offer that a campaign gave is not recalled when its event is reversed."""
    patch.setattr(lifecycle, "recalled", lambda offers, _: offers)


@_bug(seed=1)
def negative_of_any_element(patch: Patch) -> None:
    """A list meets `ne` and `not_in` if any of its elements differs, not only if all do."""
    holds = predicates.Predicate.holds

    def holds_(self: predicates.Predicate, found: predicates.Readings) -> bool:
        if self.negative and self.equal_to is not None and found.distinct:
            return not found.distinct <= self.equal_to
        return holds(self, found)

    def of(cls: Any, source: Source, conditions: dict[str, predicates.Predicate]) -> Any:
        return cls(source, {}, frozenset(), conditions)

    patch.setattr(predicates.Predicate, "holds", holds_)
    patch.setattr(evaluator._Asked, "of", classmethod(of))


@_bug(seed=1)
def conditions_met_by_different_lines(patch: Patch) -> None:
    """Conditions on one line of an order are met by different ones."""
    look_up = EventFields._values_of_items

    def values(self: EventFields, source: Source) -> list[Any]:
        assert source.items
        items = self.items(source.items)
        if any(all(any(item.holds(*one) for item in items) for one in together) for together in source.where):
            look_up(self, source)
            return [item.facts for item in items] if not source.path else look_up(self, source)
        return look_up(self, source)

    patch.setattr(EventFields, "_values_of_items", values)


@_bug(seed=42)
def parts_not_compared(patch: Patch) -> None:
    """A part is taken even if another one was taken since the event was read."""
    end = events._ending_write

    def write(event: Event, before: Event, now: datetime) -> Write:
        whole = end(event, before, now)
        request = whole.request["Update"]
        condition = re.sub(
            r" AND (#parts = :parts_before|attribute_not_exists\(#parts\))", "", request["ConditionExpression"]
        )
        values = {name: one for name, one in request["ExpressionAttributeValues"].items() if name != ":parts_before"}
        names = {
            name: one for name, one in request["ExpressionAttributeNames"].items() if name != "#parts" or event.parts
        }
        changed = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
        return Write({"Update": {**request, "ConditionExpression": condition, **changed}}, whole.conflict)

    patch.setattr(events, "_ending_write", write)


@_bug(seed=12)
def part_without_receipt(patch: Patch) -> None:
    """The key of a part is not remembered, so its retry takes the part again."""
    patch.setattr(ending_services._Call, "receipt", lambda *_: [])


@_bug(seed=22)
def whole_reversed_after_parts(patch: Patch) -> None:
    """A reversal after parts takes everything again, not only what is left."""
    rest = returns.rest_of
    patch.setattr(lifecycle, "rest_of", lambda event, *about: rest(event._replace(parts=()), *about))


@_bug(seed=56)
def unshipped_points_kept(patch: Patch) -> None:
    """What did not ship is not paid, but what was reserved for it does not come back."""
    unfulfilled = returns.unfulfilled_part

    def unfulfilled_part(*about: Any) -> Any:
        part = unfulfilled(*about)
        return part and part._replace(redeemed=())

    patch.setattr(lifecycle, "unfulfilled_part", unfulfilled_part)


@_bug(seed=22)
def budget_kept_by_parts(patch: Patch) -> None:
    """A part does not give back to budgets what it takes."""
    patch.setattr(returns._PartEffects, "_budgets", lambda *_: {})


@_bug(seed=32)
def parts_rounded_each(patch: Patch) -> None:
    """Each part is rounded by itself, not what all parts have taken together."""

    def take(self: Any, base: Any, left: Any, share: Any, decimals: int) -> Any:
        before = [one for one in self._event.parts if not one.unfulfilled]
        remaining = parts.RemainingOrder(self._after.order, [*self._unfulfilled, *before])
        share -= self._relative(self._first.gone_share(()), remaining.gone_share(()))
        return min(left, parts.share_of_amount(base, max(share, 0), decimals))

    patch.setattr(returns._PartEffects, "_take", take)


def _patch_transact(patch: Patch, transact: Callable[..., None]) -> None:
    for module in (customers, emits, events):
        patch.setattr(module, "transact", transact)


def _unconditional(write: Write) -> Write:
    ((kind, request),) = write.request.items()
    update = request.get("UpdateExpression", "")
    kept = {name: value for name, value in request.items() if name != "ConditionExpression"}
    for part in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        kept[part] = {name: value for name, value in request.get(part, {}).items() if re.search(rf"{name}\b", update)}
    return Write({kind: {name: value for name, value in kept.items() if value}}, write.conflict)


def _event_id_by_attempt(event_id: Callable[..., str]) -> Callable[..., str]:
    """A new id for each event that gets a number which was free."""

    def event_id_(self: PurchaseNumber, freed_by: Event | None = None) -> str:
        return ids.random_id() if freed_by else event_id(self)

    return event_id_


def _unguarded(ending_write: Callable[..., Write]) -> Callable[..., Write]:
    """The ending of an event as it is, except that nobody looks whether its number was given away."""

    def write(*args: Any) -> Write:
        whole = ending_write(*args)
        request = whole.request["Update"]
        condition = request["ConditionExpression"].replace(" AND attribute_not_exists(#replaced_by)", "")
        names = {name: one for name, one in request["ExpressionAttributeNames"].items() if name != "#replaced_by"}
        return Write(
            {"Update": {**request, "ConditionExpression": condition, "ExpressionAttributeNames": names}},
            whole.conflict,
        )

    return write


def _claw_back_whole(claw_back_: Callable[..., Any]) -> Callable[..., Any]:
    def claw_back(self: WalletUpdate, lot: Lot, event_id: str, sequence: int, **more: Any) -> Any:
        return claw_back_(self, lot, event_id, sequence, **{**more, "expired_unspent": 0})

    return claw_back
