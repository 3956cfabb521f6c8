"""The invariants of every commit: it is applied to the reference model, and what is stored must be the model's."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from loyalty.domain.assignments.traces import AssignmentTrace, TraceStatus
from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.offers import Offer
from loyalty.domain.times import from_millis, to_millis
from loyalty.domain.wallet.lots import Balance, EntryType, LedgerEntry, LotKey
from loyalty.store.table import from_wire
from tests.simulation.commits import Commit, read_brand, read_commit, read_ruleset
from tests.simulation.dynamodb import ItemChange
from tests.simulation.histories import BRAND
from tests.simulation.model.budgets import ModelBudgets, budget_left_in
from tests.simulation.model.comparison import comparable, model_progress, outcome_of, stored_progress
from tests.simulation.model.counters import ConditionPath, CounterValues, add_values
from tests.simulation.model.evaluation import (
    BudgetAmount,
    EvaluationContext,
    LimitPeriod,
    Lots,
    Outcome,
    Ruleset,
    by_lot,
    possible_outcomes,
)
from tests.simulation.model.offers import ModelOffers
from tests.simulation.model.parts import BY_LINES, share_gone, taken_by_last
from tests.simulation.model.purchases import ModelPurchases
from tests.simulation.model.wallet import ZERO, Balances, LotAmount, ModelHold, ModelWallet, lot_amounts
from tests.simulation.simulator import InvariantViolation, Simulator, Task

_TRANSITIONS = {
    RecordType.FULFILLED: (EventStatus.PENDING, EventStatus.RESOLVED),
    RecordType.CANCELLED: (EventStatus.PENDING, EventStatus.CANCELLED),
    RecordType.EXPIRED: (EventStatus.PENDING, EventStatus.EXPIRED),
    RecordType.REVERSED: (EventStatus.RESOLVED, EventStatus.REVERSED),
    RecordType.PART_REVERSED: (EventStatus.RESOLVED, EventStatus.RESOLVED),
    RecordType.EXTENDED: (EventStatus.PENDING, EventStatus.PENDING),
    RecordType.RESCUED: (EventStatus.EXPIRED, EventStatus.RESOLVED),
}
# How old the rules may be that an event is decided by, in milliseconds.
MAX_AGE = 1500
_ASSIGNMENTS = (RecordType.OFFER_ASSIGNED, RecordType.POINTS_ASSIGNED)
_WITHOUT_EVENT = (RecordType.LOTS_EXPIRED, RecordType.OFFERS_EXPIRED, RecordType.OFFER_ASSIGNED)


class EventState(NamedTuple):
    """An event's status and deadline from a time on."""

    since: int
    status: EventStatus
    deadline: datetime | None

    def status_at(self, now: datetime) -> EventStatus:
        """The status that any read at that time must show."""
        expired = self.status is EventStatus.PENDING and self.deadline is not None and now >= self.deadline
        return EventStatus.EXPIRED if expired else self.status


@dataclass
class ModelEvent:
    """An event as the model has it; `states` are all that it has been in.

    `redeemed` and `granted` are what is left of it; `sums` the conditions over history that add up a field.
    """

    event: Event
    redeemed: tuple[LotAmount, ...]
    granted: tuple[LotAmount, ...]
    first_balances: Balances
    outcome: Outcome
    states: list[EventState]
    redeemed_at: int = 0
    redeemed_by: str = ""
    replaced_tags: Mapping[str, Any] = field(default_factory=dict)
    sums: frozenset[ConditionPath] = frozenset()


class TakenLots(NamedTuple):
    """What a change of an event takes: of what it redeemed, which comes back, and of what it granted."""

    redeemed: tuple[LotAmount, ...]
    granted: tuple[LotAmount, ...]


@dataclass
class ModelCustomer:
    """One customer: the wallet as it must be, the sums of the ledger entries, and every wallet the customer has had."""

    wallet: ModelWallet = field(default_factory=ModelWallet)
    lots: dict[LotKey, Decimal] = field(default_factory=dict)
    debts: dict[str, Decimal] = field(default_factory=dict)
    wallets: list[tuple[int, ModelWallet]] = field(default_factory=list)
    pending_refunds: dict[str, BudgetAmount] = field(default_factory=dict)
    tags: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    assigned: dict[str, Decimal] = field(default_factory=dict)

    def add(self, entries: Sequence[LedgerEntry]) -> None:
        """Add ledger entries to the sums."""
        for entry in entries:
            # A lot that was granted before it was available is one with others once it is.
            key, reward = entry.lot.vested.key, entry.lot.reward_id
            self.lots[key] = self.lots.get(key, ZERO) + entry.lot.amount
            self.debts[reward] = self.debts.get(reward, ZERO) + entry.debt


