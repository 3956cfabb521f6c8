"""How much longer an event takes while another process changes the brand's rules as fast as it can.

It is compared with events while the same process changes the rules of another brand, which takes as much of the machine
and of the table.
"""

import subprocess
import sys
import time
from collections.abc import Callable

from rich.console import Console

from benchmarks.report import Table
from benchmarks.table import bench_table
from tests.support.api import A_POINT_A_DOLLAR, Api
from tests.support.project import ROOT

CHANGES = 500
WARM_UP = 200
BOUND = 1.5
_CHANGE = """
from loyalty.domain.program.changes import Author
from loyalty.clock import now
from loyalty.services.campaigns import put_campaign
from tests.support.api import A_POINT_A_DOLLAR
for number in range({changes}):
    document = {{**A_POINT_A_DOLLAR, "trigger": f"TYPE-{{number}}"}}
    put_campaign({brand!r}, f"campaign-{{number:03}}", document, Author("", now()))
"""


def measure(console: Console) -> list[Table]:
    """The 95th percentile, the longest and the failures of emits, while others' rules change and while their own do."""
    table = Table(
        f"Events while another process changes {CHANGES} campaigns one by one",
        ("", "emits", "p50", "p95", "longest", "not 201"),
        f"Durations as multiples of the first p50; the second p95 ÷ the first must be at most {BOUND}.",
    )
    measured = []
    with bench_table():
        api, other = (Api().set_up(dollar=A_POINT_A_DOLLAR) for _ in range(2))
        _emits(api, lambda count: count < WARM_UP)
        for brand in (other.brand, api.brand):
            script = _CHANGE.format(changes=CHANGES, brand=brand)
            with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.DEVNULL) as writer:
                measured.append(_emits(api, _while_it_runs(writer)))
            assert writer.returncode == 0
    (durations, _), (changing, _) = measured
    unit = _percentile(durations, 0.5)
    ratio = _percentile(changing, 0.95) / _percentile(durations, 0.95)
    for name, (durations, failed) in zip(
        ("another brand's rules change", "their own rules change"), measured, strict=True
    ):
        figures = (_percentile(durations, 0.5), _percentile(durations, 0.95), max(durations))
        table.add(name, len(durations), *(f"{one / unit:.2f}" for one in figures), failed)
    table.add(f"p95 ÷ p95, ≤ {BOUND}", "", "", f"{ratio:.2f}", "", "")
    console.print(f"p95 while their own rules change ÷ while another brand's do: {ratio:.2f}")
    return [table]


def _emits(api: Api, go_on: Callable[[int], bool]) -> tuple[list[float], int]:
    """How long each emit took, in seconds, and how many were not answered with 201."""
    durations: list[float] = []
    failed = 0
    while go_on(len(durations)):
        began = time.perf_counter()
        failed += api.purchase(f"customer-{len(durations) % 50}", 10).status != 201
        durations.append(time.perf_counter() - began)
    return durations, failed


def _while_it_runs(process: subprocess.Popen[bytes]) -> Callable[[int], bool]:
    return lambda _: process.poll() is None


def _percentile(durations: list[float], part: float) -> float:
    return sorted(durations)[int(len(durations) * part)]
