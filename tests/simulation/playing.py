"""Play a history to its end, and look at everything once more when nothing is left to happen."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loyalty.domain.assignments.traces import TraceStatus
from loyalty.domain.events.event import EventStatus
from loyalty.domain.events.replay import replay, replay_offers
from loyalty.services.history import iter_history
from loyalty.services.program import create_brand
from loyalty.store.customers import load_customer
from tests.simulation.books import Books, Known
from tests.simulation.bugs import planted
from tests.simulation.clients import Clients
from tests.simulation.deliveries import Deliveries
from tests.simulation.histories import BRAND, DAY, START, Action, History
from tests.simulation.memory import Change
from tests.simulation.queues import Queues
from tests.simulation.wallets import ZERO
from tests.simulation.world import Broken, World

Json = dict[str, Any]

DELIVERIES = 0
"""The number under which deliveries are, where actions are named by theirs."""


@dataclass(frozen=True)
class Played:
    """What came of a history: its steps, and the rule that was broken, if one was."""

    steps: int
    broken: Broken | None = None


def play(
    history: History, keep: Collection[int] | None = None, calm: Collection[int] = (), bug: str | None = None
) -> Played:
    """Play the actions to be kept, all if none are named; nothing goes wrong with those that are to be calm.

    With the name of a bug, the product has it meanwhile.
    """
    books = Books()
    told: list[Any] = [books.commit]

    def changed(changes: list[Change]) -> None:
        for listener in told:
            listener(changes)

    world = World(history.seed, START - DAY, changed)
    books.world = world
    clients = Clients(world, books)
    deliveries = Deliveries(world, troubled=history.troubled and DELIVERIES not in calm)
    told.append(deliveries.changed)
    queues = Queues(world, troubled=deliveries.troubled)
    with world.around_the_product(), planted(bug):
        try:
            world.start("setting up", world.now, lambda: _set_up(clients, history))
            for action in history.actions:
                if keep is None or action.number in keep:
                    _start(world, clients, action, calm=action.number in calm)
            world.run()
            queues.bring_back()
            world.run()
            audit = _Audit(world, books, clients, deliveries, queues)
            world.start("looking back", world.now + 10 * DAY, audit.look)
            world.run()
        except Broken as broken:
            return Played(world.steps, broken)
    return Played(world.steps)


def _set_up(clients: Clients, history: History) -> None:
    create_brand(BRAND, "Simulated")
    clients.set_up(history.brand, dict(history.rewards), dict(history.campaigns))


def _start(world: World, clients: Clients, action: Action, *, calm: bool) -> None:
    faults = {} if calm else action.faults
    world.start(
        f"call {action.number}", START + action.at, lambda: clients.act(action), skew=action.skew, faults=faults
    )


class _Audit:
    """Everything as a client can read it, when all that was to end has ended."""

    def __init__(self, world: World, books: Books, clients: Clients, deliveries: Deliveries, queues: Queues) -> None:
        self.queues = queues
        self.world = world
        self.books = books
        self.clients = clients
        self.deliveries = deliveries

    def look(self) -> None:
        if self.deliveries.given_up:
            raise Broken("every deadline is settled in the end", self.deliveries.given_up)
        for event_id, known in self.books.events.items():
            if known.event.status is EventStatus.PENDING:
                raise Broken("no event is pending for ever", (event_id, known.was))
            self._explained(event_id, known)
        for customer_id in self.books.accounts:
            self._customer(customer_id)
        self._requests()

    def _explained(self, event_id: str, known: Known) -> None:
        answer = self.clients.call("explain_event", path={"id": event_id})
        assert answer
        told = {one["campaign_id"]: one for one in answer.data["campaigns"]}
        rewarded = [name for name, one in told.items() if one["outcome"] == "Rewarded"]
        if rewarded != [*known.earned.campaigns]:
            raise Broken("an explanation names those that reward an event", (known.event, rewarded))
        for (name, *place), number in known.earned.reached.items():
            rule, every, one = map(int, place)
            if told[str(name)]["rules"][rule]["conditions"][every][one]["found"] != number:
                raise Broken("an explanation tells how far history had come", (known.event, name, place, number))

    def _requests(self) -> None:
        if self.queues.aside:
            raise Broken("what was set aside is done when it is brought back", self.queues.aside)
        for trace_id in self.clients.accepted:
            if self.clients.check_trace(trace_id) == TraceStatus.QUEUED:
                raise Broken("every accepted request ends", self.books.traces[trace_id])
        said = {(one["traceId"], one["status"]) for one in self.queues.said}
        if said != {(trace_id, trace.status) for trace_id, trace in self.books.traces.items()}:
            raise Broken("every end of a request is announced, and nothing else", (said, self.books.traces))

    def _customer(self, customer_id: str) -> None:
        stored = load_customer(BRAND, customer_id)
        assert stored
        if stored.customer_id != self.books.root(customer_id):
            raise Broken("merged ids lead to one customer", (customer_id, stored.customer_id))
        now = self.world.clock()
        overdue = [lot for lot in stored.wallet.lots.values() if not lot.is_active(now)]
        if overdue or stored.wallet.holds:
            raise Broken("what is over is settled in the end", (overdue, stored.wallet.holds))
        answer = self.clients.check_wallet(customer_id)
        assert answer
        available = {one["reward_id"]: Decimal(one["available"]) for one in answer.data["totals"]}
        lots: dict[str, Decimal] = {}
        for line in answer.data["lines"]:
            lots[line["reward_id"]] = lots.get(line["reward_id"], ZERO) + Decimal(line["amount"])
        for reward, amount in available.items():
            debt = stored.wallet.debts.get(reward, ZERO)
            if amount != lots.get(reward, ZERO) - debt:
                raise Broken("the balance is the active lots less the debt", (reward, amount, lots, debt))
        self._conserved(customer_id, available)
        self._offers(customer_id)
        if stored.customer_id == customer_id and not stored.merged_ids:
            records = [step.record for step in iter_history(stored)][::-1]
            if replay(records) != stored.wallet:
                raise Broken("replaying the journal gives the stored wallet", (replay(records), stored.wallet))
            if replay_offers(records) != stored.offers:
                raise Broken("replaying the journal gives the stored offers", (replay_offers(records), stored.offers))

    def _offers(self, customer_id: str) -> None:
        listed = self.clients.pages("list_offers", customer_id, 100)
        assert listed is not None
        shelf, root = self.books.shelf, self.books.root(customer_id)
        expected = {
            one: ("redeemed" if one in shelf.taken else "expired", shelf.taken.get(one))
            for one, offer in shelf.offers.items()
            if self.books.root(offer.customer_id) == root
        }
        told = {one["id"]: (one["status"], one["redeemed_by"]) for one in listed}
        if told != expected:
            raise Broken("offers are listed as what has become of them", (told, expected))

    def _conserved(self, customer_id: str, available: dict[str, Decimal]) -> None:
        """All that was ever granted is somewhere, reckoned from nothing but what clients can read."""
        lines = self.clients.pages("list_transactions", customer_id, 100)
        events = self.clients.pages("list_events", customer_id, 100)
        assert lines is not None
        assert events is not None
        root = self.books.root(customer_id)
        expected = {one for one, known in self.books.events.items() if self.books.root(known.event.customer_id) == root}
        if {event["id"] for event in events} != expected:
            raise Broken("a customer's events are listed, all and no others", (customer_id, events, expected))
        for reward, amount in available.items():
            moved: dict[str, Decimal] = {}
            for line in lines:
                if line["reward_id"] == reward:
                    moved[line["type"]] = moved.get(line["type"], ZERO) + Decimal(line["amount"])
            if sum(moved.values()) != amount:
                raise Broken("the ledger adds up to the balance", (customer_id, reward, moved, amount))
            self._granted_is_somewhere(events, reward, moved, amount)

    def _granted_is_somewhere(
        self, events: list[Json], reward: str, moved: dict[str, Decimal], available: Decimal
    ) -> None:
        """Granted, by events and by tools = spent + expired + reversed + available + reserved + pending."""
        granted = _sum(events, reward, "accumulations") + moved.get("ADJUSTMENT", ZERO)
        lapsed = _sum(events, reward, "accumulations", "CANCELLED", "EXPIRED")
        pending = _sum(events, reward, "accumulations", "PENDING")
        reserved = _sum(events, reward, "redemptions", "PENDING")
        spent = _sum(events, reward, "redemptions", "RESOLVED")
        released = _sum(events, reward, "redemptions", "REVERSED")
        expired = -moved.get("EXPIRATION", ZERO)
        taken_back = released - moved.get("REVERSAL", ZERO)
        whole = spent + expired + (lapsed + taken_back) + available + reserved + pending
        if granted != whole:
            said = f"{granted} granted; spent {spent}, expired {expired}, lapsed {lapsed}, taken back {taken_back}"
            raise Broken("what was granted is somewhere", f"{said}, available {available}, {reserved}, {pending}")
        undone = _sum(events, reward, "accumulations", "REVERSED")
        if not 0 <= taken_back <= undone:
            raise Broken("a reversal takes back what was granted, at most", (reward, taken_back, undone))


def _sum(events: list[Json], reward: str, what: str, *statuses: str) -> Decimal:
    return sum(
        (
            Decimal(one["amount"])
            for event in events
            if not statuses or event["status"] in statuses
            for one in event["result"][what]
            if one["reward_id"] == reward
        ),
        ZERO,
    )
