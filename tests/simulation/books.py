"""The rules that must hold after every commit, whoever made it: told what changed, this keeps the same books again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
from loyalty.store import keys
from loyalty.store.codec import unpack
from loyalty.store.customers import customer_in, journal_record_in
from loyalty.store.events import event_in
from loyalty.store.keys import CAMPAIGNS, CONFIG_OFFERS, REWARDS, Key
from loyalty.store.program import brand_in, config_offer_in, reward_in
from loyalty.store.table import from_wire
from loyalty.store.traces import trace_in
from tests.simulation.budgets import Budgets, share_in
from tests.simulation.claims import claim_of, claimed_by, progress_in, progress_of
from tests.simulation.counting import Marks, Place
from tests.simulation.earning import BudgetAmount, Earned, EvaluationContext, Lots, Ruling, Slot, by_lot, earned
from tests.simulation.histories import BRAND
from tests.simulation.memory import Change
from tests.simulation.offering import Shelf
from tests.simulation.wallets import ZERO, Held, Part, Purse, Sums, parts_of
from tests.simulation.world import Broken, Task, World

_ENDINGS = {
    RecordType.FULFILLED: (EventStatus.PENDING, EventStatus.RESOLVED),
    RecordType.CANCELLED: (EventStatus.PENDING, EventStatus.CANCELLED),
    RecordType.EXPIRED: (EventStatus.PENDING, EventStatus.EXPIRED),
    RecordType.REVERSED: (EventStatus.RESOLVED, EventStatus.REVERSED),
    RecordType.EXTENDED: (EventStatus.PENDING, EventStatus.PENDING),
}
_ASSIGNING = (RecordType.OFFER_ASSIGNED, RecordType.POINTS_ASSIGNED)
_SETTLING = (RecordType.LOTS_EXPIRED, RecordType.OFFERS_EXPIRED, RecordType.OFFER_ASSIGNED)
_BOOKS_AGREE = "the stored wallet is what the contract makes of the journal"


class Was(NamedTuple):
    """What an event was from an instant on."""

    since: int
    status: EventStatus
    deadline: datetime | None

    def at(self, now: datetime) -> EventStatus:
        """Its status as anyone must see it then."""
        expired = self.status is EventStatus.PENDING and self.deadline is not None and now >= self.deadline
        return EventStatus.EXPIRED if expired else self.status


@dataclass
class Known:
    """An event as the books have it; `was` is all it has been."""

    event: Event
    taken: tuple[Part, ...]
    granted: tuple[Part, ...]
    first_sums: Sums
    earned: Earned
    was: list[Was]
    replaced: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Account:
    """One customer: the purse as it must be, what the journal's lines add up to, and all the purse has been."""

    purse: Purse = field(default_factory=Purse)
    lots: dict[LotKey, Decimal] = field(default_factory=dict)
    debts: dict[str, Decimal] = field(default_factory=dict)
    moved: dict[tuple[EntryType, str], Decimal] = field(default_factory=dict)
    was: list[tuple[int, Purse]] = field(default_factory=list)
    owed: dict[str, BudgetAmount] = field(default_factory=dict)
    tags: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def note(self, lines: Sequence[LedgerEntry]) -> None:
        """Add up these lines."""
        for line in lines:
            key, reward = line.lot.key, line.lot.reward_id
            self.lots[key] = self.lots.get(key, ZERO) + line.lot.amount
            self.debts[reward] = self.debts.get(reward, ZERO) + line.debt
            place = (line.type, reward)
            self.moved[place] = self.moved.get(place, ZERO) + line.lot.amount - line.debt


@dataclass
class _Commit:
    """What one transaction changed, read."""

    events: list[Event] = field(default_factory=list)
    changed: dict[str, tuple[Event, Event]] = field(default_factory=dict)
    entries: dict[str, JournalRecord] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    traces: dict[str, AssignmentTrace] = field(default_factory=dict)


