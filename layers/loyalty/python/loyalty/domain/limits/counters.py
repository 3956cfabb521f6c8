"""Counters over a customer's history. They are sums, so undoing an event subtracts exactly what the event added.

A counter holds numbers by short names: those of time buckets, of distinct values, or of periods. Zeros are removed.
Conditions over history have a counter each, and so has each campaign that limits its rewards per customer.
"""

import math
from collections.abc import Mapping, Sequence
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
"""The key of the counter of a customer's events by type; all other keys are digests, which are longer."""

CounterValues = Mapping[str, int | Decimal]
Counters = Mapping[str, CounterValues]

MAX_PERIODS_OF_HISTORY = 400
"""How many periods of imported history are remembered of a limit per customer: more than a year of days."""

_HISTORY = "history-"

_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}
_MINUTES = {"minute": 1, "hour": 60}
_BUCKETS = 31
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=4000)
def digest(*parts: str) -> str:
    """A short name for a counter, a campaign or a value: 50 bits."""
    return ids.derived(*parts)[:10]


def add_counters(counters: Counters, changes: Counters, sign: int = 1) -> dict[str, CounterValues]:
    """The counters with the changes added, or subtracted if sign is -1; those that changed go to the end."""
    result = dict(counters)
    for key, change in changes.items():
        values = dict(result.pop(key, {}))
        for name, number in change.items():
            if value := normalize(Decimal(values.get(name, 0)) + sign * number):
                values[name] = value
            else:
                values.pop(name, None)
        if values:
            result[key] = values
    return result


def drop_oldest(counters: Counters) -> Counters:
    """The counters without those changed longest ago, until they hold at most MAX_COUNTER_VALUES numbers together."""
    excess = sum(map(len, counters.values())) - MAX_COUNTER_VALUES
    result = dict(counters)
    for key in counters:
        if excess <= 0:
            break
        if key != EVENT_TYPES:
            excess -= len(result.pop(key))
    return result


class Window(NamedTuple):
    """A sliding window of at most 32 buckets: the last `span` of them count, each `width` local days or minutes long.

    A month counts as 31 days and a year as 366; longer windows are cut into equal buckets of whole days. Whatever is
    within the period counts, and nothing that is older by more than one bucket. A window of the present day, week,
    month or year of the calendar (`calendar_unit`) is one bucket.
    """

    width: int
    span: int
    by_day: bool
    calendar_unit: str | None = None

    @classmethod
    def read(cls, text: str) -> "Window":
        """The window of a campaign's `within`: `30/days`, or `this/month`."""
        length, _, unit = text.partition("/")
        return cls(1, 1, by_day=True, calendar_unit=unit) if length == "this" else cls.of(parse_period(text))

    @classmethod
    def of(cls, period: Period) -> "Window":
        """The window of that length."""
        by_day = period.unit in _DAYS
        length = period.length * (_DAYS[period.unit] if by_day else _MINUTES[period.unit])
        width = math.ceil(length / _BUCKETS)
        # Single days include today, so they need no more buckets. Otherwise a period begins inside a bucket: one more.
        return cls(width, math.ceil(length / width) + (not by_day or width > 1), by_day)

    def bucket(self, at: datetime, tz: ZoneInfo) -> int:
        """The number of the bucket that an instant falls into."""
        if self.calendar_unit:
            return _calendar_number(self.calendar_unit, at, tz)
        if self.by_day:
            return at.astimezone(tz).date().toordinal() // self.width
        return (at - _EPOCH) // timedelta(minutes=self.width)


