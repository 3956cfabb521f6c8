"""What the long form of a test has counted, said at the end of the run."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest

FIGURES, ANSWERS = "figures", "answers"

Record = Callable[[str, object], None]
"""What `record_property` is."""


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