class InvariantChecker:
    """The reference model of the brand. `check` raises InvariantViolation for a commit that it does not allow."""

    def __init__(self) -> None:
        self.simulator: Simulator
        self.customers: dict[str, ModelCustomer] = {}
        self.merged_into: dict[str, str] = {}
        self.created: dict[str, datetime] = {}
        self.events: dict[str, ModelEvent] = {}
        self.version = -1
        self.published = -1
        self.versions: dict[int, Ruleset] = {}
        self.rulesets: list[tuple[int, Ruleset]] = []
        self.budgets = ModelBudgets()
        self.offers = ModelOffers()
        self.purchases = ModelPurchases()
        self.traces: dict[str, AssignmentTrace] = {}

    def survivor_id(self, customer_id: str) -> str:
        """The id of the customer that this one is by now, after all merges."""
        while customer_id in self.merged_into:
            customer_id = self.merged_into[customer_id]
        return customer_id

    def customer(self, customer_id: str) -> ModelCustomer | None:
        """The customer with that id, or the one it was merged into."""
        return self.customers.get(self.survivor_id(customer_id))

    def is_held(self, event: Event) -> bool:
        """Whether a pending event still has its hold."""
        customer = self.customer(event.customer_id)
        return customer is not None and event.event_id in customer.wallet.holds

    def wallets_since(self, customer_id: str, since: int) -> Iterator[ModelWallet]:
        """Every wallet that a read which began then may have seen; an empty one if there was none before."""
        names = {customer_id}
        while customer_id in self.merged_into:
            customer_id = self.merged_into[customer_id]
            names.add(customer_id)
        for name in names:
            wallets = self.customers[name].wallets if name in self.customers else []
            yield from (wallet for _, wallet in _since(wallets, since, ModelWallet()))

    def check(self, changes: list[ItemChange]) -> None:
        """Apply to the model what one transaction, or TTL, has changed, and compare what is stored."""
        if any(change.key.pk == f"BRAND#{BRAND}" for change in changes):
            self._apply_ruleset()
        commit = read_commit(changes)
        self._check_traces(commit)
        self._consumed_now: dict[str, BudgetAmount] = {}
        for customer_id, stored in commit.customers.items():
            self.created.setdefault(customer_id, stored.created_at)
            self.customers.setdefault(customer_id, ModelCustomer())
        if commit.merged_into:
            self._apply_merge(commit)
        elif commit.events or commit.records:
            self._apply_events(commit)
        else:
            self._apply_profile(commit)
        for customer_id, stored in commit.customers.items():
            customer = self.customers[customer_id]
            self._release_usage(customer.wallet)
            self._compare(customer, stored)
            self._check_standing_grants(customer_id, customer)
            self._compare_offers(stored)
            self._compare_progress(stored)
            expected = (customer.tags, customer.attributes)
            _require("only effects and clients change a customer", (stored.tags, stored.attributes), expected)
            refunds = stored.usage.pending_refunds
            customer.pending_refunds = {name: BudgetAmount(*amount) for name, amount in refunds.items()}
            customer.wallets.append((self.simulator.now, customer.wallet.copy()))
        self._check_budgets(changes)

    def _release_usage(self, wallet: ModelWallet) -> None:
        """Events that were cancelled, expired or reversed use no budgets, limits and offers any more."""
        self.budgets.release(wallet.released_events)
        self.offers.release(wallet.released_events)
        wallet.released_events.clear()

    def _apply_profile(self, commit: Commit) -> None:
        """Only clients change tags and attributes in a commit without events."""
        for customer_id, stored in commit.customers.items():
            customer = self.customers[customer_id]
            customer.tags, customer.attributes = stored.tags, stored.attributes

    def _ids_of(self, customer_id: str) -> set[str]:
        """All ids of that customer, merged ones included."""
        is_same = self._is_same(customer_id)
        return {other for other in {*self.customers, customer_id} if is_same(other)}

    def _is_same(self, customer_id: str) -> Callable[[str], bool]:
        survivor = self.survivor_id(customer_id)
        return lambda other: self.survivor_id(other) == survivor

    def _check_traces(self, commit: Commit) -> None:
        """A request ends once, and what was assigned is written in the transaction in which its trace says so."""
        traces = [t for t in commit.traces.values() if t.status is TraceStatus.ASSIGNED and not t.published]
        records = [record for record in commit.records.values() if record.type in _ASSIGNMENTS]
        if len(traces) != len(records):
            raise InvariantViolation("what is assigned is what was requested", (traces, records))
        for trace_id, trace in commit.traces.items():
            before = self.traces.get(trace_id)
            if before and before.ended and (before.status, before.steps) != (trace.status, trace.steps):
                raise InvariantViolation("a request ends once", (before, trace))
            self.traces[trace_id] = trace
        for trace, record in zip(traces, records, strict=True):
            fields = trace.request.fields
            if record.type is RecordType.OFFER_ASSIGNED:
                (offer,) = record.updated_offers
                if offer.offer_id in self.offers.offers or trace.offer_id != offer.offer_id:
                    raise InvariantViolation("an offer is granted once", (trace, record))
                self.offers.offers[offer.offer_id] = offer
            else:
                moved = [(e.lot.reward_id, e.amount) for e in record.entries if e.type is EntryType.ADJUSTMENT]
                total = sum((amount for _, amount in moved), ZERO)
                if total != fields["pointsEarned"] or {reward for reward, _ in moved} != {fields["rewardId"]}:
                    raise InvariantViolation("as many points are assigned as were requested", (trace, record))

    def _compare_offers(self, stored: Customer) -> None:
        """The stored customer's offers, those in holds included, against the model's."""
        if stored.customer_id in self.merged_into:
            expected: dict[str, str | None] = {}
        else:
            expected = self.offers.of_customer(self._ids_of(stored.customer_id))
        found = {offer_id: offer.used_by for offer_id, offer in stored.offers.items()}
        for event_id, hold in stored.wallet.holds.items():
            found |= dict.fromkeys(hold.offers, event_id)
        _require("an offer is redeemed by the event that the model says", found, expected)

    def _compare_progress(self, stored: Customer) -> None:
        """The stored progress against what the customer's events have counted, by period."""
        is_merged = stored.customer_id in self.merged_into
        expected = {} if is_merged else self.budgets.counters(self._is_same(stored.customer_id))
        found = stored_progress(stored.usage.progress)
        _require("progress is what the customer's events have counted", found, model_progress(expected))

    def _check_budgets(self, changes: list[ItemChange]) -> None:
        """What a campaign may give = what is left + what events consume + what customers still have to refund."""
        names = {change.key.pk.split("#")[3] for change in changes if "#BUDGET#" in change.key.pk}
        for name in sorted(names):
            prefix = f"BRAND#{BRAND}#BUDGET#{name}#"
            shards = {
                pk.removeprefix(prefix): budget_left_in(from_wire(items["BUDGET"]))
                for pk, items in self.simulator.table.partitions.items()
                if pk.startswith(prefix)
            }
            refunds = [customer.pending_refunds.get(name, BudgetAmount()) for customer in self.customers.values()]
            total = BudgetAmount(sum((r.amount for r in refunds), ZERO), sum(r.times for r in refunds))
            if discrepancy := self.budgets.discrepancy(name, shards, total):
                raise InvariantViolation("a budget is never exceeded, and is refunded", discrepancy)
            self.budgets.shards.setdefault(name, []).append((self.simulator.now, shards))

    def _context(self, event: Event) -> EvaluationContext:
        is_same, customer = self._is_same(event.customer_id), self.customers[self.survivor_id(event.customer_id)]
        counters = self.budgets.counters(is_same)

        def times_rewarded(counter_id: str, period: LimitPeriod) -> int:
            return self.budgets.times_rewarded(counter_id, period, is_same)

        def budget_left(campaign_id: str) -> BudgetAmount:
            shards = _since(self.budgets.shards.get(campaign_id, []), self.simulator.task.call_began)
            lowest = self.budgets.lowest(shards)
            consumed = self._consumed_now.get(campaign_id, BudgetAmount())
            return BudgetAmount(lowest.amount - consumed.amount, lowest.times - consumed.times)

        def counter(path: ConditionPath) -> CounterValues:
            return counters.get(path, {})

        return EvaluationContext(
            event.type,
            event.data,
            event.issued_at,
            event.recorded_at,
            times_rewarded,
            budget_left,
            counter,
            customer.tags,
            customer.attributes,
        )

    def _apply_ruleset(self) -> None:
        """Each change makes a version of the rules, which is in force when it has been published."""
        items = self.simulator.table.partitions[f"BRAND#{BRAND}"]
        brand = from_wire(items["BRAND"])
        version, published = int(str(brand["version"])), int(str(brand.get("published", -1)))
        if version != self.version:
            _require("a change makes the next version", version, self.version + 1)
            self.version = version
            self.purchases.daily = read_brand(items).purchase_ids == "daily"
            self.versions[version] = read_ruleset(items)
            self.budgets.set_limits(self.versions[version].campaigns)
        if published != self.published:
            if not self.published < published <= version:
                raise InvariantViolation("a newer program is published", (self.published, published, version))
            self.published = published
            self.rulesets.append((self.simulator.now, self.versions[published]))

    def _possible_rulesets(self) -> list[Ruleset]:
        """The rules that the present call may have decided by."""
        return [ruleset for _, ruleset in _since(self.rulesets, self.simulator.task.call_began - MAX_AGE)]

    def _apply_events(self, commit: Commit) -> None:
        (customer_id,) = commit.customers
        customer = self.customers[customer_id]
        for event in sorted(commit.events, key=lambda event: event.sequence):
            self._check_time(event.recorded_at)
            customer.add(event.entries)
            self._apply_event(customer.wallet, event)
        for record in commit.records.values():
            self._check_time(record.at)
            customer.add(record.entries)
            before, after = commit.changed.get(record.event_id or "", (None, None))
            at_end = _balances_at_end(customer.wallet, before) if record.type is RecordType.EXPIRED else None
            customer.wallet = self._apply_record(customer.wallet, record, before, after, commit.customers[customer_id])
            self._release_usage(customer.wallet)
            self._apply_offers(customer_id, customer, record)
            if after:
                balances = customer.wallet.balances(record.at) if at_end is None else at_end
                if record.type is not RecordType.EXPIRED or at_end is not None:
                    _require("an event has the balances after its change", _balances(after.balances), balances)

    def _apply_event(self, wallet: ModelWallet, event: Event) -> None:
        """An event redeems what is available, and earns what the rules say."""
        now = event.recorded_at
        released = wallet.release_expired_holds(now)
        _require("every expired hold is released with the next event", released, list(event.closed_holds))
        self._release_usage(wallet)
        ids = self._ids_of(event.customer_id)
        if wrong := self.offers.redeem(event.redeemed_offers, event.event_id, ids, now):
            raise InvariantViolation("an offer is redeemed once, while it is valid, by its customer", (event, wrong))
        offer_ids = {offer.offer_id for offer in event.redeemed_offers}
        requested = redemptions_in(event.data) if event.evaluated else {}
        redeemed: list[LotAmount] = []
        for reward, amount in requested.items():
            if reward in offer_ids:
                continue
            if wallet.available(reward, now) < amount:
                raise InvariantViolation("only what is available is redeemed", (event, reward, amount, wallet))
            redeemed += wallet.spend(reward, amount, now)
        expected = by_lot(tuple(redeemed))
        _require("the lots that expire first are redeemed", by_lot(lot_amounts(event.redeemed_lots)), expected)
        granted = lot_amounts(event.granted_lots)
        outcome = self._check_outcome(event, by_lot(granted))
        if event.standby:
            if event.deadline is None or event.deadline <= now:
                raise InvariantViolation("a hold's deadline is after its beginning", event)
            wallet.holds[event.event_id] = ModelHold(event.deadline, tuple(redeemed), granted, event.sequence)
        else:
            for lot in granted:
                wallet.credit(lot, now)
        balances = wallet.balances(now)
        _require("an event has the balances after it", _balances(event.first_balances), balances)
        if event.event_id in self.events:
            raise InvariantViolation("an event is written once", event)
        self._take_number(event)
        states = [EventState(self.simulator.now, event.status, event.deadline)]
        model = ModelEvent(
            event,
            lot_amounts(event.reserved_lots),
            granted,
            balances,
            outcome,
            states,
            event.sequence,
            event.customer_id,
        )
        model.sums = frozenset(path for path in outcome.counters if self._is_sum(path))
        self.events[event.event_id] = model
        if not event.standby:
            self._apply_resolution(model)

    def _take_number(self, event: Event) -> None:
        """A purchase has a number that no event has which is or was paid, or still can be."""
        number = self.purchases.number(event.data, event.issued_at)
        if number is None:
            return
        holder = self.events.get(self.purchases.holder(number) or "")
        if holder and holder.states[-1].status not in (EventStatus.CANCELLED, EventStatus.EXPIRED):
            raise InvariantViolation("a purchase is paid once", (number, holder.event, event))
        self.purchases.take(number, event.event_id, self.simulator.now)

    def _check_outcome(self, event: Event, granted: Lots) -> Outcome:
        """An event earns what one of the rulesets grants that it may have read, within budgets and limits."""
        context = self._context(event)
        rulesets = [ruleset for ruleset in self._possible_rulesets() if ruleset.enabled is event.evaluated]
        possible = [outcome for ruleset in rulesets for outcome in possible_outcomes(ruleset, context, granted)]
        found = outcome_of(event)
        outcome = next((one for one in possible if comparable(one) == found), None)
        if outcome is None:
            details = f"{event}\nhas {found}\nmust have one of {[*map(comparable, possible)]}\nby {rulesets}"
            raise InvariantViolation("an event earns what the rules of its time say", details)
        self.budgets.consume(event.event_id, event.customer_id, outcome)
        for name, budget in outcome.budgets.items():
            before = self._consumed_now.get(name, BudgetAmount())
            self._consumed_now[name] = BudgetAmount(before.amount + budget.amount, before.times + budget.times)
        return outcome

    def _apply_resolution(self, model: ModelEvent) -> None:
        """Tags are set and offers granted when their event is resolved."""
        customer, tags = self.customers[self.survivor_id(model.event.customer_id)], model.outcome.tags
        model.replaced_tags = {name: customer.tags[name] for name in tags if name in customer.tags}
        customer.tags = {**customer.tags, **tags}
        if wrong := self.offers.grant(granted.offer for granted in model.event.granted_offers):
            raise InvariantViolation("an offer is granted once", (model.event, wrong))

    def _apply_offers(self, customer_id: str, customer: ModelCustomer, record: JournalRecord) -> None:
        """A change of an event grants or recalls its tags and offers; ended offers leave the customer's state."""
        model, removed, recalled = self.events.get(record.event_id or ""), set(record.removed_offers), list[Offer]()
        if model and record.type is RecordType.RESCUED:
            ids = self._ids_of(model.event.customer_id)
            if wrong := self.offers.redeem(model.event.redeemed_offers, model.event.event_id, ids, record.at):
                raise InvariantViolation("an offer is redeemed once, while it is valid, by its customer", wrong)
        if model and record.type in (RecordType.FULFILLED, RecordType.RESCUED):
            self._apply_resolution(model)
            expected = tuple(granted.offer for granted in model.event.granted_offers)
            _require("the offers that were pending are granted", record.updated_offers, expected)
        elif model and record.type is RecordType.REVERSED:
            set_here = {name for name, value in model.outcome.tags.items() if customer.tags.get(name) == value}
            kept = {name: value for name, value in customer.tags.items() if name not in set_here}
            customer.tags = kept | {name: value for name, value in model.replaced_tags.items() if name in set_here}
            recalled = [granted.offer for granted in model.event.granted_offers]
        going = self.offers.recall(recalled, self._ids_of(customer_id))
        if not going <= removed:
            raise InvariantViolation("an offer is recalled with the event that granted it", (record, going))
        if wrong := self.offers.remove(removed - going, customer.wallet.holds, record.at):
            raise InvariantViolation("an offer is removed when it has ended and no hold redeems it", (record, wrong))

    def _apply_record(
        self, wallet: ModelWallet, record: JournalRecord, before: Event | None, after: Event | None, stored: Customer
    ) -> ModelWallet:
        """The wallet after a journal record: a change of an event, an assignment, or lots that expired."""
        now = record.at
        if record.type in _WITHOUT_EVENT:
            return self._expire_lots(wallet, record)
        if record.type is RecordType.POINTS_ASSIGNED:
            return self._expire_lots(self._apply_adjustment(wallet.copy(), record, stored), record)
        if before is None or after is None or record.event_id is None:
            raise InvariantViolation("a journal record and its event change in one transaction", record)
        model = self.events[record.event_id]
        state = model.states[-1]
        old, new = _TRANSITIONS[record.type]
        if (state.status, before.status, after.status) != (old, old, new):
            raise InvariantViolation(
                "an event ends once, as its state allows", (record, state, before.status, after.status)
            )
        if old is EventStatus.PENDING:
            assert state.deadline is not None
            if (now >= state.deadline) is not (record.type is RecordType.EXPIRED):
                raise InvariantViolation("a hold is active before its deadline and expired at it", (record, state))
        is_extension = record.type is RecordType.EXTENDED
        if is_extension and (after.deadline is None or after.deadline <= (state.deadline or now)):
            raise InvariantViolation("an extension moves the deadline later", (record, state))
        model.states.append(EventState(self.simulator.now, after.status, after.deadline))
        model.event = after
        if record.type is RecordType.RESCUED:
            return self._expire_lots(self._apply_rescue(wallet.copy(), record, model), record)
        taken = self._take_part(model, before, record)
        if record.type not in (RecordType.REVERSED, RecordType.PART_REVERSED):
            return self._expire_lots(_close_hold(wallet.copy(), record, model, taken), record)
        # Whether a debt may remain is the reward's setting at any time during the call.
        possible = [
            self._expire_lots(_reverse(wallet.copy(), record, model, ruleset, stored.customer_id, taken), record)
            for ruleset in self._possible_rulesets()
        ]
        return next((one for one in possible if _difference(one, stored) is None), possible[-1])

    def _is_sum(self, path: ConditionPath) -> bool:
        """Whether a condition adds up a field; what it counts is the same in all versions of the rules."""
        if len(path) != 4:
            return False
        name, rule, alternative, number = path
        for ruleset in self.versions.values():
            if name in ruleset.campaigns:
                rules: Any = ruleset.campaigns[str(name)]["rules"]
                return bool(rules[rule]["conditions"][alternative][number]["operator"] == "total_gte")
        return False

    def _take_part(self, model: ModelEvent, before: Event, record: JournalRecord) -> TakenLots:
        """What a change takes of what is left of an event's lots: by their shares if it is about a part, else all."""
        event, redeemed, granted = model.event, model.redeemed, model.granted
        new = event.parts[len(before.parts) :]
        if record.type is RecordType.REVERSED:
            model.redeemed, model.granted = (), ()
            return TakenLots(redeemed, granted)
        if not new:
            return TakenLots((), ())
        (part,) = new
        reasons = [one.reason for one in event.parts if one.reason]
        if len(set(reasons)) < len(reasons):
            raise InvariantViolation("a part is taken once", event.parts)
        if share_gone(event.data, event.parts) >= 1:
            raise InvariantViolation("never more comes back than was bought, and the last part reverses", event.parts)
        amounts = [
            taken_by_last(lot.amount, event.data, list(event.parts))
            if lot.campaign_id not in BY_LINES
            else (part.granted[i] if part.granted else ZERO)
            for i, lot in enumerate(event.promised_lots)
        ]
        _require("a part takes its share of what was earned", list(part.granted or [ZERO] * len(amounts)), amounts)
        by_reward: dict[str, Decimal] = {}
        for lot, amount in zip(event.reserved_lots, part.redeemed or [ZERO] * len(redeemed), strict=True):
            by_reward[lot.reward_id] = by_reward.get(lot.reward_id, ZERO) + amount
        of_lines = {one["id"] for line in event.data["order"]["products"] for one in line.get("redeem") or ()}
        for reward, amount in by_reward.items():
            whole = sum((lot.amount for lot in event.reserved_lots if lot.reward_id == reward), ZERO)
            if reward not in of_lines:
                expected = taken_by_last(whole, event.data, list(event.parts))
                _require("a part gives back its share of what was spent", amount, expected)
        model.redeemed, taken_redeemed = _less(redeemed, part.redeemed)
        model.granted, taken_granted = _less(granted, part.granted)
        self._release_part(model, taken_granted)
        return TakenLots(taken_redeemed, taken_granted)

    def _release_part(self, model: ModelEvent, granted: Sequence[LotAmount]) -> None:
        """A part gives back the budgets of what it takes, and its share of sums over history."""
        customer_id, outcome = self.budgets.events[model.event.event_id]
        budgets = dict(outcome.budgets)
        for lot in granted:
            name = str(lot.key.campaign_id)
            if name in budgets and budgets[name].amount:
                budgets[name] = budgets[name]._replace(amount=budgets[name].amount - lot.amount)
        counters = {
            path: add_values(
                values,
                {
                    key: -_taken_of_sum(number, model.outcome.counters[path][key], model.event)
                    for key, number in values.items()
                    if path in model.sums and number > 0
                },
            )
            for path, values in outcome.counters.items()
        }
        self.budgets.events[model.event.event_id] = customer_id, replace(outcome, budgets=budgets, counters=counters)

    def _apply_rescue(self, wallet: ModelWallet, record: JournalRecord, model: ModelEvent) -> ModelWallet:
        """An expired event redeems what is available now, takes what it had used, and is paid as it was promised."""
        event, now = model.event, record.at
        wallet.release_expired_holds(now)
        self._release_usage(wallet)
        number = self.purchases.number(event.data, event.issued_at)
        if number and self.purchases.holder(number) != event.event_id:
            raise InvariantViolation("a purchase is paid once", (number, event))
        redeemed: list[LotAmount] = []
        for reward, amount in amounts_by_reward(model.redeemed).items():
            if wallet.available(reward, now) < amount:
                raise InvariantViolation("only what is available is redeemed", (event, reward, amount, wallet))
            redeemed += wallet.spend(reward, amount, now)
        expected = by_lot(tuple(redeemed))
        _require("the lots that expire first are redeemed", by_lot(lot_amounts(event.redeemed_lots)), expected)
        self._check_limits_of_rescue(model)
        self.budgets.consume(event.event_id, event.customer_id, model.outcome)
        for lot in model.granted:
            wallet.credit(lot, now)
        model.redeemed, model.redeemed_at = lot_amounts(event.reserved_lots), record.sequence
        model.redeemed_by = self.survivor_id(event.customer_id)
        return wallet

    def _check_limits_of_rescue(self, model: ModelEvent) -> None:
        """Nobody is rewarded more often than one of the rulesets says that it may have read."""
        is_same = self._is_same(model.event.customer_id)

        def is_reached(ruleset: Ruleset) -> bool:
            names = {counter_id: name for name, counter_id in ruleset.counter_ids.items()}
            limits = {
                counter_id: (ruleset.campaigns.get(names.get(counter_id, ""), {}).get("limits") or {}).get(
                    "per_customer"
                )
                for counter_id in model.outcome.limit_periods
            }
            return any(
                limit and self.budgets.times_rewarded(counter_id, period, is_same) >= limit["times"]
                for counter_id, period in model.outcome.limit_periods.items()
                if (limit := limits[counter_id])
            )

        if all(map(is_reached, self._possible_rulesets())):
            raise InvariantViolation("a rescue keeps to the limits", (model.event, model.outcome))

    def _apply_adjustment(self, wallet: ModelWallet, record: JournalRecord, stored: Customer) -> ModelWallet:
        """Points that a marketing tool assigns never expire; a deduction may leave a debt if the reward allows that."""
        wallet.release_expired_holds(record.at)
        entries = [entry for entry in record.entries if entry.type is EntryType.ADJUSTMENT]
        reward, amount = entries[0].lot.reward_id, sum((entry.amount for entry in entries), ZERO)
        if amount > 0:
            assigned = self.customers[stored.customer_id].assigned
            assigned[reward] = assigned.get(reward, ZERO) + amount
            wallet.credit(LotAmount(LotKey(reward, None, None), amount, record.at), record.at)
            return wallet
        allowed = any(ruleset.allow_negative.get(reward) for ruleset in self._possible_rulesets())
        if wallet.available(reward, record.at) + amount < 0 and not allowed:
            raise InvariantViolation("there is no debt where none is allowed", (record, wallet))
        wallet.debit(reward, -amount, record.at)
        return wallet

    def _expire_lots(self, wallet: ModelWallet, record: JournalRecord) -> ModelWallet:
        """The wallet without the lots that the record says have expired; they must be over, and go whole."""
        wallet = wallet.copy()
        wallet.release_expired_holds(record.at)
        for entry in record.entries:
            if entry.type is not EntryType.EXPIRATION:
                continue
            key, amount = entry.lot.key, -entry.lot.amount
            if key.expires_at is None or record.at < key.expires_at or wallet.lots.get(key) != amount:
                raise InvariantViolation("what expires is all that is left of a lot", (entry, record.at, wallet))
            wallet.expire_lot(key, amount)
        return wallet

    def _apply_merge(self, commit: Commit) -> None:
        """Two customers become the older one, which has what both had."""
        ((absorbed_id, survivor_id),) = commit.merged_into.items()
        survivor, absorbed = self.customers[survivor_id], self.customers[absorbed_id]
        gains, losses = commit.records[survivor_id], commit.records[absorbed_id]
        self._check_time(gains.at)
        if self.created[survivor_id] > self.created[absorbed_id]:
            raise InvariantViolation("a merge keeps the older customer", commit)
        now = gains.at
        before = _sum(_available(survivor.wallet, now), _available(absorbed.wallet, now))
        survivor.add(gains.entries)
        absorbed.add(losses.entries)
        survivor.wallet.absorb(absorbed.wallet, gains.sequence, now)
        survivor.assigned = _sum(survivor.assigned, absorbed.assigned)
        survivor.tags = {**absorbed.tags, **survivor.tags}
        survivor.attributes = {**absorbed.attributes, **survivor.attributes}
        _require("a merge neither creates nor loses anything", _available(survivor.wallet, now), before)
        transfers = _sum(_transfers(gains.entries), _transfers(losses.entries))
        _require("a merge's ledger entries add up to zero", _nonzero(transfers), {})
        ids = {name for name in self.merged_into if self.survivor_id(name) == absorbed_id}
        _require("all merged ids lead straight to the survivor", commit.redirected, dict.fromkeys(ids, survivor_id))
        self.merged_into[absorbed_id] = survivor_id

    def _compare(self, customer: ModelCustomer, stored: Customer) -> None:
        """The stored wallet against the model's, and against the sums of the ledger entries."""
        if difference := _difference(customer.wallet, stored):
            raise InvariantViolation("the stored wallet is the model's", f"{stored.customer_id}: {difference}")
        lots: dict[LotKey, Decimal] = {}
        for lot in stored.wallet.lots.values():
            lots[lot.vested.key] = lots.get(lot.vested.key, ZERO) + lot.amount
        expected = {key: amount for key, amount in customer.lots.items() if amount}
        _require("the sum of the ledger entries is the stored lots", lots, expected)
        debts = _nonzero(stored.wallet.debts)
        _require("the sum of the ledger entries is the stored debts", debts, _nonzero(customer.debts))
        expiries = [key.expires_at for key in customer.wallet.lots if key.expires_at]
        next_expiry = stored.next_lot_expiry
        missed = [
            expires_at
            for expires_at in expiries
            if (next_expiry is None or expires_at < next_expiry) and to_millis(expires_at) > self.simulator.now
        ]
        if missed:
            details = (stored.customer_id, next_expiry, missed)
            raise InvariantViolation("every active lot has a deadline item in time", details)

    def _check_standing_grants(self, customer_id: str, customer: ModelCustomer) -> None:
        """Nobody can spend more of a reward than the events that stand, and marketing tools, have granted."""
        granted = dict(customer.assigned)
        ids = self._ids_of(customer_id) if customer_id not in self.merged_into else {customer_id}
        for model in self.events.values():
            if model.event.customer_id in ids and model.states[-1].status is EventStatus.RESOLVED:
                for lot in model.granted:
                    granted[lot.key.reward_id] = granted.get(lot.key.reward_id, ZERO) + lot.amount
        for reward, amount in _available(customer.wallet, from_millis(self.simulator.now)).items():
            if amount > granted.get(reward, ZERO):
                details = f"{customer_id}: {amount} {reward} of {granted}"
                raise InvariantViolation("what is available was granted by an event that stands", details)

    def _check_time(self, at: datetime) -> None:
        task: Task = self.simulator.task
        if not task.call_began <= to_millis(at) - task.skew <= self.simulator.now:
            raise InvariantViolation("what is recorded happened during the call", (at, task.name))


