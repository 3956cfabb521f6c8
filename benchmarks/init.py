"""What a function takes to start, in units of the start of the AWS client it cannot do without.

The client is made on whole dependencies, as pip installs them; our layer leaves out what botocore knows of services
that no function calls. Each start is a fresh process, in processor time.
"""

import statistics
from pathlib import Path

from rich.console import Console
from rich.progress import track

from benchmarks.processes import (
    ALL,
    built,
    compiled_peer_path,
    function_path,
    function_variables,
    packed_peer_path,
    peer_path,
    run,
)
from benchmarks.report import Bars, Table
from tests.support.project import lambdas
from tests.support.published import operations

STARTS = 15
WARM_UP = 1
BOUNDS = {"authorizer": 1.15, "stream or queue": 1.25, "request without a body": 1.35, "request with a body": 1.60}
PEER_BOUND = 0.9
_USUAL = "on dependencies as pip installs them"

_CLOCK = """\
import time
began = time.process_time()
{act}
print(time.process_time() - began)
"""
_BARE = _CLOCK.format(act='import boto3\nboto3.client("dynamodb")')
_FUNCTION = _CLOCK.format(act="import handler")
_HAS_CLIENT = """\
from loyalty.store.table import client
assert client.cache_info().currsize == 1, "the client is not made while the function starts"
"""


def measure(console: Console) -> list[Table]:
    """The tables of every function's start, and of an emit's beside its peer's."""
    return [_functions(console), _peers(console)]


def profile(console: Console) -> None:
    """Print which modules the start of an emit spends its time in, each without those it imports."""
    done = run(function_path("emit_event"), _FUNCTION, function_variables("emit_event"), "-X", "importtime")
    lines = (line.removeprefix("import time:").split("|") for line in done.stderr.splitlines() if line.count("|") == 2)
    costly = sorted(((int(own), name.strip()) for own, _, name in lines if own.strip().isdigit()), reverse=True)
    table = Table("Where the start of emit_event goes", ("module", "µs of its own"))
    for own, name in costly[:25]:
        table.add(name, own)
    table.show(console)


def _functions(console: Console) -> Table:
    # Functions that share their code differ by a setting; the first of them is measured.
    names = {function.folder: name for name, function in sorted(lambdas().items(), reverse=True)}.values()
    ratios: dict[str, list[float]] = {name: [] for name in names}
    before = _bare()
    for i in track(range(STARTS + WARM_UP), "init", console=console, transient=True):
        for name, some in ratios.items():
            took, after = _ours(name), _bare()
            if i >= WARM_UP:
                some.append(2 * took / (before + after))
            before = after
    found = Table(
        'Start of a function ÷ `import boto3; boto3.client("dynamodb")`',
        ("function", "kind", "ratio", "bound"),
        f"Processor time of a fresh process between two bare ones, medians of {STARTS}, its client included.",
        bars=Bars("ratio", "bound", lowest=0.0),
    )
    order = list(BOUNDS)
    for name, measured in sorted(ratios.items(), key=lambda one: (order.index(_kind(one[0])), one[0])):
        found.add(name, _kind(name), f"{statistics.median(measured):.2f}", f"≤ {BOUNDS[_kind(name)]:.2f}")
    return found


def _peers(console: Console) -> Table:
    peers = {
        _USUAL: (peer_path(ALL), f"≤ {PEER_BOUND}"),
        "the same, with bytecode of its own file as well": (compiled_peer_path(), ""),
        "on dependencies that know DynamoDB alone": (peer_path("dynamodb"), ""),
        "as `sam build` packs it, without any bytecode": (packed_peer_path(), ""),
    }
    ratios: dict[str, list[float]] = {name: [] for name in peers}
    before = _ours("emit_event")
    for i in track(range(STARTS + WARM_UP), "init: peer", console=console, transient=True):
        for name, (path, _) in peers.items():
            took, after = _started(path, _FUNCTION, {"TABLE_NAME": "table"}), _ours("emit_event")
            if i >= WARM_UP:
                ratios[name].append((before + after) / 2 / took)
            before = after
    found = Table(
        "Start of an emit ÷ the same on Powertools' resolver with validation",
        ("peer", "ratio", "bound"),
        f"Processor time of a fresh process between two of ours, medians of {STARTS}. The peer is `benchmarks/peers/"
        "resolver`: request, answer, log and metrics are the same, but it knows one campaign and no more. As with "
        "ours, layers bring their bytecode; a function's own file is compiled at each start, if nothing else is said.",
    )
    for name, measured in ratios.items():
        found.add(name, f"{statistics.median(measured):.2f}", peers[name][1])
    return found


def _kind(function: str) -> str:
    if function == "authorize":
        return "authorizer"
    if function not in operations():
        return "stream or queue"
    return "request with a body" if "requestBody" in operations()[function] else "request without a body"


def _bare() -> float:
    return _started([built("DependenciesLayer", services=ALL)], _BARE, {})


def _ours(name: str) -> float:
    return _started(function_path(name), _FUNCTION + _HAS_CLIENT, function_variables(name))


def _started(path: list[Path], script: str, variables: dict[str, str]) -> float:
    return float(run(path, script, variables).stdout)
