"""What an emit takes to parse, validate and answer, beside its peer on Powertools' resolver with validation.

Each emits once on DynamoDB Local; from then on what it returned stands in for deciding and storing, so that only the
edges are timed: the gateway's event in, the answer out. Log lines and metrics are Powertools' in both, and left out.
"""

import contextlib
import gc
import importlib.util
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

from aws_lambda_powertools import Logger
from rich.console import Console
from rich.progress import track

from benchmarks.processes import PEER
from benchmarks.report import Table
from benchmarks.requests import ORDER, emit_request
from benchmarks.table import NAME, bench_table
from loyalty import OBJECTS_BETWEEN_COLLECTIONS
from loyalty.telemetry import logger
from tests.support.api import Api
from tests.support.project import load_function

CALLS, WARM_UP = 2000, 100
BOUND = 0.6
CONTEXT = SimpleNamespace(
    function_name="function",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:function",
    aws_request_id="request",
)

Act = Callable[[], Any]


def measure(console: Console) -> list[Table]:
    """The table of ours and the peer."""
    found = Table(
        "A warm emit's edges ÷ the same on Powertools' resolver with validation",
        ("what", "ratio", "bound"),
        f"Medians of {CALLS:,} calls each, in turn, in one process, of the same request.",
    )
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    with bench_table() as engine:
        api = Api().set_up()
        request = emit_request(api.brand, "customer", {**ORDER, "purchase_id": "order"})
        peer_module = _peer(engine.client(), api.brand)
        ours = _edges(load_function("emit_event"), "emit_event", request)
        peer = _edges(peer_module, "emit", request)
        with mock.patch.object(peer_module, "count", new=_uncounted), _silent(logger, peer_module.logger):
            assert _fields(ours()) == _fields(peer())
            found.add("parse, validate, respond", f"{_ratio(ours, peer, console):.2f}", f"≤ {BOUND}")
    return [found]


def _ratio(ours: Act, peer: Act, console: Console) -> float:
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    pair = [("ours", ours), ("peer", peer)]
    for i in track(range(CALLS + WARM_UP), "edges", console=console, transient=True):
        pair.reverse()
        for name, act in pair:
            began = time.perf_counter()
            act()
            took = time.perf_counter() - began
            if i >= WARM_UP:
                times[name].append(took)
    return statistics.median(times["ours"]) / statistics.median(times["peer"])


@contextlib.contextmanager
def _silent(*loggers: Logger) -> Iterator[None]:
    """Without log lines, and without metrics, which our service counts and the peer's handler."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")  # of the peer, that it has no metrics
        for one in loggers:
            stack.callback(one.setLevel, one.log_level)
            one.setLevel("WARNING")
        yield


def _uncounted(_event: object) -> None:
    pass


def _edges(module: ModuleType, service: str, request: dict[str, Any]) -> Act:
    """The handler, with what its service returns for this request once in the service's place from then on."""
    serve = getattr(module, service)
    returned: list[Any] = []

    def first(*arguments: Any, **named: Any) -> Any:
        returned.append(serve(*arguments, **named))
        return returned[0]

    setattr(module, service, first)
    answer = module.handler(request, CONTEXT)
    assert answer["statusCode"] == 201, answer
    setattr(module, service, lambda *_arguments, **_named: returned[0])
    return lambda: module.handler(request, CONTEXT)


def _fields(answer: dict[str, Any]) -> list[list[str]]:
    """The fields of an answer, and of all that is in it: the peer answers no less than we do."""
    event = json.loads(answer["body"])["data"]
    result = event["result"]
    return [sorted(one) for one in (event, result, *result["accumulations"], *result["wallet"]["totals"])]


def _peer(client: Any, brand: str) -> ModuleType:
    """The peer's module, its brand in the table."""
    campaign = {"id": {"S": "dollar"}, "trigger": {"S": "PURCHASE"}, "points_for_each": {"N": "1"}}
    key = {"pk": {"S": f"PEER#BRAND#{brand}"}, "sk": {"S": "BRAND"}}
    client.put_item(TableName=NAME, Item={**key, "campaign": {"M": campaign}})
    client.close()
    spec = importlib.util.spec_from_file_location("peer_handler", PEER / "handler.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