def amounts_by_reward(lots: Sequence[LotAmount]) -> dict[str, Decimal]:
    """The sums of these lots, by reward, in the order of first mention."""
    amounts: dict[str, Decimal] = {}
    for lot in lots:
        amounts[lot.key.reward_id] = amounts.get(lot.key.reward_id, ZERO) + lot.amount
    return amounts


def redemptions_in(data: Mapping[str, Any]) -> dict[str, Decimal]:
    """What an event redeems at every level, by reward, in the order of first mention."""
    order = data.get("order") or {}
    levels = [data, data.get("product"), order, order.get("shipping"), *(order.get("products") or ())]
    amounts: dict[str, Decimal] = {}
    for redemption in (redemption for level in levels for redemption in (level or {}).get("redeem") or ()):
        amounts[redemption["id"]] = amounts.get(redemption["id"], ZERO) + Decimal(redemption["amount"])
    return amounts


def _since[T](dated: list[tuple[int, T]], since: int, default: T | None = None) -> Iterator[tuple[int, T]]:
    """What was current then, and all that came later; the default for the time before the first."""
    current = next((i for i in range(len(dated) - 1, -1, -1) if dated[i][0] < since), -1)
    if current < 0 and default is not None:
        yield since, default
    yield from dated[max(current, 0) :]