class Books:
    """Every account, every event and all the rules there were; `commit` raises Broken when a rule does not hold."""

    def __init__(self) -> None:
        self.world: World
        self.accounts: dict[str, Account] = {}
        self.aliases: dict[str, str] = {}
        self.created: dict[str, datetime] = {}
        self.events: dict[str, Known] = {}
        self.rulings: list[tuple[int, Ruling]] = []
        self.budgets = Budgets()
        self.shelf = Shelf()
        self.traces: dict[str, AssignmentTrace] = {}

    def root(self, customer_id: str) -> str:
        """The id under which a customer's account is kept."""
        while customer_id in self.aliases:
            customer_id = self.aliases[customer_id]
        return customer_id

    def account(self, customer_id: str) -> Account | None:
        """The account of whoever has that id."""
        return self.accounts.get(self.root(customer_id))

    def held(self, event: Event) -> bool:
        """Whether an event in standby still keeps what it took."""
        account = self.account(event.customer_id)
        return account is not None and event.event_id in account.purse.holds

    def purses_since(self, customer_id: str, since: int) -> Iterator[Purse]:
        """Every purse that a read which began then may have seen; an empty one if there was none before."""
        names = {customer_id}
        while customer_id in self.aliases:
            customer_id = self.aliases[customer_id]
            names.add(customer_id)
        for name in names:
            yield from (
                purse for _, purse in _since(self.accounts[name].was if name in self.accounts else [], since, Purse())
            )

    def commit(self, changes: list[Change]) -> None:
        """Look at what one transaction, or TTL, has changed."""
        if any(change.place.pk == f"BRAND#{BRAND}" for change in changes):
            self._rule()
        commit = _read(changes)
        self._trace(commit)
        self._drained: dict[str, BudgetAmount] = {}
        for customer_id, customer in commit.customers.items():
            self.created.setdefault(customer_id, customer.created_at)
            self.accounts.setdefault(customer_id, Account())
        if commit.aliases:
            self._merge(commit)
        elif commit.events or commit.entries:
            self._record(commit)
        else:
            self._describe(commit)
        for customer_id, customer in commit.customers.items():
            account = self.accounts[customer_id]
            self._undo(account.purse)
            self._compare(account, customer)
            self._compare_offers(customer)
            self._compare_progress(customer)
            known = (account.tags, account.attributes)
            _require("only what sets a tag changes a customer", (customer.tags, customer.attributes), known)
            account.owed = {name: BudgetAmount(*share) for name, share in customer.usage.pending_refunds.items()}
            account.was.append((self.world.now, account.purse.copy()))
        self._count_budgets(changes)

    def _undo(self, purse: Purse) -> None:
        """Events that stand no longer have nothing of budgets, limits and offers."""
        self.budgets.refund(purse.undone)
        self.shelf.refund(purse.undone)
        purse.undone.clear()

    def _describe(self, commit: _Commit) -> None:
        """What is known of a customer is what a client has said."""
        for customer_id, customer in commit.customers.items():
            account = self.accounts[customer_id]
            account.tags, account.attributes = customer.tags, customer.attributes

    def _ids(self, customer_id: str) -> set[str]:
        """All ids of that customer."""
        root = self.root(customer_id)
        return {one for one in {*self.accounts, customer_id} if self.root(one) == root}

    def _trace(self, commit: _Commit) -> None:
        """A request goes forward alone, and is carried out in the transaction in which its trace says so."""
        done = [one for one in commit.traces.values() if one.status is TraceStatus.ASSIGNED and not one.published]
        given = [one for one in commit.entries.values() if one.type in _ASSIGNING]
        if len(done) != len(given):
            raise Broken("what is given is what was asked for", (done, given))
        for trace_id, trace in commit.traces.items():
            before = self.traces.get(trace_id)
            if before and before.ended and (before.status, before.steps) != (trace.status, trace.steps):
                raise Broken("a request ends once", (before, trace))
            self.traces[trace_id] = trace
        for trace, entry in zip(done, given, strict=True):
            fields = trace.request.fields
            if entry.type is RecordType.OFFER_ASSIGNED:
                (offer,) = entry.updated_offers
                if offer.offer_id in self.shelf.offers or trace.offer_id != offer.offer_id:
                    raise Broken("an offer is given once", (trace, entry))
                self.shelf.offers[offer.offer_id] = offer
            else:
                moved = [
                    (line.lot.reward_id, line.amount) for line in entry.entries if line.type is EntryType.ADJUSTMENT
                ]
                total = sum((amount for _, amount in moved), ZERO)
                if total != fields["pointsEarned"] or {name for name, _ in moved} != {fields["rewardId"]}:
                    raise Broken("as many points are given as were asked for", (trace, entry))

    def _compare_offers(self, customer: Customer) -> None:
        """The stored customer's offers, and what holds have of them, against the shelf."""
        if customer.customer_id in self.aliases:
            expected: dict[str, str | None] = {}
        else:
            expected = self.shelf.of(self._ids(customer.customer_id))
        told = {one: offer.used_by for one, offer in customer.offers.items()}
        for event_id, hold in customer.wallet.holds.items():
            told |= dict.fromkeys(hold.offers, event_id)
        _require("an offer is redeemed by the event that has taken it", told, expected)

    def _compare_progress(self, customer: Customer) -> None:
        """The stored progress against what events that stand have counted, each mark by its time and its number."""
        merged_ids = customer.customer_id in self.aliases
        counted = {} if merged_ids else self.budgets.counted(self._same(customer.customer_id))
        told = progress_in(customer.usage.progress)
        _require("progress is what events that stand have counted", told, progress_of(counted))

    def _same(self, customer_id: str) -> Callable[[str], bool]:
        root = self.root(customer_id)
        return lambda who: self.root(who) == root

    def _count_budgets(self, changes: list[Change]) -> None:
        """What a campaign has left, what standing events have, and what is owed to it, is all it may give."""
        names = {change.place.pk.split("#")[3] for change in changes if "#BUDGET#" in change.place.pk}
        for name in sorted(names):
            prefix = f"BRAND#{BRAND}#BUDGET#{name}#"
            shards = {
                pk.removeprefix(prefix): share_in(from_wire(items["BUDGET"]))
                for pk, items in self.world.table.partitions.items()
                if pk.startswith(prefix)
            }
            owed = [account.owed.get(name, BudgetAmount()) for account in self.accounts.values()]
            total = BudgetAmount(sum((one.amount for one in owed), ZERO), sum(one.times for one in owed))
            if wrong := self.budgets.wrong(name, shards, total):
                raise Broken("a budget is never exceeded, and is given back", wrong)
            self.budgets.left.setdefault(name, []).append((self.world.now, shards))

    def _occasion(self, event: Event) -> EvaluationContext:
        same, account = self._same(event.customer_id), self.accounts[self.root(event.customer_id)]
        counted = self.budgets.counted(same)

        def had(campaign_id: str, slot: Slot) -> int:
            return self.budgets.had(campaign_id, slot, same)

        def left(campaign_id: str) -> BudgetAmount:
            least = self.budgets.least(_since(self.budgets.left.get(campaign_id, []), self.world.task.began))
            gone = self._drained.get(campaign_id, BudgetAmount())
            return BudgetAmount(least.amount - gone.amount, least.times - gone.times)

        def counted_at(place: Place) -> Marks:
            return counted.get(place, {})

        return EvaluationContext(
            event.type, event.data, event.issued_at, had, left, counted_at, account.tags, account.attributes
        )

    def _rule(self) -> None:
        items = {sk: from_wire(item) for sk, item in self.world.table.partitions[f"BRAND#{BRAND}"].items()}
        campaigns = {
            sk.removeprefix(CAMPAIGNS): unpack(item["document"])
            for sk, item in items.items()
            if sk.startswith(CAMPAIGNS)
        }
        enabled = brand_in({keys.brand(BRAND): items["BRAND"]}, BRAND).enabled
        rewards = [reward_in(item) for sk, item in items.items() if sk.startswith(REWARDS)]
        configs = [config_offer_in(item) for sk, item in items.items() if sk.startswith(CONFIG_OFFERS)]
        may_owe = {reward.reward_id: reward.allow_negative for reward in rewards}
        self.budgets.allot(campaigns)
        offers = frozenset(config.config_id for config in configs if config.active)
        counted_as = {
            name: f"{name}#{since}" if (since := int(str(items[f"{CAMPAIGNS}{name}"]["since_version"]))) else name
            for name in campaigns
        }
        self.rulings.append((self.world.now, Ruling(enabled, campaigns, may_owe, offers, counted_as)))

    def _possible_rulings(self) -> list[Ruling]:
        """The rules that a call may have seen which began when the present one did."""
        return [ruling for _, ruling in _since(self.rulings, self.world.task.began)]

    def _record(self, commit: _Commit) -> None:
        (customer_id,) = commit.customers
        account = self.accounts[customer_id]
        for event in sorted(commit.events, key=lambda event: event.sequence):
            self._check_instant(event.recorded_at)
            account.note(event.entries)
            self._emitted(account.purse, event)
        for entry in commit.entries.values():
            self._check_instant(entry.at)
            account.note(entry.entries)
            before, after = commit.changed.get(entry.event_id or "", (None, None))
            account.purse = self._ended(account.purse, entry, before, after, commit.customers[customer_id])
            self._undo(account.purse)
            self._offers_moved(customer_id, account, entry)
            if after:
                sums = account.purse.sums(entry.at)
                _require("an event tells the totals after its ending", _sums_told(after.balances), sums)

    def _emitted(self, purse: Purse, event: Event) -> None:
        """An event takes what it redeems from what is available, and earns what the rules say."""
        now = event.recorded_at
        _require(
            "every expired hold is released with the next event", purse.release_expired(now), list(event.closed_holds)
        )
        self._undo(purse)
        if wrong := self.shelf.take(event.redeemed_offers, event.event_id, self._ids(event.customer_id), now):
            raise Broken("an offer is redeemed once, in its time, by whoever has it", (event, wrong))
        named = {one.offer_id for one in event.redeemed_offers}
        request = redeemed_by(event.data) if event.evaluated else {}
        request = {reward: amount for reward, amount in request.items() if reward not in named}
        taken: list[Part] = []
        for reward, amount in request.items():
            if purse.available(reward, now) < amount:
                raise Broken("nothing is redeemed that is not available", (event, reward, amount, purse))
            taken += purse.take(reward, amount, now)
        parts = parts_of(event.redeemed_lots)
        _require("what is redeemed is taken soonest-ending first", by_lot(parts), by_lot(tuple(taken)))
        granted = parts_of(event.granted_lots)
        takes = self._earned(event, by_lot(granted))
        if event.standby:
            if event.deadline is None or event.deadline <= now:
                raise Broken("a hold ends later than it begins", event)
            purse.holds[event.event_id] = Held(event.deadline, tuple(taken), granted)
        else:
            for part in granted:
                purse.credit(part, now)
        sums = purse.sums(now)
        _require("an event tells the totals after it", _sums_told(event.first_balances), sums)
        if event.event_id in self.events:
            raise Broken("an event is written once", event)
        was = [Was(self.world.now, event.status, event.deadline)]
        self.events[event.event_id] = known = Known(event, tuple(taken), granted, sums, takes, was)
        if not event.standby:
            self._resolved(known)

    def _earned(self, event: Event, granted: Lots) -> Earned:
        """It earns what rules that it may have seen grant, and has that much of their budgets and limits."""
        occasion = self._occasion(event)
        rulings = [ruling for ruling in self._possible_rulings() if ruling.enabled is event.evaluated]
        possible = [one for ruling in rulings for one in earned(ruling, occasion, granted)]
        claim = claimed_by(event)
        takes = next((one for one in possible if claim_of(one) == claim), None)
        if takes is None:
            told = f"{event}\nclaims {claim}\nmust be one of {[*map(claim_of, possible)]}\nby {rulings}"
            raise Broken("an event earns what the rules of its time say", told)
        self.budgets.take(event.event_id, event.customer_id, takes)
        for name, share in takes.shares.items():
            gone = self._drained.get(name, BudgetAmount())
            self._drained[name] = BudgetAmount(gone.amount + share.amount, gone.times + share.times)
        return takes

    def _resolved(self, known: Known) -> None:
        """What campaigns give beside points comes when an event is resolved."""
        account, tags = self.accounts[self.root(known.event.customer_id)], known.earned.tags
        known.replaced = {name: account.tags[name] for name in tags if name in account.tags}
        account.tags = {**account.tags, **tags}
        if wrong := self.shelf.give(one.offer for one in known.event.granted_offers):
            raise Broken("an offer is given once", (known.event, wrong))

    def _offers_moved(self, customer_id: str, account: Account, entry: JournalRecord) -> None:
        """An ending gives or takes back what campaigns give beside points, and what is over leaves."""
        known, gone, undone = self.events.get(entry.event_id or ""), set(entry.removed_offers), list[Offer]()
        if known and entry.type is RecordType.FULFILLED:
            self._resolved(known)
            _require(
                "what was promised is given",
                entry.updated_offers,
                tuple(one.offer for one in known.event.granted_offers),
            )
        elif known and entry.type is RecordType.REVERSED:
            ours = {name for name, value in known.earned.tags.items() if account.tags.get(name) == value}
            kept = {name: value for name, value in account.tags.items() if name not in ours}
            account.tags = kept | {name: value for name, value in known.replaced.items() if name in ours}
            undone = [one.offer for one in known.event.granted_offers]
        back = self.shelf.recall(undone, self._ids(customer_id))
        if not back <= gone:
            raise Broken("an offer is taken back with the event it came of", (entry, back))
        if wrong := self.shelf.leave(gone - back, account.purse.holds, entry.at):
            raise Broken("an offer leaves when it is over, and nobody holds it", (entry, wrong))

    def _ended(
        self, purse: Purse, entry: JournalRecord, before: Event | None, after: Event | None, customer: Customer
    ) -> Purse:
        """One act on an event, or on lots that ended; the purse after it."""
        now = entry.at
        if entry.type in _SETTLING:
            return self._settled(purse, entry)
        if entry.type is RecordType.POINTS_ASSIGNED:
            return self._settled(self._adjusted(purse.copy(), entry), entry)
        if before is None or after is None or entry.event_id is None:
            raise Broken("an ending changes its event in the same transaction", entry)
        known = self.events[entry.event_id]
        first = known.was[-1]
        was, becomes = _ENDINGS[entry.type]
        if (first.status, before.status, after.status) != (was, was, becomes):
            raise Broken("an event ends once, as its state allows", (entry, first, before.status, after.status))
        if was is EventStatus.PENDING:
            assert first.deadline is not None
            if (now >= first.deadline) is not (entry.type is RecordType.EXPIRED):
                raise Broken("a hold is active before its deadline and expired at it", (entry, first))
        if entry.type is RecordType.EXTENDED and (after.deadline is None or after.deadline <= (first.deadline or now)):
            raise Broken("an extension moves the deadline later", (entry, first))
        known.was.append(Was(self.world.now, after.status, after.deadline))
        known.event = after
        if entry.type is not RecordType.REVERSED:
            return self._settled(_hold_ended(purse.copy(), entry, known), entry)
        # Whether a debt may remain is up to the reward, as it was at some time during the call.
        tried = [
            self._settled(_undone(purse.copy(), entry, known, ruling), entry) for ruling in self._possible_rulings()
        ]
        return next((one for one in tried if _difference(one, customer) is None), tried[-1])

    def _adjusted(self, purse: Purse, entry: JournalRecord) -> Purse:
        """Points that a marketing tool gives never end; those that it takes may be owed if the reward allows it."""
        purse.release_expired(entry.at)
        lines = [line for line in entry.entries if line.type is EntryType.ADJUSTMENT]
        reward, amount = lines[0].lot.reward_id, sum((line.amount for line in lines), ZERO)
        if amount > 0:
            purse.credit(Part(LotKey(reward, None, None), amount, entry.at), entry.at)
            return purse
        may_owe = any(ruling.may_owe.get(reward) for ruling in self._possible_rulings())
        if purse.available(reward, entry.at) + amount < 0 and not may_owe:
            raise Broken("no debt is made where none is allowed", (entry, purse))
        purse.charge(reward, -amount, entry.at, may_owe=True)
        return purse

    def _settled(self, purse: Purse, entry: JournalRecord) -> Purse:
        """The purse without the lots that the entry says have ended; they must be expired, and end whole."""
        purse = purse.copy()
        purse.release_expired(entry.at)
        for line in entry.entries:
            if line.type is not EntryType.EXPIRATION:
                continue
            key, amount = line.lot.key, -line.lot.amount
            if key.expires_at is None or entry.at < key.expires_at or purse.lots.get(key) != amount:
                raise Broken("what ends unspent is what is left of an expired lot", (line, entry.at, purse))
            purse.expire(key, amount)
        return purse

    def _merge(self, commit: _Commit) -> None:
        """Two customers become one: the older; what both had is what it has."""
        ((absorbed_id, survivor_id),) = commit.aliases.items()
        older, younger = self.accounts[survivor_id], self.accounts[absorbed_id]
        taken_over, given_up = commit.entries[survivor_id], commit.entries[absorbed_id]
        self._check_instant(taken_over.at)
        if self.created[survivor_id] > self.created[absorbed_id]:
            raise Broken("the older of two customers remains", commit)
        now = taken_over.at
        before = _added(_living(older.purse, now), _living(younger.purse, now))
        older.note(taken_over.entries)
        younger.note(given_up.entries)
        older.purse.take_over(younger.purse, now)
        older.tags = {**younger.tags, **older.tags}
        older.attributes = {**younger.attributes, **older.attributes}
        _require("a merge neither makes nor loses anything", _living(older.purse, now), before)
        transfers = _added(_transfers(taken_over.entries), _transfers(given_up.entries))
        _require("the lines of a merge add up to nothing", {k: v for k, v in transfers.items() if v}, {})
        self.aliases[absorbed_id] = survivor_id

    def _compare(self, account: Account, customer: Customer) -> None:
        """The stored customer against the purse and against the sum of the journal's lines."""
        if difference := _difference(account.purse, customer):
            raise Broken(_BOOKS_AGREE, f"{customer.customer_id}: {difference}")
        stored = {lot.key: lot.amount for lot in customer.wallet.lots.values()}
        summed = {key: amount for key, amount in account.lots.items() if amount}
        _require("the sum of the journal's lines is the stored lots", stored, summed)
        _require(
            "the sum of the journal's lines is the stored debts", _some(customer.wallet.debts), _some(account.debts)
        )
        ends = [key.expires_at for key in account.purse.lots if key.expires_at]
        alarm = customer.next_lot_expiry
        late = [end for end in ends if (alarm is None or end < alarm) and to_millis(end) > self.world.now]
        if late:
            raise Broken("no lot that lives is without an alarm in time", (customer.customer_id, alarm, late))

    def _check_instant(self, at: datetime) -> None:
        task: Task = self.world.task
        if not task.began <= to_millis(at) - task.skew <= self.world.now:
            raise Broken("what is recorded happened during the call", (at, task.name))


