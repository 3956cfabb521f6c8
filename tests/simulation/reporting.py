"""The report of a failing history: the violated invariant, the calls that it takes, and the command to run them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from tests.simulation.histories import history
from tests.simulation.runner import DELIVERIES, Result, run
from tests.simulation.shrinking import Example, shrink


def report(seed: int, result: Result, bug: str | None = None, *, smallest: bool) -> str:
    """What a developer needs to find the mistake, with the smallest part of the history that shows it if wanted."""
    assert result.violation
    whole = history(seed)
    if not smallest:
        return f"Seed {seed} after {result.steps:,} steps: {result.violation}"
    example = shrink(whole, result, bug)
    violation = run(whole, example.keep, example.faultless, bug).violation or result.violation
    calls = [
        str(replace(action, faults={}) if action.number in example.faultless else action)
        for action in whole.actions
        if action.number in example.keep
    ]
    return "\n".join([f"Seed {seed}: {violation}", "", *calls, "", command(seed, example, bug)])


def command(seed: int, example: Example, bug: str | None) -> str:
    """The command that runs these calls of the seed."""
    parts = ["python -m tests.simulation", f"--seed {seed}", f"--keep {format_numbers(example.keep) or DELIVERIES}"]
    parts += [f"--faultless {format_numbers(example.faultless)}"] if example.faultless else []
    parts += [f"--bug {bug}"] if bug else []
    return " ".join(parts)


def format_numbers(numbers: Sequence[int]) -> str:
    """`1,3-5` for 1, 3, 4 and 5."""
    ordered = sorted(numbers)
    gaps = [i for i, (number, following) in enumerate(pairwise(ordered), 1) if following != number + 1]
    ranges = [ordered[start:end] for start, end in zip([0, *gaps], [*gaps, len(ordered)], strict=True)]
    return ",".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else f"{part[0]}" for part in ranges if part)


def parse_numbers(text: str) -> tuple[int, ...]:
    """The numbers in `1,3-5`."""
    ranges = (part.partition("-") for part in text.split(","))
    return tuple(number for first, _, last in ranges for number in range(int(first), int(last or first) + 1))