def _less(lots: Sequence[LotAmount], amounts: Sequence[Decimal]) -> tuple[tuple[LotAmount, ...], tuple[LotAmount, ...]]:
    """What is left of these lots, in their order, and what is taken."""
    pairs = list(zip(lots, amounts or [ZERO] * len(lots), strict=True))
    if any(not 0 <= amount <= lot.amount for lot, amount in pairs):
        raise InvariantViolation("a part takes no more than is left", pairs)
    left = tuple(lot._replace(amount=lot.amount - amount) for lot, amount in pairs)
    return left, tuple(lot._replace(amount=amount) for lot, amount in pairs if amount)


def _taken_of_sum(left: Decimal, whole: Decimal, event: Event) -> Decimal:
    """What the last part takes of a sum, to four decimals."""
    return min(left, taken_by_last(whole * 10_000, event.data, list(event.parts)) / 10_000)


def _close_hold(wallet: ModelWallet, record: JournalRecord, model: ModelEvent, unfulfilled: "TakenLots") -> ModelWallet:
    event_id = model.event.event_id
    if record.type is RecordType.EXPIRED:
        return wallet  # the first commit after the deadline releases the hold: an earlier one, or this one
    if event_id not in wallet.holds:
        raise InvariantViolation("only an open hold is closed", (record, wallet))
    others = {name: hold for name, hold in wallet.holds.items() if name != event_id}
    hold = wallet.holds[event_id]
    if record.type is RecordType.EXTENDED:
        assert model.event.deadline is not None
        wallet.release_expired_holds(record.at)
        wallet.holds[event_id] = hold._replace(deadline=model.event.deadline)
        return wallet
    wallet.holds = others
    wallet.release_expired_holds(record.at)
    if record.type is RecordType.CANCELLED:
        wallet.holds[event_id] = hold
        wallet.release_hold(event_id, record.at)
    else:
        for lot in unfulfilled.redeemed:
            wallet.refund(lot, hold.position, record.at)
        for lot in model.granted:
            if lot.amount:
                wallet.credit(lot, record.at)
    return wallet


