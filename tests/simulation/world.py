"""A world of one thread: tasks that give way at every I/O, a clock that jumps to what comes next, and what goes wrong.

A task runs until it waits: for an answer of the store, for a pause between two tries. Who goes on next is decided by
simulated time alone, and how long anything takes by each task's own random numbers: a task that is left out of a
history changes nothing for the others.
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

from loyalty import queue, telemetry
from loyalty.domain import ids
from loyalty.domain.times import from_millis
from loyalty.services import metrics, paging
from loyalty.settings import Settings
from loyalty.store import program, rulesets, table
from tests.simulation.memory import Change, Refusal, Request, Table
from tests.support.project import CONTEXT, FUNCTIONS, load_function

TABLE = "simulated"
TRIES = 3
INSTANCES = 4
_URL = "https://dynamodb.simulated"
_RETRIED = frozenset(("ThrottlingException", "InternalServerError", "TransactionInProgressException"))


class Crash(BaseException):
    """The process ends here, in the middle of whatever it does."""


class Broken(BaseException):
    """A rule does not hold. No exception that code under test may catch, wherever in it the rule is checked."""

    def __init__(self, rule: str, what: object) -> None:
        super().__init__(rule, str(what))
        self.rule = rule

    def __str__(self) -> str:
        return "\n".join(self.args)


class Fault(StrEnum):
    """What can become of one I/O."""

    CRASH_BEFORE = "the process ends before it"
    CRASH_AFTER = "it is done, and the process ends"
    THROTTLED = "it is refused for now"
    FAILED = "the store fails, and does not do it"
    UNSURE = "the store says that it failed, and has done it"
    LOST = "it never arrives"
    ANSWER_LOST = "it is done, and nobody hears of it"
    LATE = "it is done long after the caller gave up"
    PARTIAL = "the store does a part, and names the rest"


class _TimedOut(Exception):
    """No answer came in time."""


class _Unreachable(Exception):
    """No connection came about."""


@dataclass
class Instance:
    """What a warm function keeps between two calls."""

    rulesets: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    catalogs: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    regions: dict[str, str | None] = field(default_factory=dict)


@dataclass
class Task:
    """One chain of calls: its random numbers, its clock's error, its faults by the number of the I/O."""

    name: str
    random: random.Random
    instance: Instance
    skew: int = 0
    faults: Mapping[int, Fault] = field(default_factory=dict)
    ios: int = 0
    made: int = 0
    commits: int = 0
    began: int = 0
    thread: greenlet = field(init=False)

    def next_fault(self) -> Fault | None:
        """What becomes of its next I/O."""
        self.ios += 1
        return self.faults.get(self.ios - 1)

    def fresh(self) -> str:
        """An id that nobody else has."""
        self.made += 1
        return ids.derived("simulated", self.name, str(self.made))


