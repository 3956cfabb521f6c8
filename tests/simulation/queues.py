"""SQS and the event bus: messages delivered at least once and in no order, and dead-letter queues."""

import random
from functools import partial
from typing import Any

from loyalty import json as exact
from loyalty.domain.assignments.traces import MAX_ATTEMPTS
from tests.simulation.dynamodb import Request
from tests.simulation.histories import HOUR, MINUTE, SECOND, random_faults
from tests.simulation.simulator import Fault, Simulator
from tests.support.samples import sample

FUNCTION = "on_cold_offer_requested"
VISIBILITY = {"hot": 3 * MINUTE, "cold": 6 * MINUTE}

Json = dict[str, Any]
_RECORD: Json = sample(FUNCTION)["Records"][0]


class Queues:
    """Invokes the function with every message until it succeeds; with `faults`, some I/O of it goes wrong.

    Messages that failed as often as the template allows are in `dead_letters`. `published` is what the bus was sent.
    """

    def __init__(self, simulator: Simulator, *, faults: bool) -> None:
        self.simulator = simulator
        self.faults = faults
        self.dead_letters: list[str] = []
        self.published: list[Json] = []
        self._advances = 0
        simulator.services |= {"send_message": self._send_message, "put_events": self._put_events}

    def redrive(self) -> None:
        """Deliver the dead letters once more, without faults."""
        bodies, self.dead_letters, self.faults = self.dead_letters, [], False
        for body in bodies:
            self._send_message({"MessageBody": body})

    def _send_message(self, request: Request) -> Json:
        body = request["MessageBody"]
        message = exact.loads(body)
        if "trace_id" in message:
            name = f"message of {message['trace_id']}"
        else:
            self._advances += 1
            name = f"advance {self._advances} of {message['brand_id']}"
        numbers = random.Random(f"{self.simulator.seed} {name}")
        for copy in range(numbers.choices([1, 2], [5, 1])[0]):
            faults = random_faults(numbers) if self.faults and numbers.random() < 0.3 else {}
            if self.faults and numbers.random() < 0.04:  # an outage that outlasts all attempts
                faults = dict.fromkeys(
                    range(200), numbers.choice([Fault.FAILED, Fault.REQUEST_LOST, Fault.CRASH_BEFORE])
                )
            at = self.simulator.now + numbers.choice([0, 5, 40, SECOND, 2 * MINUTE])
            at += request.get("DelaySeconds", 0) * SECOND
            self.simulator.start(name, at, partial(self._deliver, body, is_copy=copy > 0), faults=faults)
        return {"MessageId": name}

    def _deliver(self, body: str, *, is_copy: bool) -> None:
        """Deliver a message until it succeeds; an additional copy once."""
        simulator = self.simulator
        for attempt in range(1, MAX_ATTEMPTS + 1):
            attributes = {**_RECORD["attributes"], "ApproximateReceiveCount": str(attempt)}
            record = {**_RECORD, "messageId": simulator.task.name, "body": body, "attributes": attributes}
            answer = simulator.invoke(FUNCTION, {"Records": [record]})
            if is_copy or (answer is not None and not answer["batchItemFailures"]):
                return
            simulator.sleep(VISIBILITY[simulator.task.random.choice(["hot", "cold"])])
        if "trace_id" in exact.loads(body):
            self.dead_letters.append(body)
        else:  # somebody sends the same advance again, or redrives it
            deliver = partial(self._deliver, body, is_copy=False)
            simulator.start(f"{simulator.task.name} again", simulator.now + HOUR, deliver)

    def _put_events(self, request: Request) -> Json:
        self.published += [exact.loads(entry["Detail"]) for entry in request["Entries"]]
        return {"FailedEntryCount": 0}