def _reverse(
    wallet: ModelWallet,
    record: JournalRecord,
    model: ModelEvent,
    ruleset: Ruleset,
    customer_id: str,
    taken: "TakenLots",
) -> ModelWallet:
    wallet.release_expired_holds(record.at)
    # Another's events come before all of this customer's, who has that other merged into them.
    position = model.redeemed_at if model.redeemed_by == customer_id else 0
    for lot in taken.redeemed:
        wallet.refund(lot, position, record.at)
    granted = [lot for lot in taken.granted if lot.amount]
    wallet.claw_back(granted, record.sequence, record.at, dict(ruleset.allow_negative))
    if record.type is RecordType.REVERSED:
        wallet.released_events.append(model.event.event_id)
    return wallet


def _difference(wallet: ModelWallet, customer: Customer) -> str | None:
    """How a stored wallet differs from the model's; None if it does not."""
    stored = customer.wallet
    holds = {
        event_id: ModelHold(hold.deadline, lot_amounts(hold.reserved), lot_amounts(hold.pending), hold.sequence)
        for event_id, hold in stored.holds.items()
    }
    lots = {lot.key: lot.amount for lot in stored.lots.values()}
    pairs = (
        ("lots", lots, wallet.lots),
        ("debts", _nonzero(stored.debts), _nonzero(wallet.debts)),
        ("holds", _holds_by_lot(holds), _holds_by_lot(wallet.holds)),
    )
    return (
        "; ".join(f"{name} are {found}, must be {wanted}" for name, found, wanted in pairs if found != wanted) or None
    )


