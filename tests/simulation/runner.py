"""Run a history to its end, and check everything once more when nothing is left to happen."""

import sys
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loyalty.domain.assignments.traces import TraceStatus
from loyalty.domain.events.event import EventStatus
from loyalty.domain.events.replay import replay, replay_offers
from loyalty.domain.wallet.update import as_of
from loyalty.services.history import JournalReader
from loyalty.services.program import create_brand
from loyalty.store.customers import load_customer
from tests.simulation.bugs import planted
from tests.simulation.clients import Clients
from tests.simulation.dynamodb import ItemChange
from tests.simulation.histories import BRAND, DAY, SECOND, START, Action, History
from tests.simulation.invariants import InvariantChecker, ModelEvent
from tests.simulation.model.wallet import ZERO
from tests.simulation.queues import Queues
from tests.simulation.sandbox import SANDBOX, SandboxChecker
from tests.simulation.simulator import InvariantViolation, Simulator
from tests.simulation.ttl_stream import TtlStream

Json = dict[str, Any]

DELIVERIES = 0
"""The number that stands for all deliveries where calls are named by their numbers."""


@dataclass(frozen=True)
class Result:
    """What came of a history: its steps, and the invariant that was violated, if one was."""

    steps: int
    violation: InvariantViolation | None = None


