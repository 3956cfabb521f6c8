"""How long a warm function takes, in units of the DynamoDB calls it cannot do without.

A handler works for one customer; a bare boto3 client sends the very same requests for another customer of the same
history. What the handler takes longer is ours. They take turns in twos, so that neither always comes second. Python's
collector is set as it is in the functions, for both.
"""

import contextlib
import cProfile
import gc
import pstats
import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from rich.console import Console
from rich.progress import track

from benchmarks.report import Bars, Table
from benchmarks.requests import ORDER
from benchmarks.table import bench_table
from loyalty import OBJECTS_BETWEEN_COLLECTIONS
from loyalty.store.table import client as product_client
from tests.support.api import Api
from tests.support.backend import Answer
from tests.support.dynamodb_local import Engine

CALLS = 400
WARM_UP = 50
OURS, TWIN = "customer-a", "customer-b"
BOUNDS = {"emit": 1.4, "fulfil": 1.3, "wallet": 1.3}

Requests = list[tuple[str, dict[str, Any]]]
Act = Callable[[], Answer]


@dataclass
class Twins:
    """A customer whom the product serves, and another for whom the same is done without the product."""

    api: Api
    bare: Any
    sent: Requests = field(default_factory=list)

    def __post_init__(self) -> None:
        product_client().meta.events.register("provide-client-params.dynamodb", self._note)

    def close(self) -> None:
        """Stop noting what the product sends."""
        product_client().meta.events.unregister("provide-client-params.dynamodb", self._note)

    def ours(self, act: Act) -> tuple[Answer, float, Requests]:
        """The product's answer, how long it took in seconds, and what it sent."""
        self.sent = []
        began = time.perf_counter()
        answer = act()
        took = time.perf_counter() - began
        assert answer.status in (200, 201), answer
        return answer, took, self.sent

    def theirs(self, sent: Requests) -> float:
        """How long the same requests take alone, for the twin, in seconds."""
        calls = [(getattr(self.bare, name), _for_twin(request)) for name, request in sent]
        began = time.perf_counter()
        for call, request in calls:
            call(**request)
        return time.perf_counter() - began

    def both(self, act: Act) -> Answer:
        """The product's answer, and the twin brought to the same state."""
        answer, _, sent = self.ours(act)
        self.theirs(sent)
        return answer

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        # A token of its own for the twin: DynamoDB would take the other one for a retry.
        self.sent.append((_snake(model.name), {k: v for k, v in params.items() if k != "ClientRequestToken"}))


def measure(console: Console) -> list[Table]:
    """The ratios of emit, fulfil and a wallet read."""
    found = Table(
        "A warm function ÷ the same DynamoDB calls by bare boto3",
        ("call", "DynamoDB calls", "ratio", "bound"),
        f"Medians of {CALLS} calls each, in turns of two, on DynamoDB Local.",
        bars=Bars("ratio", "bound", lowest=0.9),
    )
    with _twins() as twins:
        for name, prepared in _acts(twins).items():
            times = []
            for i in track(range(0, CALLS + WARM_UP, 2), f"warm: {name}", console=console, transient=True):
                acts = [prepared(), prepared()]
                mine = [twins.ours(act) for act in acts]
                alone = [twins.theirs(sent) for _, _, sent in mine]
                if i >= WARM_UP:
                    times += [(took, bare) for (_, took, _), bare in zip(mine, alone, strict=True)]
            took, bare = (statistics.median(column) for column in zip(*times, strict=True))
            found.add(name, len(twins.sent), f"{took / bare:.2f}", f"≤ {BOUNDS[name]}")
    return [found]


def profile(console: Console) -> None:
    """Print where a warm emit spends its time."""
    with _twins() as twins:
        for number in range(WARM_UP):
            _emit(twins.api, number)
        profiler = cProfile.Profile()
        for number in range(WARM_UP, WARM_UP + CALLS):
            profiler.runcall(_emit, twins.api, number)
    for order, lines in (("tottime", 10), ("cumulative", 40)):
        console.print(f"[bold]{CALLS} warm emits, by {order}")
        pstats.Stats(profiler).strip_dirs().sort_stats(order).print_stats(lines)


@contextlib.contextmanager
def _twins() -> Iterator[Twins]:
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    with bench_table() as engine:
        twins = Twins(Api().set_up(), _bare(engine))
        try:
            yield twins
        finally:
            twins.close()
            twins.bare.close()


def _bare(engine: Engine) -> Any:
    import boto3  # noqa: PLC0415 - as a function without us would

    return boto3.client("dynamodb", endpoint_url=engine.endpoint)


def _acts(twins: Twins) -> dict[str, Callable[[], Act]]:
    """What is measured; each prepares one act and gives it back."""
    api = twins.api
    numbers = count()

    def fulfil() -> Act:
        held = twins.both(lambda: _emit(api, next(numbers), fulfilled=False))
        return lambda: api.fulfil(held.data["id"])

    return {
        "emit": lambda: lambda: _emit(api, next(numbers)),
        "fulfil": fulfil,
        "wallet": lambda: lambda: api.wallet(OURS),
    }


def _emit(api: Api, number: int, **more: Any) -> Answer:
    return api.emit(OURS, order={**ORDER, "purchase_id": f"order-{number}"}, **more)


def _for_twin(request: Any) -> Any:
    """The same request about the twin and its events: same sizes, other keys."""
    if isinstance(request, dict):
        return {name: _for_twin(inner) for name, inner in request.items()}
    if isinstance(request, list):
        return [_for_twin(inner) for inner in request]
    if isinstance(request, str):
        mirrored = re.sub(r"(EVENT|NUMBER)#(\w+)", lambda found: f"{found[1]}#{found[2][::-1]}", request)
        return mirrored.replace(f"#CUST#{OURS}", f"#CUST#{TWIN}")
    return request


def _snake(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
