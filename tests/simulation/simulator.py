"""A deterministic simulator in one thread: tasks that switch at every I/O, a clock that jumps, and faults.

A task runs until it waits: for an answer of the store, or between two attempts. Simulated time alone decides which task
runs next, and each task's own random numbers how long anything takes: leaving a task out of a history changes nothing
for the others.
"""

import heapq
import random
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from greenlet import greenlet

from loyalty import clock, http, queue, telemetry
from loyalty.domain import ids
from loyalty.domain.times import from_millis
from loyalty.services import metrics, paging, test_clocks
from loyalty.settings import Settings
from loyalty.store import deadlines, published, rulesets, table
from tests.simulation.dynamodb import DynamoDBError, ItemChange, Request, Table
from tests.support.project import CONTEXT, FUNCTIONS, load_function

TABLE = "simulated"
MAX_ATTEMPTS = 3
INSTANCES = 4
_URL = "https://dynamodb.simulated"
_RETRIED = frozenset(("ThrottlingException", "InternalServerError", "TransactionInProgressException"))


class Crash(BaseException):
    """The process ends here, in the middle of whatever it does."""


class InvariantViolation(BaseException):
    """An invariant does not hold. Not an Exception: the code under test must not catch it."""

    def __init__(self, invariant: str, details: object) -> None:
        super().__init__(invariant, str(details))
        self.invariant = invariant

    def __str__(self) -> str:
        return "\n".join(self.args)


class Fault(StrEnum):
    """What can happen to one I/O."""

    CRASH_BEFORE = "the process ends before it"
    CRASH_AFTER = "it is done, and the process ends"
    THROTTLED = "it is throttled"
    FAILED = "the store answers with an error, and does not do it"
    FAILED_AFTER_COMMIT = "the store answers with an error, and has done it"
    REQUEST_LOST = "it never arrives"
    RESPONSE_LOST = "it is done, and the response is lost"
    DELAYED = "it is done long after the caller gave up"
    PARTIAL = "the store does a part, and names the rest"


class _TimedOut(Exception):
    """No answer came in time."""


class _Unreachable(Exception):
    """No connection could be made."""


@dataclass
class Instance:
    """What a warm function keeps between two calls."""

    programs: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    rulesets: OrderedDict[str, Any] = field(default_factory=OrderedDict)


@dataclass
class Task:
    """One chain of calls: its random numbers, its clock's skew in milliseconds, its faults by the number of the I/O."""

    name: str
    random: random.Random
    instance: Instance
    skew: int = 0
    faults: Mapping[int, Fault] = field(default_factory=dict)
    ios: int = 0
    ids: int = 0
    commits: int = 0
    call_began: int = 0
    thread: greenlet = field(init=False)

    def next_fault(self) -> Fault | None:
        """The fault of its next I/O, if there is one."""
        self.ios += 1
        return self.faults.get(self.ios - 1)

    def new_id(self) -> str:
        """An id that no other task makes."""
        self.ids += 1
        return ids.derived("simulated", self.name, str(self.ids))