class World:
    """The store, the time in milliseconds, and what happens next. `steps` counts I/O, calls and deliveries."""

    def __init__(self, seed: int, now: int, changed: Callable[[list[Change]], None]) -> None:
        self.seed = seed
        self.now = now
        self.steps = 0
        self.table = Table(lambda: self.now, self._changed)
        self.instances = [Instance() for _ in range(INSTANCES)]
        self.task: Task = Task("nobody", random.Random(seed), self.instances[0])
        self.services: dict[str, Callable[[Request], Any]] = {}
        self._told = changed
        self._agenda: list[tuple[int, int, Task, Callable[[], None] | None]] = []
        self._names = Counter[str]()
        self._order = 0
        self._hub = greenlet.getcurrent()

    def clock(self) -> datetime:
        """The time as the present task's machine has it."""
        return from_millis(self.now + self.task.skew)

    def start(
        self, name: str, at: int, act: Callable[[], None], *, skew: int = 0, faults: Mapping[int, Fault] | None = None
    ) -> None:
        """Let a new task begin then; its name decides its random numbers."""
        self._names[name] += 1
        name = f"{name} ({self._names[name]})" if self._names[name] > 1 else name
        numbers = random.Random(f"{self.seed} {name}")
        task = Task(name, numbers, numbers.choice(self.instances), skew, faults or {})
        task.thread = greenlet(act, self._hub)
        self._plan(at, task)

    def later(self, at: int, act: Callable[[], None]) -> None:
        """Let something happen then on behalf of the present call, whatever its task does meanwhile. It cannot wait."""
        self._plan(at, copy(self.task), act)

    def pause(self, milliseconds: int) -> None:
        """Let time pass for the present task; others go on meanwhile."""
        self._plan(self.now + milliseconds, self.task)
        self._hub.switch()

    def run(self) -> None:
        """Let everything happen, one after the other. Raises Broken."""
        self._hub = greenlet.getcurrent()
        while self._agenda:
            at, _, self.task, act = heapq.heappop(self._agenda)
            self.now = max(self.now, at)
            mine = self.task.instance
            vars(rulesets).update(_rulesets=mine.rulesets)
            vars(program).update(_catalogs=mine.catalogs, _regions=mine.regions)
            if act:
                act()
            else:
                self.task.thread.switch()

    def _plan(self, at: int, task: Task, act: Callable[[], None] | None = None) -> None:
        self._order += 1
        heapq.heappush(self._agenda, (at, self._order, task, act))

    def _changed(self, changes: list[Change]) -> None:
        self.task.commits += 1
        self._told(changes)

    @contextmanager
    def around_the_product(self) -> Iterator[None]:
        """The product in this process lives in this world while the context lasts."""
        with pytest.MonkeyPatch.context() as patch:
            client = Client(self)
            patch.setattr(table, "client", lambda: client)
            for module in (table, paging, queue):
                patch.setattr(module, "settings", lambda: Settings(TABLE, "simulated", "queue", "bus"))
            for name in ("sqs", "event_bridge"):
                patch.setattr(queue, name, lambda: client)
            patch.setattr(table, "time", SimpleNamespace(monotonic=lambda: self.now / 1000, sleep=self._sleep))
            patch.setattr(table, "random", SimpleNamespace(uniform=self._uniform))
            patch.setattr(ids, "fresh", self._fresh)
            patch.setattr(ids, "fresh_uuid", self._fresh_uuid)
            patch.setattr(telemetry.logger.registered_handler, "stream", _Nowhere())
            patch.setattr(metrics, "count", lambda *_, **_more: None)
            patch.setattr(rulesets, "_rulesets", OrderedDict())
            patch.setattr(program, "_catalogs", OrderedDict())
            patch.setattr(program, "_regions", {})
            for module in _modules().values():
                if hasattr(module, "now"):
                    patch.setattr(module, "now", self.clock)
            yield

    def _fresh(self) -> str:
        return self.task.fresh()

    def _fresh_uuid(self) -> str:
        return ids.derived_uuid(self.task.fresh())

    def _uniform(self, low: float, high: float) -> float:
        return self.task.random.uniform(low, high)

    def _sleep(self, seconds: float) -> None:
        self.pause(round(seconds * 1000))

    def invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any] | None:
        """What a function answers; None if its process ended before it did. Raises Broken for an exception of it."""
        self.steps += 1
        self.task.began = self.now
        try:
            answer: dict[str, Any] = _modules()[function].handler(event, CONTEXT)
        except Crash:
            return None
        except Exception as error:
            raise Broken("no call fails by an exception", f"{function}: {error!r}") from error
        return answer


class _Nowhere:
    """Where the log goes."""

    def write(self, _text: str) -> None:
        """Forget it."""

    def flush(self) -> None:
        """Nothing is kept."""


@cache
def _modules() -> dict[str, ModuleType]:
    return {name: load_function(name) for name in FUNCTIONS}


