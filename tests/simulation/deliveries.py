"""DynamoDB's TTL and the table's stream: removals days late, delivered at least once, in no order between shards."""

import random
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.simulation.histories import DAY, HOUR, MINUTE, SECOND, faults
from tests.simulation.memory import Change, Place
from tests.simulation.world import World
from tests.support.samples import sample

SHARDS = 3
MAX_AT_ONCE = 25
TRIES = 21
FUNCTION = "on_deadline_passed"

Json = dict[str, Any]
_FIRST: Json = sample(FUNCTION)["Records"][0]


@dataclass
class Shard:
    """Records in the order of their changes, and whether someone is delivering them."""

    records: deque[Json] = field(default_factory=deque)
    busy: bool = False


class Deliveries:
    """Removes what is past its TTL, and hands the removals to the function until it has settled them.

    If `troubled`, the function's I/O goes wrong at times. What could not be settled after as many tries as the template
    allows is in `given_up`.
    """

    def __init__(self, world: World, *, troubled: bool) -> None:
        self.world = world
        self.troubled = troubled
        self.shards = [Shard() for _ in range(SHARDS)]
        self.given_up: list[Json] = []
        self._count = 0

    def changed(self, changes: list[Change]) -> None:
        """Take note of what is to be removed some day."""
        for place, before, after in changes:
            ttl = int(after["ttl"]["N"]) if after and "ttl" in after else None
            if ttl and place.sk.startswith("DEADLINE#") and not (before and before.get("ttl") == {"N": str(ttl)}):
                late = _delay(random.Random(f"{self.world.seed} {place} {ttl}"))
                self.world.start(f"ttl {place} {ttl}", ttl * SECOND + late, partial(self._remove, place, ttl))

    def _remove(self, place: Place, ttl: int) -> None:
        item = self.world.table.item(place)
        if item is None or item.get("ttl") != {"N": str(ttl)}:
            return  # it has another end by now
        self.world.steps += 1
        self.world.table.remove(place)
        self._count += 1
        shard = self.shards[sum(place.pk.encode()) % SHARDS]
        shard.records.append(_record(place, self._count))
        if not shard.busy:
            shard.busy = True
            self._deliver_soon(shard)

    def _deliver_soon(self, shard: Shard) -> None:
        name = f"delivery of {shard.records[0]['dynamodb']['Keys']} {shard.records[0]['eventID']}"
        numbers = random.Random(f"{self.world.seed} {name}")
        wrong = faults(numbers) if self.troubled and numbers.random() < 0.25 else {}
        wait = numbers.choice([0, 100, SECOND, 10 * MINUTE])
        self.world.start(name, self.world.now + wait, lambda: self._deliver(shard), faults=wrong)

    def _deliver(self, shard: Shard) -> None:
        """Deliver a batch, from the first record that failed on again and again, and at times once more than needed."""
        world = self.world
        batch = [shard.records[place] for place in range(min(len(shard.records), MAX_AT_ONCE))]
        tries = 0
        while batch:
            failed = self._handed_over(batch)
            done = (
                0 if failed is None else next((i for i, one in enumerate(batch) if _number(one) in failed), len(batch))
            )
            for _ in range(done):
                shard.records.popleft()
            if done and world.task.random.random() < 0.15:
                self._handed_over(batch[:done])
            batch = batch[done:]
            tries += 1
            if batch and tries == TRIES:
                self.given_up += batch
                for _ in batch:
                    shard.records.popleft()
                break
            world.pause(world.task.random.choice([100, SECOND, 5 * SECOND]))
        shard.busy = bool(shard.records)
        if shard.busy:
            self._deliver_soon(shard)

    def _handed_over(self, batch: list[Json]) -> set[str] | None:
        """Which of these the function could not settle; None if it ended before it said so."""
        self.world.steps += len(batch) - 1
        answer = self.world.invoke(FUNCTION, {"Records": batch})
        return None if answer is None else {one["itemIdentifier"] for one in answer["batchItemFailures"]}


def _number(record: Json) -> str:
    number: str = record["dynamodb"]["SequenceNumber"]
    return number


def _record(place: Place, count: int) -> Json:
    about = {**_FIRST["dynamodb"], "Keys": place.wire, "SequenceNumber": str(count)}
    return {**_FIRST, "eventID": f"removal {place.pk} {place.sk}", "dynamodb": about}


def _delay(numbers: random.Random) -> int:
    longest = numbers.choice([0, SECOND, 10 * MINUTE, 2 * DAY, 5 * DAY])
    return numbers.randint(0, longest) if longest else numbers.choice([0, HOUR])
