"""A brand to test with beside the live one: its clock is advanced while it lives, and nothing outlives its deadline.

Its calls are the last of a history, so that no other call changes. What its events earn is the business of the live
brand, whose model checks it; here it is checked when things happen, by the clock of the brand.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.program.test_clock import BrandClock
from loyalty.domain.times import from_millis
from loyalty.store.customers import customer_in, journal_record_in
from loyalty.store.events import event_in
from loyalty.store.table import from_wire
from loyalty.store.test_clocks import clock_in, load_clock
from tests.simulation.dynamodb import ItemChange
from tests.simulation.simulator import InvariantViolation, Simulator

SANDBOX = "lab"
CUSTOMERS = ["lea", "max"]
CAMPAIGN = {
    "name": "Short",
    "trigger": "VISIT",
    "rules": [{"effects": [{"reward_id": "points", "amount": 5, "expires_in": "3/days"}]}],
}

# A call that was told the time before an advance may end during it, and a write may arrive a minute after its caller
# has given up; what it promises then is looked after once the clock has arrived.
_CALLS_END_AFTER = timedelta(minutes=3)
_SKEW = timedelta(milliseconds=100)

Json = dict[str, Any]
Arguments = dict[str, Any]
Call = tuple[int, str, Arguments]

_SECOND = 1000
_DAY = 24 * 3600 * _SECOND


def calls(seed: int, ends: int, first_number: int) -> Iterator[Call]:
    """The brand's calls between the start and `ends`: when, which, with what. They are numbered from `first_number`."""
    numbers = random.Random(f"{seed} sandbox")
    if numbers.random() < 0.3:
        return
    events: list[int] = []
    number = first_number
    at = numbers.randint(0, 60 * _SECOND)
    for _ in range(numbers.choice([4, 8, 12])):
        kind = numbers.choices(["sandbox_emit", "sandbox_fulfil", "sandbox_advance"], [4, 1, 2 if events else 0])[0]
        arguments: Arguments = {}
        if kind == "sandbox_fulfil" and events:
            arguments["of"] = numbers.choice(events[-3:])
        elif kind == "sandbox_advance":
            arguments["seconds"] = numbers.choice([30, 3600, 90_000, 4 * 86_400, 40 * 86_400])
        else:
            kind, arguments["customer"] = "sandbox_emit", numbers.choice(CUSTOMERS)
            if numbers.random() < 0.7:
                arguments["hold"] = numbers.choice([60, 7200, 86_400, 3 * 86_400, 20 * 86_400])
            events.append(number)
        yield at, kind, arguments
        number += 1
        at += numbers.choice([0, 0, 20, _SECOND, 5 * 60 * _SECOND, 5 * 60 * _SECOND, max(_SECOND, ends // 10)])


class SandboxChecker:
    """The invariants of every commit of the brand to test with."""

    def __init__(self) -> None:
        self.simulator: Simulator
        self.clocks: list[tuple[int, BrandClock]] = [(0, BrandClock())]
        self.events: dict[str, tuple[datetime, Event]] = {}
        self.lots: dict[str, tuple[datetime, datetime]] = {}

    def split(self, changes: list[ItemChange]) -> list[ItemChange]:
        """Check the changes of this brand; those of the live one are left."""
        prefix = f"BRAND#{SANDBOX}"
        own = [change for change in changes if change.key.pk == prefix or change.key.pk.startswith(f"{prefix}#")]
        if own and len(own) < len(changes):
            raise InvariantViolation("a transaction is of one brand", [change.key for change in changes])
        if own:
            self._check(own)
        return [] if own else changes

    def now(self) -> datetime:
        """The brand's present time."""
        return self.clocks[-1][1].now(self._real())

    def check_end(self) -> None:
        """Nothing of the brand is left that has ended by its clock."""
        stored = load_clock(SANDBOX)
        if stored.is_advancing:
            raise InvariantViolation("an advance arrives", stored)
        self._check_left(self.now() - _SKEW, settled_for=timedelta())

    def _real(self) -> datetime:
        return from_millis(self.simulator.now)

    def _check(self, changes: Sequence[ItemChange]) -> None:
        for key, before, after in changes:
            if after is None:
                continue
            item, parts = from_wire(after), key.pk.split("#")
            if key.sk == "CLOCK":
                self._check_clock(clock_in(item))
            elif parts[2:3] == ["EVENT"] and "document" in item:
                event = event_in(SANDBOX, parts[3], item)
                self._check_event(event, is_new=before is None)
                self.events[parts[3]] = self._real(), event
            elif key.sk.startswith("RECORD#"):
                self._check_record(journal_record_in(int(key.sk.removeprefix("RECORD#")), item))
            elif key.sk == "STATE":
                customer = customer_in(SANDBOX, parts[3], item)
                if customer.next_lot_expiry:
                    self.lots[parts[3]] = self._real(), customer.next_lot_expiry
                else:
                    self.lots.pop(parts[3], None)

    def _check_clock(self, clock: BrandClock) -> None:
        real, (_, before) = self._real(), self.clocks[-1]
        if clock.now(real) < before.now(real) - _CALLS_END_AFTER:
            raise InvariantViolation("a test clock never goes back", (before, clock))
        self.clocks.append((self.simulator.now, clock))
        # What had ended when it set out may have waited for DynamoDB's TTL, and is settled before it moves.
        if before.is_advancing and clock.now(real) > before.now(real):
            self._check_left(clock.now(real), settled_for=_CALLS_END_AFTER)

    def _check_left(self, by: datetime, *, settled_for: timedelta) -> None:
        """Nothing has ended before that instant, and is not settled, of what was there already for so long."""
        since = self._real() - settled_for
        for event_id, (changed_at, event) in self.events.items():
            if event.status is EventStatus.PENDING and event.deadline and event.deadline < by and changed_at <= since:
                raise InvariantViolation(
                    "nothing outlives its deadline on a test clock", (event_id, event.deadline, by)
                )
        for customer_id, (changed_at, ends_at) in self.lots.items():
            if ends_at < by and changed_at <= since:
                raise InvariantViolation("nothing outlives its deadline on a test clock", (customer_id, ends_at, by))

    def _check_event(self, event: Event, *, is_new: bool) -> None:
        if is_new:
            self._check_time(event.recorded_at)
        if event.status is EventStatus.EXPIRED and event.ended_at != event.deadline:
            raise InvariantViolation("what expires on a test clock does so at its deadline", event)

    def _check_record(self, record: JournalRecord) -> None:
        self._check_time(record.at)

    def _check_time(self, at: datetime) -> None:
        """What is recorded happened during the call, in the brand's time."""
        began, real = self.simulator.task.call_began, self._real()
        first = max(i for i, (since, _) in enumerate(self.clocks) if i == 0 or since <= began)
        clocks = [clock for _, clock in self.clocks[first:]]
        earliest, latest = clocks[0].now(from_millis(began)), max(clock.now(real) for clock in clocks)
        if not earliest - _CALLS_END_AFTER <= at <= latest + _CALLS_END_AFTER:
            raise InvariantViolation("what a sandbox records happened during the call, by its clock", (at, earliest))
