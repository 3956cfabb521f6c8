"""The fewest calls of a failing history, and the fewest faults among them, that still violate the invariant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.simulation.histories import History
from tests.simulation.runner import DELIVERIES, Result, run

MAX_RUNS = 500


@dataclass(frozen=True)
class Example:
    """A part of a history: the numbers of its calls, and of those that have no faults."""

    keep: tuple[int, ...]
    faultless: tuple[int, ...]


def shrink(history: History, result: Result, bug: str | None = None) -> Example:
    """The smallest part that violates the same invariant, as far as a bounded number of runs finds it."""
    assert result.violation
    invariant = result.violation.invariant
    runs = 0

    def fails(keep: Sequence[int], faultless: Sequence[int]) -> bool:
        nonlocal runs
        runs += 1
        if runs > MAX_RUNS:
            return False
        violation = run(history, keep, faultless, bug).violation
        return violation is not None and violation.invariant == invariant

    calls = [action.number for action in history.actions]
    with_faults = [DELIVERIES, *(action.number for action in history.actions if action.faults)]
    needed = with_faults if not fails(calls, with_faults) else []
    keep = _minimize(calls, lambda some: fails(some, _without(with_faults, needed)))
    needed = _minimize(needed, lambda some: fails(keep, _without(with_faults, some)))
    keep = _minimize(keep, lambda some: fails(some, _without(with_faults, needed)))
    kept = {DELIVERIES, *keep} if history.delivery_faults else set(keep)
    return Example(tuple(keep), tuple(number for number in _without(with_faults, needed) if number in kept))


def _without(numbers: Sequence[int], others: Sequence[int]) -> list[int]:
    return [number for number in numbers if number not in others]


def _minimize(numbers: Sequence[int], fails: Callable[[Sequence[int]], bool]) -> list[int]:
    """Leave out halves, quarters and so on, as long as it still fails."""
    kept = list(numbers)
    size = max(1, len(kept) // 2)
    while kept:
        before, start = len(kept), 0
        while start < len(kept):
            fewer = kept[:start] + kept[start + size :]
            if fails(fewer):
                kept = fewer
            else:
                start += size
        if size == 1 and len(kept) == before:
            break
        size = max(1, size // 2)
    return kept