def redeemed_by(data: Mapping[str, Any]) -> dict[str, Decimal]:
    """What an event redeems, at every level, by reward in the order in which it is met."""
    order = data.get("order") or {}
    holders = [data, data.get("product"), order, order.get("shipping"), *(order.get("products") or ())]
    found: dict[str, Decimal] = {}
    for one in (one for holder in holders for one in (holder or {}).get("redeem") or ()):
        found[one["id"]] = found.get(one["id"], ZERO) + Decimal(one["amount"])
    return found


def _since[T](dated: list[tuple[int, T]], since: int, none: T | None = None) -> Iterator[tuple[int, T]]:
    """Those in force then, and all that came later; `none` for the time before the first."""
    first = next((place for place in range(len(dated) - 1, -1, -1) if dated[place][0] < since), -1)
    if first < 0 and none is not None:
        yield since, none
    yield from dated[max(first, 0) :]


def _hold_ended(purse: Purse, entry: JournalRecord, known: Known) -> Purse:
    event_id = known.event.event_id
    if entry.type is RecordType.EXPIRED:
        return purse  # whoever came first after the deadline has given back what it took, or does so now
    if event_id not in purse.holds:
        raise Broken("only what is held can end", (entry, purse))
    others = {name: held for name, held in purse.holds.items() if name != event_id}
    held = purse.holds[event_id]
    if entry.type is RecordType.EXTENDED:
        assert known.event.deadline is not None
        purse.release_expired(entry.at)
        purse.holds[event_id] = held._replace(deadline=known.event.deadline)
        return purse
    purse.holds = others
    purse.release_expired(entry.at)
    if entry.type is RecordType.CANCELLED:
        purse.holds[event_id] = held
        purse.release(event_id, entry.at)
    else:
        for part in known.granted:
            purse.credit(part, entry.at)
    return purse


