"""What the long form of a test has counted, said at the end of the run."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Protocol

import pytest

FIGURES, ANSWERS = "figures", "answers"

Record = Callable[[str, object], None]
"""What `record_property` is."""

Say = Callable[[str], None]
"""What the fixture `say` is."""

_EVERY_SECONDS = 10.0


class Progress(Protocol):
    """What the fixture `progress` is."""

    def __call__[T](self, items: Collection[T], what: str) -> Iterator[T]:
        """The same items, while the long form of a test says how many there were."""


def spoken[T](items: Collection[T], what: str, say: Say) -> Iterator[T]:
    """The items; every ten seconds `say` hears how many there were, how many a second, and what time is left."""
    began = last = time.monotonic()
    for done, item in enumerate(items):
        now = time.monotonic()
        if now - last >= _EVERY_SECONDS:
            last, rate = now, done / (now - began)
            left = timedelta(seconds=round((len(items) - done) / rate)) if rate else "unknown"
            say(f"{done:,} of {len(items):,} {what}, {rate:,.0f} a second, {left} left")
        yield item


def answers(what: str, statuses: Mapping[int, int]) -> tuple[tuple[str, str], tuple[str, list[tuple[int, int]]]]:
    """How often each status was answered, as a line and as numbers that can be added up: two properties of a report."""
    return (FIGURES, f"{what}: {spelled(statuses)}"), (ANSWERS, sorted(statuses.items()))


def spelled(statuses: Mapping[int, int]) -> str:
    """The statuses with their numbers, and the sum of those."""
    each = " · ".join(f"{status}: {number:,}" for status, number in sorted(statuses.items()))
    return f"{sum(statuses.values()):,} answers, {each}"


def told(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """The lines of these reports, and all their answers together if several have some."""
    together: Counter[int] = Counter()
    those = 0
    for report in reports:
        said: list[tuple[str, Any]] = [*report.user_properties]
        for name, value in said:
            if name == FIGURES:
                yield str(value)
            elif name == ANSWERS:
                together.update(dict(value))
                those += 1
    if those > 1:
        yield f"in all: {spelled(together)}"
