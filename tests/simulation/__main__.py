"""`python -m tests.simulation`: play histories until so many steps are done, or one of them again."""

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
from tests.simulation.playing import Played, play
from tests.simulation.telling import numbers_in, told

_SEEDS_AT_ONCE = 64


def main() -> int:
    """Play what was asked for; the exit code is 1 if a rule is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--steps", type=int, default=50_000, help="play seed after seed for so many steps")
    parser.add_argument("--first-seed", type=int, default=1, help="the seed to begin with")
    parser.add_argument("--processes", type=int, default=2, help="how many seeds to play at once")
    parser.add_argument("--seed", type=int, help="play this seed alone")
    parser.add_argument("--keep", type=numbers_in, help="of that seed only these calls, as 1,3-5")
    parser.add_argument("--calm", type=numbers_in, default=(), help="nothing goes wrong with these; 0: deliveries")
    parser.add_argument("--bug", choices=BUGS, help="with this bug in the product")
    asked = parser.parse_args()
    console = Console(highlight=False)
    if asked.seed is not None:
        one = play(history(asked.seed), asked.keep, asked.calm, asked.bug)
        if one.broken is None:
            console.print(f"Seed {asked.seed}: {one.steps:,} steps, every rule holds.")
            return 0
        console.print(told(asked.seed, one, asked.bug, shrink=asked.keep is None), markup=False, soft_wrap=True)
        return 1
    return _many(console, asked.steps, asked.first_seed, asked.processes, asked.bug)


def _many(console: Console, steps: int, first_seed: int, processes: int, bug: str | None) -> int:
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
    done, seeds, began = 0, 0, time.monotonic()
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("steps", total=steps)
        for seed, played in _played(first_seed, processes, bug):
            done, seeds = done + played.steps, seeds + 1
            progress.update(bar, completed=min(done, steps), description=f"seed {seed}")
            if played.broken:
                progress.stop()
                console.print(told(seed, played, bug, shrink=True), markup=False, soft_wrap=True)
                return 1
            if done >= steps:
                break
    took = time.monotonic() - began
    last = first_seed + seeds - 1
    console.print(f"{done:,} steps of the seeds {first_seed} to {last} in {took:.0f} s: every rule holds.")
    return 0


def _played(first_seed: int, processes: int, bug: str | None) -> Iterator[tuple[int, Played]]:
    """Every seed from the first on, in their order, and what came of it."""
    with ProcessPoolExecutor(processes) as pool:
        while True:
            seeds = range(first_seed, first_seed + _SEEDS_AT_ONCE)
            yield from zip(seeds, pool.map(partial(_play, bug=bug), seeds), strict=True)
            first_seed += _SEEDS_AT_ONCE


def _play(seed: int, bug: str | None) -> Played:
    return play(history(seed), bug=bug)


if __name__ == "__main__":
    sys.exit(main())