class Client:
    """A DynamoDB client as botocore makes it, with the network between it and the store; it tries three times."""

    def __init__(self, world: World) -> None:
        self.world = world

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
        """TransactWriteItems; a token makes its tries one transaction."""
        return self._call("transact_write_items", {"ClientRequestToken": self.world.task.fresh(), **request})

    def _call(self, operation: str, request: dict[str, Any]) -> Any:
        error: Exception = AssertionError("a client tries at least once")
        for attempt in range(TRIES):
            if attempt:
                self.world.pause(self.world.task.random.randint(0, 1000 * 2**attempt))
            try:
                return self._exchange(operation, request)
            except Refusal as refusal:
                error = _client_error(operation, refusal)
                if refusal.code not in _RETRIED:
                    raise error from None
            except _TimedOut:
                error = ReadTimeoutError(endpoint_url=_URL)
            except _Unreachable:
                error = EndpointConnectionError(endpoint_url=_URL)
        raise error

    def _exchange(self, operation: str, request: Request) -> Any:
        world, task = self.world, self.world.task
        fault = task.next_fault()
        world.steps += 1
        world.pause(_latency(task))
        match fault:
            case Fault.CRASH_BEFORE:
                raise Crash
            case Fault.THROTTLED if operation == "transact_write_items":
                reasons = [{"Code": "ThrottlingError", "Message": "not now"}] * len(request["TransactItems"])
                raise Refusal("TransactionCanceledException", "not now", reasons)
            case Fault.THROTTLED:
                raise Refusal("ThrottlingException", "not now")
            case Fault.FAILED:
                raise Refusal("InternalServerError", "not now")
            case Fault.LOST:
                world.pause(1000)
                raise _Unreachable
            case Fault.LATE:
                world.later(
                    world.now + task.random.randint(1000, 60_000), lambda: _done_unheard(world, operation, request)
                )
                world.pause(4000)
                raise _TimedOut
        answer = self._done(operation, request, partial=fault is Fault.PARTIAL)
        match fault:
            case Fault.ANSWER_LOST:
                world.pause(4000)
                raise _TimedOut
            case Fault.UNSURE:
                raise Refusal("InternalServerError", "who knows")
        world.pause(_latency(task))
        if fault is Fault.CRASH_AFTER:
            raise Crash
        return answer

    def _done(self, operation: str, request: Request, *, partial: bool) -> Any:
        """What the store does and answers: a transaction may take a while, reads of several items are several reads."""
        world, numbers = self.world, self.world.task.random
        if operation == "transact_write_items":
            begun = world.table.begin(request)
            if numbers.random() < 0.3:
                world.pause(numbers.randint(1, 4))
            return world.table.finish(begun)
        if operation == "batch_get_item":
            return self._read_in_parts(request, partial=partial)
        if operation in ("get_item", "query"):
            return getattr(world.table, operation)(request, behind=numbers.random() < 0.5)
        return _served(world, operation, request)

    def _read_in_parts(self, request: Request, *, partial: bool) -> Any:
        world, numbers = self.world, self.world.task.random
        ((name, asked),) = request["RequestItems"].items()
        keys = list(asked["Keys"])
        if len(keys) < 2 or not (partial or numbers.random() < 0.3):
            return world.table.batch_get_item(request)
        numbers.shuffle(keys)
        cut = numbers.randint(1, len(keys) - 1)
        parts = [{"RequestItems": {name: {**asked, "Keys": part}}} for part in (keys[:cut], keys[cut:])]
        answer = world.table.batch_get_item(parts[0])
        if partial:
            return {**answer, "UnprocessedKeys": parts[1]["RequestItems"]}
        world.pause(numbers.randint(1, 4))
        rest = world.table.batch_get_item(parts[1])
        return {"Responses": {name: answer["Responses"][name] + rest["Responses"][name]}, "UnprocessedKeys": {}}


def _done_unheard(world: World, operation: str, request: Request) -> None:
    try:
        _served(world, operation, request)
    except Refusal:
        return


def _served(world: World, operation: str, request: Request) -> Any:
    serve = world.services.get(operation) or getattr(world.table, operation)
    return serve(request)


def _latency(task: Task) -> int:
    kind = task.random.random()
    return 0 if kind < 0.2 else task.random.randint(1, 10) if kind < 0.97 else task.random.randint(20, 1500)


def _client_error(operation: str, refusal: Refusal) -> ClientError:
    response: Any = {
        "Error": {"Code": refusal.code, "Message": refusal.message},
        "ResponseMetadata": {"HTTPStatusCode": 500 if refusal.code == "InternalServerError" else 400},
    }
    if refusal.reasons:
        response["CancellationReasons"] = refusal.reasons
    return ClientError(response, operation)
