"""What a customer has done so far, in numbers: additive, so that undoing an event subtracts exactly what it added.

A tally is a set of cells, each a number under a short name; a cell of nothing is no cell. Progress towards an operator
over history is a tally by counter; the times a campaign has rewarded the customer is a tally by campaign.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from loyalty.domain import ids
from loyalty.domain.money import ZERO, normalize, total
from loyalty.domain.times import MAX_REPORT_DELAY, Period, parse_period

HISTORY_OPERATORS = ("total_gte", "count_gte", "distinct_gte", "repeat_gte")
MAX_DISTINCT_VALUES = 100
MAX_COUNTER_VALUES = 4000
MAX_COUNTER_VALUES_PER_EVENT = 1000
MAX_EVENT_TYPES = 100
EVENT_TYPES = "types"
"""The tally of the types of a customer's events; all other names are digests and longer."""

CounterValues = Mapping[str, int | Decimal]
Counters = Mapping[str, CounterValues]

_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}
_MINUTES = {"minute": 1, "hour": 60}
_BUCKETS = 31
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1000)
def digest(*parts: str) -> str:
    """A short name for a counter, a campaign or a value: 50 bits."""
    return ids.derived(*parts)[:10]


def add_counters(tallies: Counters, changes: Counters, sign: int = 1) -> dict[str, CounterValues]:
    """The tallies with the changes added, or taken off again; a tally that was touched goes to the end."""
    after = dict(tallies)
    for name, change in changes.items():
        cells = dict(after.pop(name, {}))
        for cell, number in change.items():
            if summed := normalize(Decimal(cells.get(cell, 0)) + sign * number):
                cells[cell] = summed
            else:
                cells.pop(cell, None)
        if cells:
            after[name] = cells
    return after


def drop_oldest(tallies: Counters) -> Counters:
    """The tallies, without those touched longest ago if together they have more than MAX_COUNTER_VALUES cells."""
    excess = sum(map(len, tallies.values())) - MAX_COUNTER_VALUES
    after = dict(tallies)
    for name in tallies:
        if excess <= 0:
            break
        if name != EVENT_TYPES:
            excess -= len(after.pop(name))
    return after


class Window(NamedTuple):
    """A length of time in at most 32 buckets: `span` of them, each `width` local days or minutes long, are in it.

    A month counts as 31 days and a year as 366; longer windows are cut into equal buckets of whole days. So what is
    within the period always counts, and nothing that is older by more than one bucket. The present day, week, month or
    year of the calendar, `this`, is one bucket.
    """

    width: int
    span: int
    by_day: bool
    calendar_unit: str | None = None

    @classmethod
    def read(cls, text: str) -> "Window":
        """The window that is written `30/days`, or `this/month`."""
        length, _, unit = text.partition("/")
        return cls(1, 1, by_day=True, calendar_unit=unit) if length == "this" else cls.of(parse_period(text))

    @classmethod
    def of(cls, period: Period) -> "Window":
        """The window of that length."""
        by_day = period.unit in _DAYS
        length = period.length * (_DAYS[period.unit] if by_day else _MINUTES[period.unit])
        width = math.ceil(length / _BUCKETS)
        # Whole days count with the present one; where a bucket is cut anywhere, one more holds the window's beginning.
        return cls(width, math.ceil(length / width) + (not by_day or width > 1), by_day)

    def bucket(self, at: datetime, tz: ZoneInfo) -> int:
        """The number of the bucket an instant lies in."""
        if self.calendar_unit:
            return _numbered(self.calendar_unit, at, tz)
        if self.by_day:
            return at.astimezone(tz).date().toordinal() // self.width
        return (at - _EPOCH) // timedelta(minutes=self.width)


def _numbered(unit: str, at: datetime, tz: ZoneInfo) -> int:
    """The number of the day, the week from Monday, the month or the year of the brand that an instant lies in."""
    day = at.astimezone(tz).date()
    numbers = {"day": day.toordinal(), "week": (day.toordinal() - 1) // 7, "month": day.year * 12 + day.month}
    return numbers.get(unit, day.year)


class Counter(NamedTuple):
    """One operator over history: what it has counted so far lies in the tally `key`.

    `total_gte` sums the numbers above zero at its field; `count_gte` counts events, with a field those that have
    something there; `distinct_gte` counts different values and `repeat_gte` the events that had the same value. Without
    a window everything ever counted is one bucket. A value is a digest, and at most MAX_VALUES are remembered: of a
    `distinct_gte` as many as it wants, of a `repeat_gte` the first ones seen.
    """

    key: str
    operator: str
    threshold: Decimal
    path: tuple[str, ...] | None
    window: Window | None

    def active(self, cells: CounterValues, bucket: int) -> CounterValues:
        """The cells within the window that ends with the newest bucket there is."""
        if self.window is None or not cells:
            return cells
        oldest = max(bucket, *map(_bucket, cells)) - self.window.span
        return {name: number for name, number in cells.items() if _bucket(name) > oldest}

    def change(self, cells: CounterValues, values: list[Any], bucket: int) -> CounterValues:
        """What an event with these comparable values at the field adds to the living cells."""
        if self.window and cells and bucket <= max(map(_bucket, cells)) - self.window.span:
            return {}  # it happened before all that still counts
        at = str(bucket)
        if self.operator == "total_gte":
            summed = normalize(total(value for value in values if isinstance(value, Decimal) and value > 0))
            return {at: summed} if summed else {}
        if self.operator == "count_gte":
            return {at: 1} if values or self.path is None else {}
        known = {_value(name) for name in cells}
        room = int(self.threshold) if self.operator == "distinct_gte" else MAX_DISTINCT_VALUES
        new = dict.fromkeys(digest(type(value).__name__, _spelled(value)) for value in values)
        fits = [value for value in new if value in known]
        fits += [value for value in new if value not in known][: max(0, min(room, MAX_DISTINCT_VALUES) - len(known))]
        return {f"{value}@{at}": 1 for value in fits}

    def reading(self, cells: CounterValues) -> Decimal:
        """How far the living cells are: a sum, times, different values, or the times of the value seen most."""
        if self.operator in ("total_gte", "count_gte"):
            return normalize(total(map(Decimal, cells.values())))
        by_value: dict[str, Decimal] = {}
        for name, number in cells.items():
            by_value[_value(name)] = by_value.get(_value(name), ZERO) + number
        if self.operator == "distinct_gte":
            return Decimal(sum(number > 0 for number in by_value.values()))
        return max(by_value.values(), default=ZERO)


def _bucket(cell: str) -> int:
    return int(cell.rpartition("@")[2])


def _value(cell: str) -> str:
    return cell.partition("@")[0]


def _spelled(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


class Recurrence(NamedTuple):
    """How often a campaign may reward one customer: `times` a day, week or month of the brand, or ever."""

    times: int
    period: str

    def period_at(self, at: datetime, tz: ZoneInfo) -> str:
        """The name of the period an instant lies in."""
        return f"{self.period[0]}{0 if self.period == 'ever' else _numbered(self.period, at, tz)}"

    def active(self, cells: CounterValues, now: datetime, tz: ZoneInfo) -> CounterValues:
        """The cells that an event may still fall into, as late as events may be reported."""
        oldest = self.period_at(now - MAX_REPORT_DELAY - timedelta(days=1), tz)
        return {
            name: number for name, number in cells.items() if name[0] != oldest[0] or int(name[1:]) >= int(oldest[1:])
        }