def run(
    history: History, keep: Collection[int] | None = None, faultless: Collection[int] = (), bug: str | None = None
) -> Result:
    """Run the calls to be kept, all if none are named, without faults in those that are to be faultless.

    With the name of a bug, the product has it meanwhile.
    """
    checker = InvariantChecker()
    sandbox = SandboxChecker()
    stream: TtlStream

    def on_commit(changes: list[ItemChange]) -> None:
        if of_the_live_brand := sandbox.split(changes):
            checker.check(of_the_live_brand)
        stream.on_commit(changes)

    simulator = Simulator(history.seed, START - DAY, on_commit)
    checker.simulator = sandbox.simulator = simulator
    clients = Clients(simulator, checker)
    delivery_faults = history.delivery_faults and DELIVERIES not in faultless
    stream = TtlStream(simulator, faults=delivery_faults)
    queues = Queues(simulator, faults=delivery_faults)
    with simulator.patched_product(), planted(bug):
        try:
            simulator.start("setting up", simulator.now, lambda: _set_up(clients, history))
            for action in history.actions:
                if keep is None or action.number in keep:
                    _start(simulator, clients, action, faultless=action.number in faultless)
            simulator.run()
            queues.redrive()
            simulator.run()
            final = _FinalCheck(simulator, checker, clients, stream, queues)
            simulator.start("looking back", simulator.now + 10 * DAY, final.check)
            simulator.run()
            # Whatever an advance that failed has left is on the way of the last one.
            last = Action(0, 0, "sandbox_advance", {"seconds": 40 * DAY // SECOND})
            simulator.start("the last advance", simulator.now, lambda: clients.act(last))
            simulator.run()
            sandbox.check_end()
        except InvariantViolation as violation:
            return Result(simulator.steps, violation)
    return Result(simulator.steps)


def _set_up(clients: Clients, history: History) -> None:
    create_brand(BRAND, "Simulated")
    create_brand(SANDBOX, "Laboratory", sandbox=True)
    clients.set_up_sandbox()
    clients.set_up(history.brand, dict(history.rewards), dict(history.campaigns))


def _start(simulator: Simulator, clients: Clients, action: Action, *, faultless: bool) -> None:
    faults = {} if faultless else action.faults
    name, at = f"call {action.number}", START + action.at
    simulator.start(name, at, lambda: clients.act(action), skew=action.skew, faults=faults)


class _FinalCheck:
    """Everything as a client can read it, after all holds, lots and requests have ended."""

    def __init__(
        self, simulator: Simulator, checker: InvariantChecker, clients: Clients, stream: TtlStream, queues: Queues
    ) -> None:
        self.simulator = simulator
        self.checker = checker
        self.clients = clients
        self.stream = stream
        self.queues = queues

    def check(self) -> None:
        if self.stream.given_up:
            raise InvariantViolation("every deadline is settled in the end", self.stream.given_up)
        for event_id, model in self.checker.events.items():
            if model.event.status is EventStatus.PENDING:
                raise InvariantViolation("no event is pending for ever", (event_id, model.states))
            self._check_explanation(event_id, model)
        for customer_id in self.checker.customers:
            self._check_customer(customer_id)
        self._check_numbers()
        self._check_requests()

    def _check_numbers(self) -> None:
        """Whoever has only the number of a purchase finds every event that had it."""
        by_purchase: dict[str, set[str]] = {}
        for (purchase_id, _, _), dated in self.checker.purchases.holders.items():
            by_purchase.setdefault(purchase_id, set()).update(event_id for _, event_id in dated)
        for purchase_id, event_ids in sorted(by_purchase.items()):
            answer = self.clients.call("find_events", query={"purchase_id": purchase_id})
            assert answer
            if {event["id"] for event in answer.data} != event_ids:
                raise InvariantViolation("a purchase is found by its number", (purchase_id, answer.data, event_ids))

    def _check_explanation(self, event_id: str, model: ModelEvent) -> None:
        answer = self.clients.call("explain_event", path={"id": event_id})
        assert answer
        campaigns = {campaign["campaign_id"]: campaign for campaign in answer.data["campaigns"]}
        rewarding = [name for name, campaign in campaigns.items() if campaign["outcome"] == "Rewarded"]
        if rewarding != [*model.outcome.campaigns]:
            raise InvariantViolation("an explanation names the campaigns that reward", (model.event, rewarding))
        for (name, *path), reading in model.outcome.readings.items():
            rule, alternative, condition = map(int, path)
            explained = campaigns[str(name)]["rules"][rule]["conditions"][alternative][condition]
            if explained["found"] != reading:
                raise InvariantViolation(
                    "an explanation has the readings of counters", (model.event, name, path, reading)
                )

    def _check_requests(self) -> None:
        if self.queues.dead_letters:
            raise InvariantViolation("every redriven request succeeds", self.queues.dead_letters)
        for trace_id in sorted(self.clients.accepted):
            if self.clients.read_trace(trace_id) == TraceStatus.QUEUED:
                raise InvariantViolation("every accepted request ends", self.checker.traces[trace_id])
        published = {(event["traceId"], event["status"]) for event in self.queues.published}
        if published != {(trace_id, trace.status) for trace_id, trace in self.checker.traces.items()}:
            raise InvariantViolation("the end of every request is published", (published, self.checker.traces))

    def _check_customer(self, customer_id: str) -> None:
        stored = load_customer(BRAND, customer_id)
        assert stored
        if stored.customer_id != self.checker.survivor_id(customer_id):
            raise InvariantViolation("merged ids lead to one customer", (customer_id, stored.customer_id))
        now = self.simulator.clock()
        overdue = [lot for lot in stored.wallet.lots.values() if not lot.is_active(now)]
        if overdue or stored.wallet.holds:
            raise InvariantViolation("expired lots and holds are settled in the end", (overdue, stored.wallet.holds))
        answer = self.clients.read_wallet(customer_id)
        assert answer
        available = {total["reward_id"]: Decimal(total["available"]) for total in answer.data["totals"]}
        lots: dict[str, Decimal] = {}
        for line in answer.data["lines"]:
            lots[line["reward_id"]] = lots.get(line["reward_id"], ZERO) + Decimal(line["amount"])
        debts = as_of(stored.wallet, now).wallet.debts
        for reward, amount in available.items():
            debt = debts.get(reward, ZERO)
            if amount != lots.get(reward, ZERO) - debt:
                raise InvariantViolation("the balance is the active lots less the debt", (reward, amount, lots, debt))
        self._check_ledger(customer_id, available)
        self._check_offers(customer_id)
        if stored.customer_id == customer_id and not stored.merged_ids:
            records = [step.record for step in JournalReader(stored, reads=sys.maxsize)][::-1]
            wallet, offers = replay(records), replay_offers(records)
            if wallet != stored.wallet:
                raise InvariantViolation("replaying the journal gives the stored wallet", (wallet, stored.wallet))
            if offers != stored.offers:
                raise InvariantViolation("replaying the journal gives the stored offers", (offers, stored.offers))

    def _check_offers(self, customer_id: str) -> None:
        rows = self.clients.read_list("list_offers", customer_id, 100)
        assert rows is not None
        model, survivor = self.checker.offers, self.checker.survivor_id(customer_id)
        expected = {
            offer_id: ("redeemed" if offer_id in model.redeemed_by else "expired", model.redeemed_by.get(offer_id))
            for offer_id, offer in model.offers.items()
            if self.checker.survivor_id(offer.customer_id) == survivor
        }
        listed = {row["id"]: (row["status"], row["redeemed_by"]) for row in rows}
        if listed != expected:
            raise InvariantViolation("offers are listed with their status", (listed, expected))

    def _check_ledger(self, customer_id: str, available: dict[str, Decimal]) -> None:
        """What was granted is somewhere, computed only from what clients can read."""
        entries = self.clients.read_list("list_transactions", customer_id, 100)
        events = self.clients.read_list("list_events", customer_id, 100)
        assert entries is not None
        assert events is not None
        survivor = self.checker.survivor_id(customer_id)
        expected = {
            event_id
            for event_id, model in self.checker.events.items()
            if self.checker.survivor_id(model.event.customer_id) == survivor
        }
        if {event["id"] for event in events} != expected:
            raise InvariantViolation("exactly a customer's events are listed", (customer_id, events, expected))
        for reward, amount in available.items():
            sums: dict[str, Decimal] = {}
            for entry in entries:
                if entry["reward_id"] == reward:
                    sums[entry["type"]] = sums.get(entry["type"], ZERO) + Decimal(entry["amount"])
            if sum(sums.values()) != amount:
                raise InvariantViolation("the ledger adds up to the balance", (customer_id, reward, sums, amount))
            self._check_grants(events, reward, sums, amount)

    def _returned(self, events: list[Json], reward: str, kind: str) -> Decimal:
        """What parts have taken of events that stand, as their explanations tell."""
        taken = ZERO
        for event in events:
            if event["status"] == "RESOLVED" and (event["returned"] or event["returned_value"]):
                answer = self.clients.call("explain_event", path={"id": event["id"]})
                assert answer
                for part in answer.data["parts"]:
                    amounts = [one["amount"] for one in part[kind] if one["reward_id"] == reward]
                    taken += ZERO if part["unfulfilled"] else sum(map(Decimal, amounts), ZERO)
        return taken

    def _check_grants(self, events: list[Json], reward: str, sums: dict[str, Decimal], available: Decimal) -> None:
        """Granted by events and tools = redeemed + expired + lapsed + clawed back + available + reserved + pending."""
        granted = _sum(events, reward, "accumulations") + sums.get("ADJUSTMENT", ZERO)
        lapsed = _sum(events, reward, "accumulations", "CANCELLED", "EXPIRED")
        pending = _sum(events, reward, "accumulations", "PENDING")
        reserved = _sum(events, reward, "redemptions", "PENDING")
        in_parts = self._returned(events, reward, "redemptions")
        redeemed = _sum(events, reward, "redemptions", "RESOLVED") - in_parts
        refunded = _sum(events, reward, "redemptions", "REVERSED") + in_parts
        expired = -sums.get("EXPIRATION", ZERO)
        clawed_back = refunded - sums.get("REVERSAL", ZERO)
        if granted != redeemed + expired + lapsed + clawed_back + available + reserved + pending:
            raise InvariantViolation(
                "what was granted is somewhere",
                f"{granted} granted; {redeemed} redeemed, {expired} expired, {lapsed} lapsed, "
                f"{clawed_back} clawed back, {available} available, {reserved} reserved, {pending} pending",
            )
        reversed_ = _sum(events, reward, "accumulations", "REVERSED") + self._returned(events, reward, "accumulations")
        if not 0 <= clawed_back <= reversed_:
            raise InvariantViolation("a reversal claws back at most what was granted", (reward, clawed_back, reversed_))


def _sum(events: list[Json], reward: str, what: str, *statuses: str) -> Decimal:
    return sum(
        (
            Decimal(amount["amount"])
            for event in events
            if not statuses or event["status"] in statuses
            for amount in event["result"][what]
            if amount["reward_id"] == reward
        ),
        ZERO,
    )
