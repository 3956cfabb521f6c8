"""A failing history told: the command that plays it again, the calls that are left, and the rule they break."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from tests.simulation.histories import history
from tests.simulation.playing import DELIVERIES, Played, play
from tests.simulation.shrinking import Example, shrunk


def told(seed: int, found: Played, bug: str | None = None, *, shrink: bool) -> str:
    """What a reader needs to mend what broke the rule; the history is made as small as can be first, if asked to."""
    assert found.broken
    whole = history(seed)
    if not shrink:
        return f"Seed {seed} after {found.steps:,} steps: {found.broken}"
    example = shrunk(whole, found, bug)
    broken = play(whole, example.keep, example.calm, bug).broken or found.broken
    calls = [
        str(replace(action, faults={}) if action.number in example.calm else action)
        for action in whole.actions
        if action.number in example.keep
    ]
    return "\n".join([f"Seed {seed}: {broken}", "", *calls, "", command(seed, example, bug)])


def command(seed: int, example: Example, bug: str | None) -> str:
    """What plays these calls of the seed again."""
    parts = ["python -m tests.simulation", f"--seed {seed}", f"--keep {spelled(example.keep) or DELIVERIES}"]
    parts += [f"--calm {spelled(example.calm)}"] if example.calm else []
    parts += [f"--bug {bug}"] if bug else []
    return " ".join(parts)


def spelled(numbers: Sequence[int]) -> str:
    """`1,3-5` for 1, 3, 4 and 5."""
    ordered = sorted(numbers)
    breaks = [place for place, (one, other) in enumerate(pairwise(ordered), 1) if other != one + 1]
    runs = [ordered[start:end] for start, end in zip([0, *breaks], [*breaks, len(ordered)], strict=True)]
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs if run)


def numbers_in(text: str) -> tuple[int, ...]:
    """The numbers in `1,3-5`."""
    runs = (part.partition("-") for part in text.split(","))
    return tuple(number for first, _, last in runs for number in range(int(first), int(last or first) + 1))