class Simulator:
    """The store, the time in milliseconds and the schedule of tasks. `steps` counts I/Os, calls and deliveries."""

    def __init__(self, seed: int, now: int, on_commit: Callable[[list[ItemChange]], None]) -> None:
        self.seed = seed
        self.now = now
        self.steps = 0
        self.table = Table(lambda: self.now, self._committed)
        self.instances = [Instance() for _ in range(INSTANCES)]
        self.task: Task = Task("none", random.Random(seed), self.instances[0])
        self.services: dict[str, Callable[[Request], Any]] = {}
        self._on_commit = on_commit
        self._schedule: list[tuple[int, int, Task, Callable[[], None] | None]] = []
        self._names = Counter[str]()
        self._order = 0
        self._hub = greenlet.getcurrent()

    def clock(self) -> datetime:
        """The time by the clock of the present task's machine."""
        return from_millis(self.now + self.task.skew)

    def start(
        self, name: str, at: int, act: Callable[[], None], *, skew: int = 0, faults: Mapping[int, Fault] | None = None
    ) -> None:
        """Schedule a new task; its name decides its random numbers."""
        self._names[name] += 1
        name = f"{name} ({self._names[name]})" if self._names[name] > 1 else name
        numbers = random.Random(f"{self.seed} {name}")
        task = Task(name, numbers, numbers.choice(self.instances), skew, faults or {})
        task.thread = greenlet(act, self._hub)
        self._plan(at, task)

    def call_later(self, at: int, act: Callable[[], None]) -> None:
        """Schedule a function on behalf of the present call, whatever its task does meanwhile. It must not wait."""
        self._plan(at, copy(self.task), act)

    def sleep(self, milliseconds: int) -> None:
        """Let time pass for the present task while others run."""
        self._plan(self.now + milliseconds, self.task)
        self._hub.switch()

    def run(self) -> None:
        """Run all tasks until none is scheduled. Raises InvariantViolation."""
        self._hub = greenlet.getcurrent()
        while self._schedule:
            at, _, self.task, act = heapq.heappop(self._schedule)
            self.now = max(self.now, at)
            instance = self.task.instance
            vars(published).update(_known=instance.programs)
            vars(rulesets).update(_compiled=instance.rulesets)
            if act:
                act()
            else:
                self.task.thread.switch()

    def _plan(self, at: int, task: Task, act: Callable[[], None] | None = None) -> None:
        self._order += 1
        heapq.heappush(self._schedule, (at, self._order, task, act))

    def _committed(self, changes: list[ItemChange]) -> None:
        self.task.commits += 1
        self._on_commit(changes)

    @contextmanager
    def patched_product(self) -> Iterator[None]:
        """The product in this process uses the simulator's store, clock, ids and random numbers within this context."""
        with pytest.MonkeyPatch.context() as patch:
            client = Client(self)
            patch.setattr(table, "client", lambda: client)
            for module in (http, table, paging, queue):
                patch.setattr(module, "settings", lambda: Settings(TABLE, "simulated", "queue", "bus"))
            for name in ("sqs", "event_bridge"):
                patch.setattr(queue, name, lambda: client)
            patch.setattr(table, "time", SimpleNamespace(monotonic=lambda: self.now / 1000, sleep=self._sleep_seconds))
            patch.setattr(table, "random", SimpleNamespace(uniform=self._uniform))
            patch.setattr(ids, "random_id", self._new_id)
            patch.setattr(ids, "random_uuid", self._new_uuid)
            patch.setattr(telemetry.logger.registered_handler, "stream", _NullStream())
            patch.setattr(metrics, "count", lambda *_, **_more: None)
            # What a process knows of a brand ages by the clock of its machine, which several tasks share.
            patch.setattr(published, "time", SimpleNamespace(time=lambda: self.now / 1000))
            patch.setattr(published, "_known", OrderedDict())
            patch.setattr(rulesets, "_compiled", OrderedDict())
            patch.setattr(deadlines, "time", SimpleNamespace(time=lambda: self.now / 1000))
            patch.setattr(test_clocks, "time", SimpleNamespace(monotonic=lambda: self.now / 1000))
            for module in (clock, *_handlers().values()):
                if hasattr(module, "real_now"):
                    patch.setattr(module, "real_now", self.clock)
            yield

    def _new_id(self) -> str:
        return self.task.new_id()

    def _new_uuid(self) -> str:
        return ids.derived_uuid(self.task.new_id())

    def _uniform(self, low: float, high: float) -> float:
        return self.task.random.uniform(low, high)

    def _sleep_seconds(self, seconds: float) -> None:
        self.sleep(round(seconds * 1000))

    def invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any] | None:
        """What a function answers; None if its process ended first. An exception of it is an InvariantViolation."""
        self.steps += 1
        self.task.call_began = self.now
        try:
            answer: dict[str, Any] = _handlers()[function].handler(event, CONTEXT)
        except Crash:
            return None
        except Exception as error:
            raise InvariantViolation("no call ends in an exception", f"{function}: {error!r}") from error
        return answer


class _NullStream:
    """A stream for the log that keeps nothing."""

    def write(self, _text: str) -> None:
        """Discard the text."""

    def flush(self) -> None:
        """There is nothing to flush."""


@cache
def _handlers() -> dict[str, ModuleType]:
    return {name: load_function(name) for name in FUNCTIONS}