def _holds_by_lot(holds: Mapping[str, ModelHold]) -> dict[str, Any]:
    return {name: (hold.deadline, by_lot(hold.reserved), by_lot(hold.pending)) for name, hold in holds.items()}


def _balances_at_end(wallet: ModelWallet, event: Event | None) -> Balances | None:
    """The balances at the deadline of a hold; None if the hold was released before by another change."""
    held = event is not None and event.deadline is not None and event.event_id in wallet.holds
    return wallet.balances(event.deadline) if event and event.deadline and held else None


def _nonzero(numbers: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {name: number for name, number in numbers.items() if number}


def _available(wallet: ModelWallet, now: datetime) -> dict[str, Decimal]:
    rewards = {key.reward_id for key in wallet.lots} | set(wallet.debts)
    return {reward: amount for reward in rewards if (amount := wallet.available(reward, now))}


def _transfers(entries: Sequence[LedgerEntry]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for entry in entries:
        sums[entry.lot.reward_id] = sums.get(entry.lot.reward_id, ZERO) + entry.lot.amount - entry.debt
    return sums


def _sum(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return _nonzero({name: one.get(name, ZERO) + other.get(name, ZERO) for name in {*one, *other}})


def _balances(stored: Sequence[Balance]) -> Balances:
    found = {balance.reward_id: (balance.available, balance.reserved, balance.pending) for balance in stored}
    return {reward: amounts for reward, amounts in found.items() if any(amounts)}


def _require(invariant: str, found: object, expected: object) -> None:
    if found != expected:
        raise InvariantViolation(invariant, f"{found}\nmust be {expected}")