def _undone(purse: Purse, entry: JournalRecord, known: Known, ruling: Ruling) -> Purse:
    purse.release_expired(entry.at)
    for part in known.taken:
        purse.credit(part, entry.at)
    purse.undo(known.granted, entry.at, dict(ruling.may_owe))
    purse.undone.append(known.event.event_id)
    return purse


def _difference(purse: Purse, customer: Customer) -> str | None:
    """How a stored customer differs from what it must be; None if it does not."""
    stored = customer.wallet
    holds = {
        event_id: Held(hold.deadline, parts_of(hold.reserved), parts_of(hold.pending))
        for event_id, hold in stored.holds.items()
    }
    lots = {lot.key: lot.amount for lot in stored.lots.values()}
    pairs = (
        ("lots", lots, purse.lots),
        ("debts", _some(stored.debts), _some(purse.debts)),
        ("holds", _spelled(holds), _spelled(purse.holds)),
    )
    return "; ".join(f"{name} are {one}, must be {other}" for name, one, other in pairs if one != other) or None


def _spelled(holds: Mapping[str, Held]) -> dict[str, Any]:
    return {name: (held.deadline, by_lot(held.taken), by_lot(held.promised)) for name, held in holds.items()}


def _some(numbers: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {name: number for name, number in numbers.items() if number}


def _living(purse: Purse, now: datetime) -> dict[str, Decimal]:
    rewards = {key.reward_id for key in purse.lots} | set(purse.debts)
    return {reward: amount for reward in rewards if (amount := purse.available(reward, now))}


def _transfers(lines: Sequence[LedgerEntry]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in lines:
        found[line.lot.reward_id] = found.get(line.lot.reward_id, ZERO) + line.lot.amount - line.debt
    return found


def _added(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return _some({name: one.get(name, ZERO) + other.get(name, ZERO) for name in {*one, *other}})


def _sums_told(totals: Sequence[Balance]) -> Sums:
    told = {one.reward_id: (one.available, one.reserved, one.pending) for one in totals}
    return {reward: three for reward, three in told.items() if any(three)}


def _require(rule: str, one: object, other: object) -> None:
    if one != other:
        raise Broken(rule, f"{one}\nmust be {other}")


def _read(changes: Sequence[Change]) -> _Commit:
    commit = _Commit()
    for place, before, after in changes:
        kinds = place.pk.split("#")
        if after is None or len(kinds) < 4 or kinds[2] == "BY":
            continue
        item = from_wire(after)
        if kinds[2] == "EVENT" and "document" in item:
            event = event_in(BRAND, kinds[3], item)
            if before is None:
                commit.events.append(event)
            else:
                commit.changed[event.event_id] = (event_in(BRAND, kinds[3], from_wire(before)), event)
        elif kinds[2] == "TRACE":
            found = trace_in({Key(*place): item}, Key(*place), from_millis(0))
            assert found
            commit.traces[kinds[3]] = found
        elif place.sk.startswith("RECORD#"):
            number = int(place.sk.removeprefix("RECORD#"))
            commit.entries[kinds[3]] = journal_record_in(number, item)
        elif place.sk == "STATE":
            commit.customers[kinds[3]] = customer_in(BRAND, kinds[3], item)
            if "merged_into" in item:
                commit.aliases[kinds[3]] = str(item["merged_into"])
    return commit
