"""The fewest calls of a failing history, and the fewest of them that something goes wrong with, that still break it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.simulation.histories import History
from tests.simulation.playing import DELIVERIES, Played, play

MAX_PLAYS = 500


@dataclass(frozen=True)
class Example:
    """A part of a history: the numbers of its calls, and of those that nothing goes wrong with."""

    keep: tuple[int, ...]
    calm: tuple[int, ...]


def shrunk(history: History, found: Played, bug: str | None = None) -> Example:
    """The smallest part found, in a bounded number of plays, that breaks the same rule."""
    assert found.broken
    rule = found.broken.rule
    plays = 0

    def breaks(keep: Sequence[int], calm: Sequence[int]) -> bool:
        nonlocal plays
        plays += 1
        if plays > MAX_PLAYS:
            return False
        broken = play(history, keep, calm, bug).broken
        return broken is not None and broken.rule == rule

    numbers = [action.number for action in history.actions]
    wrong = [DELIVERIES, *(action.number for action in history.actions if action.faults)]
    troubled = wrong if not breaks(numbers, wrong) else []
    keep = _fewest(numbers, lambda some: breaks(some, _without(wrong, troubled)))
    troubled = _fewest(troubled, lambda some: breaks(keep, _without(wrong, some)))
    keep = _fewest(keep, lambda some: breaks(some, _without(wrong, troubled)))
    kept = {DELIVERIES, *keep} if history.troubled else set(keep)
    return Example(tuple(keep), tuple(one for one in _without(wrong, troubled) if one in kept))


def _without(numbers: Sequence[int], others: Sequence[int]) -> list[int]:
    return [number for number in numbers if number not in others]


def _fewest(numbers: Sequence[int], breaks: Callable[[Sequence[int]], bool]) -> list[int]:
    """Leave out halves, quarters and so on, as long as it still breaks."""
    kept = list(numbers)
    size = max(1, len(kept) // 2)
    while kept:
        before, place = len(kept), 0
        while place < len(kept):
            fewer = kept[:place] + kept[place + size :]
            if breaks(fewer):
                kept = fewer
            else:
                place += size
        if size == 1 and len(kept) == before:
            break
        size = max(1, size // 2)
    return kept
