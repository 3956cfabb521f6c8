"""SQS and the event bus: messages delivered at least once, in no order, and set aside after a few failures."""

import random
from functools import partial
from typing import Any

from loyalty import json as exact
from loyalty.domain.assignments.traces import MAX_ATTEMPTS
from tests.simulation.histories import MINUTE, SECOND, faults
from tests.simulation.memory import Request
from tests.simulation.world import Fault, World
from tests.support.samples import sample

FUNCTION = "on_cold_offer_requested"
VISIBILITY = {"hot": 3 * MINUTE, "cold": 6 * MINUTE}

Json = dict[str, Any]
_FIRST: Json = sample(FUNCTION)["Records"][0]


class Queues:
    """Hands every message that was sent to the function until it has dealt with it; if `troubled`, with faults.

    What failed as often as the template allows is in `aside`. `said` is what the bus was told.
    """

    def __init__(self, world: World, *, troubled: bool) -> None:
        self.world = world
        self.troubled = troubled
        self.aside: list[str] = []
        self.said: list[Json] = []
        world.services |= {"send_message": self._sent, "put_events": self._told}

    def bring_back(self) -> None:
        """Deliver what was set aside once more, with nothing going wrong."""
        bodies, self.aside, self.troubled = self.aside, [], False
        for body in bodies:
            self._sent({"MessageBody": body})

    def _sent(self, request: Request) -> Json:
        body = request["MessageBody"]
        name = f"message of {exact.loads(body)['trace_id']}"
        numbers = random.Random(f"{self.world.seed} {name}")
        for copy in range(numbers.choices([1, 2], [5, 1])[0]):
            wrong = faults(numbers) if self.troubled and numbers.random() < 0.3 else {}
            if self.troubled and numbers.random() < 0.04:  # for longer than it is tried
                wrong = dict.fromkeys(range(200), numbers.choice([Fault.FAILED, Fault.LOST, Fault.CRASH_BEFORE]))
            at = self.world.now + numbers.choice([0, 5, 40, SECOND, 2 * MINUTE])
            self.world.start(name, at, partial(self._deliver, body, counts=not copy), faults=wrong)
        return {"MessageId": name}

    def _deliver(self, body: str, *, counts: bool) -> None:
        """Deliver a message until it is dealt with; a copy that nobody counts is delivered once."""
        world = self.world
        for attempt in range(1, MAX_ATTEMPTS + 1):
            attributes = {**_FIRST["attributes"], "ApproximateReceiveCount": str(attempt)}
            record = {**_FIRST, "messageId": world.task.name, "body": body, "attributes": attributes}
            answer = world.invoke(FUNCTION, {"Records": [record]})
            if not counts or (answer is not None and not answer["batchItemFailures"]):
                return
            world.pause(VISIBILITY[world.task.random.choice(["hot", "cold"])])
        self.aside.append(body)

    def _told(self, request: Request) -> Json:
        self.said += [exact.loads(entry["Detail"]) for entry in request["Entries"]]
        return {"FailedEntryCount": 0}
