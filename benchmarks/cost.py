"""`python -m benchmarks.cost`: what a month costs, from the units of docs/figures.md, into docs/production.md.

Nothing is measured here. Units are those that `make bench` counted; prices are a list's; what only an account could
show, such as how long a function runs on AWS's processors, is assumed, and said so on the page.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.report import FIGURES
from earnest.functions import functions
from earnest.paths import ROOT
from earnest.template import TEMPLATES, resources

PAGE = ROOT / "docs/production.md"

PRICES_OF = "us-east-1, September 2026"
MILLION = 1_000_000
# In dollars, without free tiers.
API_CALL = 3.50 / MILLION
API_FIRST_TIER = 333 * MILLION
LAMBDA_CALL = 0.20 / MILLION
LAMBDA_GB_SECOND = 0.0000133334  # arm64
SNAPSHOT_GB_SECOND = 0.0000015046
RESTORED_GB = 0.0001397998
WRITE_UNIT = 0.625 / MILLION
READ_UNIT = 0.125 / MILLION
STORED_GB_MONTH = 0.25
RECOVERY_GB_MONTH = 0.20
LOGGED_GB = 0.50
LOG_GB_MONTH = 0.03
TRACE = 5.00 / MILLION
ALARM = 0.10
METRIC = 0.30
DASHBOARD = 3.00
SENT_GB = 0.09

MONTH_SECONDS = 730 * 3600
GB = 1_000_000_000
# DynamoDB stores so much more for each item.
ITEM_OVERHEAD = 100


@dataclass(frozen=True)
class Call:
    """A call of the mix: how often there is one for each event, and what it takes."""

    function: str
    row: str
    per_event: float
    milliseconds: float


# Every event is emitted, and a wallet is read for it; one in ten is held first and then fulfilled. The authorizer is
# called for each, which is the most: the gateway keeps a key for 2 seconds.
MIX = (
    Call("EmitEvent", "emit", 0.9, 60),
    Call("EmitEvent", "emit in standby, redeeming", 0.1, 60),
    Call("FulfillEvent", "fulfil", 0.1, 60),
    Call("GetWallet", "read the wallet", 1.0, 20),
    Call("Authorize", "read the wallet", 2.1, 15),  # one strongly consistent read, as of a wallet
)
LOG_BYTES = 1_500  # of each invocation: our line, the metrics', and the platform's start and report
ANSWER_BYTES = 1_500
COLD = 1 / 500  # of invocations
METRICS = 24  # by status, by reward (ten), by kind of assignment
DETAILED_METRICS = 10 * 5  # the gateway's, of ten methods that are in use


def units() -> Mapping[str, tuple[int, int, int]]:
    """Round trips, read units and write units of each call on a customer with ten events, as they were measured."""
    found = re.findall(r"^\| ([^|]+) \| (\d+) · (\d+) · (\d+) \|", FIGURES.read_text(encoding="utf-8"), re.MULTILINE)
    return {row: (int(trips), int(reads), int(writes)) for row, trips, reads, writes in found}


def event_bytes() -> int:
    """The bytes of an event's item, as they were measured."""
    (size,) = re.findall(r"^\| event, resolved \| ([\d,]+) \|", FIGURES.read_text(encoding="utf-8"), re.MULTILINE)
    return int(size.replace(",", ""))


def memory_gb() -> Mapping[str, float]:
    """The memory of each function of the template."""
    return {one.logical_id: one.properties["MemorySize"] / 1024 for one in functions().values()}


def costs() -> Mapping[str, Callable[[int], float]]:
    """What there is to pay, each for a number of events a month, in dollars."""
    measured = units()
    memory = memory_gb()
    alarms = sum(one["Type"] == "AWS::CloudWatch::Alarm" for path in TEMPLATES for one in resources(path).values())
    calls = sum(call.per_event for call in MIX if call.function != "Authorize")
    invocations = sum(call.per_event for call in MIX)
    gb_seconds = sum(call.per_event * call.milliseconds / 1000 * memory[call.function] for call in MIX)
    reads, writes = (sum(call.per_event * measured[call.row][at] for call in MIX) for at in (1, 2))
    restored = sum(call.per_event * COLD * memory[call.function] for call in MIX)
    snapshots = sum(memory.values()) * MONTH_SECONDS * SNAPSHOT_GB_SECOND
    stored = 12 * (event_bytes() + ITEM_OVERHEAD) / GB * (STORED_GB_MONTH + RECOVERY_GB_MONTH)
    watched = alarms * ALARM + (METRICS + DETAILED_METRICS) * METRIC + DASHBOARD
    return {
        f"API Gateway: {calls:.1f} calls an event": lambda events: _api(calls * events),
        f"Lambda: {invocations:.1f} invocations an event": lambda events: (
            events * (invocations * LAMBDA_CALL + gb_seconds * LAMBDA_GB_SECOND)
        ),
        f"DynamoDB: {writes:.1f} write units an event": lambda events: events * writes * WRITE_UNIT,
        f"DynamoDB: {reads:.1f} read units an event": lambda events: events * reads * READ_UNIT,
        "DynamoDB: a year's events and their recovery": lambda events: events * stored,
        "Logs": lambda events: events * invocations * LOG_BYTES / GB * (LOGGED_GB + LOG_GB_MONTH),
        "X-Ray: one call a second of each function, 5 % of the others": _traces,
        "Data sent": lambda events: events * calls * ANSWER_BYTES / GB * SENT_GB,
        f"SnapStart: {len(memory)} snapshots, restores": lambda events: snapshots + events * restored * RESTORED_GB,
        f"{alarms} alarms, {METRICS + DETAILED_METRICS} metrics, a dashboard": lambda _: watched,
    }


def _api(calls: float) -> float:
    assert calls <= API_FIRST_TIER, "further calls cost less"
    return calls * API_CALL


def _traces(events: int) -> float:
    each: dict[str, float] = {}
    for call in MIX:
        each[call.function] = each.get(call.function, 0) + call.per_event * events
    first = {function: min(calls, MONTH_SECONDS) for function, calls in each.items()}
    return sum(first[function] + 0.05 * (each[function] - first[function]) for function in each) * TRACE


def table() -> str:
    """What a month of 1, 10 and 100 million events costs, as Markdown."""
    sizes = [MILLION, 10 * MILLION, 100 * MILLION]
    rows = {what: [cost(events) for events in sizes] for what, cost in costs().items()}
    totals = [sum(column) for column in zip(*rows.values(), strict=True)]
    rows["**a month**"] = totals
    rows["**a million events**"] = [total / (events / MILLION) for total, events in zip(totals, sizes, strict=True)]
    head = f"| dollars ({PRICES_OF}) | 1 million events | 10 million | 100 million |\n| --- | ---: | ---: | ---: |"
    return "\n".join([head, *(f"| {what} | {' | '.join(map(_dollars, found))} |" for what, found in rows.items())])


def _dollars(amount: float) -> str:
    return f"{amount:,.2f}" if amount < 10 else f"{amount:,.0f}"


def write() -> None:
    """Put the table in the place of the one that the page has."""
    text = PAGE.read_text(encoding="utf-8")
    written, number = re.subn(r"^\| dollars .*?(?=\n\n)", lambda _: table(), text, flags=re.MULTILINE | re.DOTALL)
    assert number == 1, "the page has the table once"
    PAGE.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    write()
