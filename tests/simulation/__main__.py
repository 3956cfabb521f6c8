"""`python -m tests.simulation`: run histories until so many steps are done, or one history again."""

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.simulation.bugs import BUGS
from tests.simulation.histories import history
from tests.simulation.reporting import parse_numbers, report
from tests.simulation.runner import Result, run

_CHUNK = 64


def main() -> int:
    """Run what was asked for; the exit code is 1 if an invariant is violated."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--steps", type=int, default=50_000, help="run seed after seed for so many steps")
    parser.add_argument("--first-seed", type=int, default=1, help="the seed to begin with")
    parser.add_argument("--processes", type=int, default=2, help="how many seeds to run at once")
    parser.add_argument("--seed", type=int, help="run this seed alone")
    parser.add_argument("--keep", type=parse_numbers, help="of that seed only these calls, as 1,3-5")
    parser.add_argument("--faultless", type=parse_numbers, default=(), help="no faults in these; 0: deliveries")
    parser.add_argument("--bug", choices=BUGS, help="with this bug in the product")
    options = parser.parse_args()
    console = Console(highlight=False)
    if options.seed is not None:
        result = run(history(options.seed), options.keep, options.faultless, options.bug)
        if result.violation is None:
            console.print(f"Seed {options.seed}: {result.steps:,} steps, every invariant holds.")
            return 0
        text = report(options.seed, result, options.bug, smallest=options.keep is None)
        console.print(text, markup=False, soft_wrap=True)
        return 1
    return _run_many(console, options.steps, options.first_seed, options.processes, options.bug)


def _run_many(console: Console, steps: int, first_seed: int, processes: int, bug: str | None) -> int:
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
    done, seeds, began = 0, 0, time.monotonic()
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("steps", total=steps)
        for seed, result in _results(first_seed, processes, bug):
            done, seeds = done + result.steps, seeds + 1
            progress.update(bar, completed=min(done, steps), description=f"seed {seed}")
            if result.violation:
                progress.stop()
                console.print(report(seed, result, bug, smallest=True), markup=False, soft_wrap=True)
                return 1
            if done >= steps:
                break
    seconds = time.monotonic() - began
    last = first_seed + seeds - 1
    console.print(f"{done:,} steps of the seeds {first_seed} to {last} in {seconds:.0f} s: every invariant holds.")
    return 0


def _results(first_seed: int, processes: int, bug: str | None) -> Iterator[tuple[int, Result]]:
    """Every seed from the first on, in order, with its result."""
    with ProcessPoolExecutor(processes) as pool:
        while True:
            seeds = range(first_seed, first_seed + _CHUNK)
            yield from zip(seeds, pool.map(partial(_run, bug=bug), seeds), strict=True)
            first_seed += _CHUNK


def _run(seed: int, bug: str | None) -> Result:
    return run(history(seed), bug=bug)


if __name__ == "__main__":
    sys.exit(main())
