"""A queue as SQS is one, and its workers, each a process of its own that SIGKILL ends in the middle of batches."""

import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from loyalty.domain.assignments.traces import MAX_ATTEMPTS
from tests.support.project import ROOT

BATCH = 10
AGAIN = 0.1  # of the batches: as it may happen, they are delivered though they are done
DOOMED = 0.5  # of the batches, until enough were ended
SECONDS_A_MESSAGE = 0.012

Message = tuple[str, int]
"""A body, and how often it will have been delivered with the next delivery."""


@dataclass
class Queue:
    """What was sent and is not done; what a worker took and has not answered for comes again."""

    sent: list[str]
    closed: threading.Event = field(default_factory=threading.Event)
    delivered: int = 0
    _again: deque[Message] = field(default_factory=deque)
    _taken: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> list[Message] | None:
        """A batch, empty if there is nothing at the moment; None when all is done and no more will be sent."""
        with self._lock:
            closed = self.closed.is_set()
            batch = [self._again.popleft() for _ in range(min(BATCH, len(self._again)))]
            while self.sent and len(batch) < BATCH:
                batch.append((self.sent.pop(0), 1))
            self._taken += len(batch)
            self.delivered += len(batch)
            return batch if batch or self._taken or not closed else None

    def answered(self, batch: list[Message], failed: list[Message]) -> None:
        """The batch is done, but for what comes again."""
        with self._lock:
            self._taken -= len(batch)
            self._again += [(body, count + 1) for body, count in failed]


@dataclass
class Workers:
    """The workers at a queue, on the table of that environment, to be killed in the middle of so many batches."""

    queue: Queue
    environment: Mapping[str, str]
    kills: int
    doomed: float = DOOMED
    killed: int = 0

    def work(self, seed: str) -> None:
        """One worker after the other, until all is done."""
        chance = random.Random(seed)
        with contextlib.ExitStack() as stack:
            process = stack.enter_context(self._process())
            while (batch := self.queue.take()) is not None:
                if not batch:
                    time.sleep(0.01)
                    continue
                # What has been delivered most often is let be: nothing is set aside here.
                spared = self.killed >= self.kills or any(count >= MAX_ATTEMPTS for _, count in batch)
                doomed = not spared and chance.random() < self.doomed
                timer = threading.Timer(chance.uniform(0, SECONDS_A_MESSAGE * len(batch)), process.kill)
                if doomed:
                    timer.start()
                failed = _handed_over(process, batch)
                if doomed:
                    timer.cancel()
                    timer.join()
                    self.killed += failed is None
                if failed is None or process.poll() is not None:
                    process = stack.enter_context(self._process())
                again = failed == [] and chance.random() < AGAIN
                self.queue.answered(batch, batch if failed is None or again else failed or [])

    @contextlib.contextmanager
    def _process(self) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, "-m", "tests.support.worker"]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, cwd=ROOT, env=dict(self.environment)
        ) as process:
            try:
                yield process
            finally:
                process.kill()


def carry_out_all(
    queue: Queue, environment: Mapping[str, str], workers: int, kills: int, seed: int = 1, doomed: float = DOOMED
) -> Workers:
    """Let so many workers carry out all that is sent until the queue is closed, and kill as many while they do."""
    found = Workers(queue, {**os.environ, **environment}, kills, doomed)
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(found.work, [f"{seed} {number}" for number in range(workers)]))
    return found


def _handed_over(process: "subprocess.Popen[str]", batch: list[Message]) -> list[Message] | None:
    """What of the batch the worker could not do; None if it died before it said so."""
    assert process.stdin
    assert process.stdout
    records = [
        {"messageId": str(i), "body": body, "attributes": {"ApproximateReceiveCount": str(count)}}
        for i, (body, count) in enumerate(batch)
    ]
    try:
        process.stdin.write(json.dumps({"Records": records}) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
    except BrokenPipeError:
        return None
    if not answer.endswith("\n"):
        return None
    return [batch[int(one["itemIdentifier"])] for one in json.loads(answer)["batchItemFailures"]]