class Client:
    """A client as boto3 makes it, with a network between it and the services; it tries three times."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def get_item(self, **request: Any) -> Any:
        """GetItem."""
        return self._call("get_item", request)

    def batch_get_item(self, **request: Any) -> Any:
        """BatchGetItem."""
        return self._call("batch_get_item", request)

    def query(self, **request: Any) -> Any:
        """Query."""
        return self._call("query", request)

    def put_item(self, **request: Any) -> Any:
        """PutItem."""
        return self._call("put_item", request)

    def update_item(self, **request: Any) -> Any:
        """UpdateItem."""
        return self._call("update_item", request)

    def send_message(self, **request: Any) -> Any:
        """SQS's SendMessage."""
        return self._call("send_message", request)

    def put_events(self, **request: Any) -> Any:
        """EventBridge's PutEvents."""
        return self._call("put_events", request)

    def transact_write_items(self, **request: Any) -> Any:
        """TransactWriteItems; the token makes all attempts one transaction."""
        return self._call("transact_write_items", {"ClientRequestToken": self.simulator.task.new_id(), **request})

    def _call(self, operation: str, request: dict[str, Any]) -> Any:
        error: Exception = AssertionError("a client tries at least once")
        for attempt in range(MAX_ATTEMPTS):
            if attempt:
                self.simulator.sleep(self.simulator.task.random.randint(0, 1000 * 2**attempt))
            try:
                return self._send(operation, request)
            except DynamoDBError as refusal:
                error = _client_error(operation, refusal)
                if refusal.code not in _RETRIED:
                    raise error from None
            except _TimedOut:
                error = ReadTimeoutError(endpoint_url=_URL)
            except _Unreachable:
                error = EndpointConnectionError(endpoint_url=_URL)
        raise error

    def _send(self, operation: str, request: Request) -> Any:
        simulator, task = self.simulator, self.simulator.task
        fault = task.next_fault()
        simulator.steps += 1
        simulator.sleep(_latency(task))
        match fault:
            case Fault.CRASH_BEFORE:
                raise Crash
            case Fault.THROTTLED if operation == "transact_write_items":
                reasons = [{"Code": "ThrottlingError", "Message": "throttled"}] * len(request["TransactItems"])
                raise DynamoDBError("TransactionCanceledException", "throttled", reasons)
            case Fault.THROTTLED:
                raise DynamoDBError("ThrottlingException", "throttled")
            case Fault.FAILED:
                raise DynamoDBError("InternalServerError", "failed")
            case Fault.REQUEST_LOST:
                simulator.sleep(1000)
                raise _Unreachable
            case Fault.DELAYED:
                simulator.call_later(
                    simulator.now + task.random.randint(1000, 60_000),
                    lambda: _execute_unheard(simulator, operation, request),
                )
                simulator.sleep(4000)
                raise _TimedOut
        answer = self._execute(operation, request, partial=fault is Fault.PARTIAL)
        match fault:
            case Fault.RESPONSE_LOST:
                simulator.sleep(4000)
                raise _TimedOut
            case Fault.FAILED_AFTER_COMMIT:
                raise DynamoDBError("InternalServerError", "failed, and done")
        simulator.sleep(_latency(task))
        if fault is Fault.CRASH_AFTER:
            raise Crash
        return answer

    def _execute(self, operation: str, request: Request, *, partial: bool) -> Any:
        """What the store does and answers. A transaction may take a while; a read of several items is several reads."""
        simulator, numbers = self.simulator, self.simulator.task.random
        if operation == "transact_write_items":
            transaction = simulator.table.begin(request)
            if numbers.random() < 0.3:
                simulator.sleep(numbers.randint(1, 4))
            return simulator.table.commit(transaction)
        if operation == "batch_get_item":
            return self._read_in_parts(request, partial=partial)
        if operation in ("get_item", "query"):
            return getattr(simulator.table, operation)(request, stale=numbers.random() < 0.5)
        return _execute(simulator, operation, request)

    def _read_in_parts(self, request: Request, *, partial: bool) -> Any:
        simulator, numbers = self.simulator, self.simulator.task.random
        ((name, wanted),) = request["RequestItems"].items()
        keys = list(wanted["Keys"])
        if len(keys) < 2 or not (partial or numbers.random() < 0.3):
            return simulator.table.batch_get_item(request)
        numbers.shuffle(keys)
        cut = numbers.randint(1, len(keys) - 1)
        parts = [{"RequestItems": {name: {**wanted, "Keys": part}}} for part in (keys[:cut], keys[cut:])]
        answer = simulator.table.batch_get_item(parts[0])
        if partial:
            return {**answer, "UnprocessedKeys": parts[1]["RequestItems"]}
        simulator.sleep(numbers.randint(1, 4))
        rest = simulator.table.batch_get_item(parts[1])
        return {"Responses": {name: answer["Responses"][name] + rest["Responses"][name]}, "UnprocessedKeys": {}}


def _execute_unheard(simulator: Simulator, operation: str, request: Request) -> None:
    try:
        _execute(simulator, operation, request)
    except DynamoDBError:
        return


def _execute(simulator: Simulator, operation: str, request: Request) -> Any:
    execute = simulator.services.get(operation) or getattr(simulator.table, operation)
    return execute(request)


def _latency(task: Task) -> int:
    kind = task.random.random()
    return 0 if kind < 0.2 else task.random.randint(1, 10) if kind < 0.97 else task.random.randint(20, 1500)


def _client_error(operation: str, error: DynamoDBError) -> ClientError:
    response: Any = {
        "Error": {"Code": error.code, "Message": error.message},
        "ResponseMetadata": {"HTTPStatusCode": 500 if error.code == "InternalServerError" else 400},
    }
    if error.reasons:
        response["CancellationReasons"] = error.reasons
    return ClientError(response, operation)