def _calendar_number(unit: str, at: datetime, tz: ZoneInfo) -> int:
    """A running number of the day, the week from Monday, the month or the year that an instant falls into."""
    day = at.astimezone(tz).date()
    numbers = {"day": day.toordinal(), "week": (day.toordinal() - 1) // 7, "month": day.year * 12 + day.month}
    return numbers.get(unit, day.year)


class Counter(NamedTuple):
    """What a condition over history counts; the customer's progress has its values under `key`.

    `total_gte` sums the positive numbers at its field. `count_gte` counts events; with a field, those that have a value
    there. `distinct_gte` counts different values, and `repeat_gte` how often the most frequent one occurred. These two
    remember values as digests, at most MAX_DISTINCT_VALUES: a `distinct_gte` up to its threshold, a `repeat_gte` the
    first ones. Without a window, all history is one bucket.
    """

    key: str
    operator: str
    threshold: Decimal
    path: tuple[str, ...] | None
    window: Window | None

    def active(self, counted: CounterValues, bucket: int) -> CounterValues:
        """The values in the window that ends with this bucket, or with a later one if there is one."""
        if self.window is None or not counted:
            return counted
        oldest = max(bucket, *map(_bucket, counted)) - self.window.span
        return {name: number for name, number in counted.items() if _bucket(name) > oldest}

    def change(self, active: CounterValues, values: Sequence[Any], bucket: int) -> CounterValues:
        """What an event in this bucket, with these comparable values at the field, adds to the active values."""
        if self.window and active and bucket <= max(map(_bucket, active)) - self.window.span:
            return {}  # the event is older than the window
        at = str(bucket)
        if self.operator == "total_gte":
            amount = normalize(total(value for value in values if isinstance(value, Decimal) and value > 0))
            return {at: amount} if amount else {}
        if self.operator == "count_gte":
            return {at: 1} if values or self.path is None else {}
        known = {_value(name) for name in active}
        limit = int(self.threshold) if self.operator == "distinct_gte" else MAX_DISTINCT_VALUES
        room = max(0, min(limit, MAX_DISTINCT_VALUES) - len(known))
        digests = dict.fromkeys(digest(type(value).__name__, _text_of(value)) for value in values)
        seen = [value for value in digests if value in known]
        new = [value for value in digests if value not in known][:room]
        return {f"{value}@{at}": 1 for value in seen + new}

    def reading(self, active: CounterValues) -> Decimal:
        """What the active values come to, to be compared with the threshold."""
        if self.operator in ("total_gte", "count_gte"):
            return normalize(total(map(Decimal, active.values())))
        by_value: dict[str, Decimal] = {}
        for name, number in active.items():
            by_value[_value(name)] = by_value.get(_value(name), ZERO) + number
        if self.operator == "distinct_gte":
            return Decimal(sum(number > 0 for number in by_value.values()))
        return max(by_value.values(), default=ZERO)


def _bucket(name: str) -> int:
    return int(name.rpartition("@")[2])


def _value(name: str) -> str:
    return name.partition("@")[0]


def _text_of(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def of_history(limits: Counters) -> dict[str, CounterValues]:
    """What an event of history uses of limits, under names of their own: its periods are kept though they are over."""
    return {key: {f"{_HISTORY}{period}": times for period, times in used.items()} for key, used in limits.items()}


def times_in(used: CounterValues, period: str) -> int | Decimal:
    """How often a customer was rewarded in a period, by events of their time and of history.

    An event that is undone after its period was dropped leaves less than nothing there.
    """
    return max(0, used.get(period, 0)) + max(0, used.get(f"{_HISTORY}{period}", 0))


class Recurrence(NamedTuple):
    """How often a campaign may reward one customer: `times` a day, week or month of the brand, or ever."""

    times: int
    period: str

    def period_at(self, at: datetime, tz: ZoneInfo) -> str:
        """A short name of the period that an instant falls into."""
        return f"{self.period[0]}{0 if self.period == 'ever' else _calendar_number(self.period, at, tz)}"

    def active(self, counted: CounterValues, now: datetime, tz: ZoneInfo) -> CounterValues:
        """The periods that an event may still fall into, the newest MAX_PERIODS_OF_HISTORY of history included.

        Events can be reported late, by up to MAX_REPORT_DELAY.
        """
        oldest = self.period_at(now - MAX_REPORT_DELAY - timedelta(days=1), tz)
        history = sorted((name for name in counted if name.startswith(_HISTORY)), key=_number_of_period)
        forgotten = set(history[:-MAX_PERIODS_OF_HISTORY])
        return {
            name: number
            for name, number in counted.items()
            if name not in forgotten and (name[0] != oldest[0] or _number_of_period(name) >= _number_of_period(oldest))
        }


def _number_of_period(name: str) -> int:
    """The number in a period's name, such as `d20520`."""
    return int(name.removeprefix(_HISTORY)[1:])
