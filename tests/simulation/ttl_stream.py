"""DynamoDB's TTL and stream: removals up to days late, delivered at least once, in no order between shards."""

import random
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.simulation.dynamodb import ItemChange, ItemKey
from tests.simulation.histories import DAY, HOUR, MINUTE, SECOND, random_faults
from tests.simulation.simulator import Simulator
from tests.support.samples import sample

SHARDS = 3
MAX_BATCH = 25
MAX_ATTEMPTS = 21
FUNCTION = "on_deadline_passed"

Json = dict[str, Any]
_RECORD: Json = sample(FUNCTION)["Records"][0]


@dataclass
class Shard:
    """Records in the order of their changes, and whether a task delivers them."""

    records: deque[Json] = field(default_factory=deque)
    busy: bool = False


class TtlStream:
    """Removes items whose TTL has passed, and invokes the function with the removals until it has settled them.

    With `faults`, some I/O of the function goes wrong. What is not settled after as many attempts as the template
    allows is in `given_up`.
    """

    def __init__(self, simulator: Simulator, *, faults: bool) -> None:
        self.simulator = simulator
        self.faults = faults
        self.shards = [Shard() for _ in range(SHARDS)]
        self.given_up: list[Json] = []
        self._count = 0

    def on_commit(self, changes: list[ItemChange]) -> None:
        """Schedule the removal of items with a new TTL."""
        for key, before, after in changes:
            ttl = int(after["ttl"]["N"]) if after and "ttl" in after else None
            is_deadline = key.sk.startswith("DEADLINE#") or key.pk.endswith("#DEADLINES")
            if ttl and is_deadline and not (before and before.get("ttl") == {"N": str(ttl)}):
                delay = _delay(random.Random(f"{self.simulator.seed} {key.pk} {key.sk} {ttl}"))
                remove = partial(self._remove, key, ttl)
                self.simulator.start(f"ttl {key.pk} {key.sk} {ttl}", ttl * SECOND + delay, remove)

    def _remove(self, key: ItemKey, ttl: int) -> None:
        item = self.simulator.table.item(key)
        if item is None or item.get("ttl") != {"N": str(ttl)}:
            return  # it was removed, or its deadline was moved
        self.simulator.steps += 1
        self.simulator.table.expire(key)
        self._count += 1
        shard = self.shards[sum(key.pk.encode()) % SHARDS]
        shard.records.append(_removal(key, self._count))
        if not shard.busy:
            shard.busy = True
            self._deliver_soon(shard)

    def _deliver_soon(self, shard: Shard) -> None:
        name = f"delivery of {shard.records[0]['dynamodb']['Keys']} {shard.records[0]['eventID']}"
        numbers = random.Random(f"{self.simulator.seed} {name}")
        faults = random_faults(numbers) if self.faults and numbers.random() < 0.25 else {}
        delay = numbers.choice([0, 100, SECOND, 10 * MINUTE])
        self.simulator.start(name, self.simulator.now + delay, lambda: self._deliver(shard), faults=faults)

    def _deliver(self, shard: Shard) -> None:
        """Deliver a batch again and again from its first failure on, and sometimes once more than needed."""
        simulator = self.simulator
        batch = [shard.records[i] for i in range(min(len(shard.records), MAX_BATCH))]
        attempts = 0
        while batch:
            failed = self._invoke(batch)
            first_failure = next((i for i, one in enumerate(batch) if failed and _number(one) in failed), len(batch))
            settled = 0 if failed is None else first_failure
            for _ in range(settled):
                shard.records.popleft()
            if settled and simulator.task.random.random() < 0.15:
                self._invoke(batch[:settled])
            batch = batch[settled:]
            attempts += 1
            if batch and attempts == MAX_ATTEMPTS:
                self.given_up += batch
                for _ in batch:
                    shard.records.popleft()
                break
            simulator.sleep(simulator.task.random.choice([100, SECOND, 5 * SECOND]))
        shard.busy = bool(shard.records)
        if shard.busy:
            self._deliver_soon(shard)

    def _invoke(self, batch: list[Json]) -> set[str] | None:
        """The records that the function reports as failures; None if its process ended first."""
        self.simulator.steps += len(batch) - 1
        answer = self.simulator.invoke(FUNCTION, {"Records": batch})
        return None if answer is None else {one["itemIdentifier"] for one in answer["batchItemFailures"]}


def _number(record: Json) -> str:
    number: str = record["dynamodb"]["SequenceNumber"]
    return number


def _removal(key: ItemKey, count: int) -> Json:
    change = {**_RECORD["dynamodb"], "Keys": key.attributes, "SequenceNumber": str(count)}
    return {**_RECORD, "eventID": f"removal {key.pk} {key.sk}", "dynamodb": change}


def _delay(numbers: random.Random) -> int:
    longest = numbers.choice([0, SECOND, 10 * MINUTE, 2 * DAY, 5 * DAY])
    return numbers.randint(0, longest) if longest else numbers.choice([0, HOUR])
