"""What a function takes to start, in units of the start of the AWS client it cannot do without.

Each start is a fresh, isolated process that sees the built layers, the function's folder and the standard library,
and nothing else. The layers bring their bytecode, as deployed; the function's own file is compiled at each start, as
it is in Lambda.
"""

import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import track

from benchmarks.report import Bars, Table
from tests.support.project import FOLDERS, ROOT, lambdas

STARTS = 15
WARM_UP = 1
LIGHT = {"authorize": 1.10, "on_deadline_passed": 1.10}
BOUND = 1.25

BUILT = ROOT / ".local" / "benchmarks" / "layers"
LAYERS = {"DependenciesLayer": ROOT / "layers" / "dependencies", "LoyaltyLayer": ROOT / "layers" / "loyalty"}

_CLOCK = """\
import sys, time
sys.path[:0] = {path!r}
began = time.process_time()
{act}
"""
_BARE = """\
import boto3
boto3.client("dynamodb")
print(time.process_time() - began)
"""
_FUNCTION = """\
import handler
print(time.process_time() - began)
from loyalty.store.table import client
assert client.cache_info().currsize == 1, "the client is not made while the function starts"
"""


def measure(console: Console) -> list[Table]:
    """The table of every function's start."""
    layers = [built(name) / "python" for name in ("LoyaltyLayer", "DependenciesLayer")]
    bare = _program(layers[1:], _BARE)
    programs = {name: _program([ROOT / "functions" / name, *layers], _FUNCTION) for name in FOLDERS}
    ratios: dict[str, list[float]] = {name: [] for name in programs}
    before = _start(bare)
    for i in track(range(STARTS + WARM_UP), "init", console=console, transient=True):
        for name, program in programs.items():
            took, after = _start(program, **_own_variables(name)), _start(bare)
            if i >= WARM_UP:
                ratios[name].append(2 * took / (before + after))
            before = after
    found = Table(
        'Start of a function ÷ `import boto3; boto3.client("dynamodb")`',
        ("function", "ratio", "bound"),
        f"Processor time of a fresh process between two bare ones, medians of {STARTS}, its client included.",
        bars=Bars("ratio", "bound", lowest=0.9),
    )
    for name, measured in sorted(ratios.items(), key=lambda one: (one[0] not in LIGHT, one[0])):
        found.add(name, f"{statistics.median(measured):.2f}", f"≤ {LIGHT.get(name, BOUND):.2f}")
    return [found]


def profile(console: Console) -> None:
    """Print which modules the start of an emit spends its time in, each without those it imports."""
    layers = [built(name) / "python" for name in ("LoyaltyLayer", "DependenciesLayer")]
    program = _program([ROOT / "functions" / "emit_event", *layers], _FUNCTION)
    command = [sys.executable, "-ISB", "-X", "importtime", "-c", program]
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=True)
    lines = (line.removeprefix("import time:").split("|") for line in done.stderr.splitlines() if "[us]" not in line)
    costly = sorted(((int(own), name.strip()) for own, _, name in lines), reverse=True)
    table = Table("Where the start of emit_event goes", ("module", "µs of its own"))
    for own, name in costly[:25]:
        table.add(name, own)
    table.show(console)


def built(layer: str) -> Path:
    """A layer for this machine, made by the Makefile by which SAM makes it; anew when its source has changed."""
    place, source = BUILT / layer, LAYERS[layer]
    if not _is_current(place / "python", source):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        machine = "arm64" if os.uname().machine in ("arm64", "aarch64") else "x86_64"
        python = Path(sys.base_prefix) / "bin" / "python3.13"  # the one of the environment has no pip
        options = [f"ARTIFACTS_DIR={place}", f"ARCHITECTURE={machine}", f"PYTHON={python}"]
        command = ["make", "-s", "-C", str(source), f"build-{layer}", *options]
        done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        (place / "python").touch()
    return place


def _is_current(made: Path, source: Path) -> bool:
    written = (path.stat().st_mtime for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return made.is_dir() and made.stat().st_mtime > max(written)


def _program(path: list[Path], act: str) -> str:
    return _CLOCK.format(path=[str(one) for one in path], act=act)


def _own_variables(folder: str) -> dict[str, str]:
    """The variables of the first of the functions with that code."""
    function = next(one for one in lambdas().values() if one.folder == folder)
    return {**dict.fromkeys(function.variables, "somewhere"), **function.constants}


def _start(program: str, **variables: str) -> float:
    # Isolated, without the environment's packages, and leaving no bytecode behind.
    command = [sys.executable, "-ISB", "-c", program]
    done = subprocess.run(command, env={**_environment(), **variables}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return float(done.stdout)


def _environment() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "TABLE_NAME": "table",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
