"""What a process holds that has emitted: its resident set, beside that of bare boto3 that has read as often."""

import json
import statistics
import tempfile
import uuid
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from benchmarks.processes import ALL, built, function_path, function_variables, run
from benchmarks.report import Table
from benchmarks.requests import ORDER, emit_request
from benchmarks.table import NAME, bench_table
from tests.support.api import Api

CALLS, PROCESSES = 50, 5
# Before it was written on Powertools and pydantic, an emit held 6 MB more than bare boto3; these may take 8 on top.
MAX_MB_OVER_BARE = 14

_RESIDENT = """\
def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
"""
_BARE = f"""\
import os, sys
{_RESIDENT}
import boto3
client = boto3.client("dynamodb")
started = resident()
for _ in range({CALLS}):
    client.get_item(TableName="{NAME}", Key={{"pk": {{"S": "nobody"}}, "sk": {{"S": "nothing"}}}})
print(started, resident())
"""
_EMIT = f"""\
import json, os, sys, types
{_RESIDENT}
with open(os.environ["REQUESTS"]) as file:
    requests = json.load(file)
context = types.SimpleNamespace(
    function_name="function",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:function",
    aws_request_id="request",
)
import handler
started = resident()
for request in requests:
    answer = handler.handler(request, context)
    assert answer["statusCode"] == 201, answer
print(started, resident())
"""


def measure(console: Console) -> list[Table]:
    """The table of what is resident."""
    found = Table(
        "Memory of an emit's process",
        ("process", "started, MB", f"after {CALLS} calls, MB", "over bare boto3, MB", "bound"),
        f"Resident set of fresh processes, medians of {PROCESSES}; calls go to DynamoDB Local.",
    )
    held: dict[str, list[tuple[float, float]]] = {"bare boto3": [], "emit_event": []}
    with bench_table() as engine, tempfile.TemporaryDirectory() as folder:
        brand = Api().set_up().brand
        requests = Path(folder) / "requests.json"
        reached = {**engine.environment, "TABLE_NAME": NAME, "REQUESTS": str(requests)}
        for _ in track(range(PROCESSES), "memory", console=console, transient=True):
            requests.write_text(json.dumps(_requests(brand)))
            bare = run([built("DependenciesLayer", services=ALL)], _BARE, reached)
            ours = run(function_path("emit_event"), _EMIT, {**function_variables("emit_event"), **reached})
            for name, done in (("bare boto3", bare), ("emit_event", ours)):
                started, after = map(float, done.stdout.splitlines()[-1].split())
                held[name].append((started, after))
    median = {name: [statistics.median(column) for column in zip(*some, strict=True)] for name, some in held.items()}
    over = median["emit_event"][1] - median["bare boto3"][1]
    found.add("bare boto3", *(f"{one:.1f}" for one in median["bare boto3"]), "", "")
    found.add("emit_event", *(f"{one:.1f}" for one in median["emit_event"]), f"{over:.1f}", f"≤ {MAX_MB_OVER_BARE}")
    return [found]


def _requests(brand: str) -> list[dict[str, Any]]:
    customer = uuid.uuid4().hex
    return [emit_request(brand, customer, {**ORDER, "purchase_id": f"{customer}-{i}"}) for i in range(CALLS)]
