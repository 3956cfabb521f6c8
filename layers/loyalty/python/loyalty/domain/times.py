"""Instants in UTC with milliseconds, days in a brand's time zone, and periods such as `12/months`."""

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

DEFAULT_HOLD = timedelta(days=1)
MAX_HOLD = timedelta(days=365)
MAX_REPORT_DELAY = timedelta(hours=72)
# How far the clock of a till may be ahead of ours.
MAX_CLOCK_SKEW = timedelta(minutes=5)
PERIOD = r"([1-9]\d{0,3})/(minute|hour|day|week|month|year)s?"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_IN_MINUTES = timedelta(hours=6)
_MAX_IN_HOURS = timedelta(days=15)
_MILLISECOND = timedelta(milliseconds=1)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_PERIOD = re.compile(PERIOD, re.ASCII)
_STEPS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_EXACT = ("minute", "hour")
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
_DAYS_OF_A_MONTH = 365.2425 / 12
_LONGEST_DAY = timedelta(hours=25, minutes=1)


class Period(NamedTuple):
    """A length of time, such as `12/months`."""

    length: int
    unit: str


def parse_instant(text: str) -> datetime:
    """The instant of an RFC 3339 time, truncated to milliseconds. Raises ValueError."""
    if not _RFC3339.fullmatch(text):
        raise ValueError(text)
    return whole_milliseconds(datetime.fromisoformat(text.upper()).astimezone(UTC))


def format_instant(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-01-31T09:30:00.000Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def whole_milliseconds(instant: datetime) -> datetime:
    """The instant truncated to milliseconds."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def to_millis(instant: datetime) -> int:
    """Milliseconds since 1970."""
    return (instant - _EPOCH) // _MILLISECOND


def from_millis(millis: int) -> datetime:
    """The instant so many milliseconds after 1970."""
    return _EPOCH + timedelta(milliseconds=millis)


def to_ttl(instant: datetime) -> int:
    """Seconds since 1970, rounded up: DynamoDB must not delete an item before the instant."""
    return -((_EPOCH - instant) // timedelta(seconds=1))


@cache
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name. Raises ValueError."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as unknown:  # ZoneInfoNotFoundError is a KeyError; the name of a folder gives an OSError
        raise ValueError(name) from unknown


def start_of_day(day: date, tz: ZoneInfo) -> datetime:
    """The instant at which that day begins in the time zone."""
    return datetime.combine(day, time(), tz).astimezone(UTC)


def parse_period(text: str) -> Period:
    """The period of `12/months`; units are minutes, hours, days, weeks, months and years. Raises ValueError."""
    match = _PERIOD.fullmatch(text)
    if not match:
        raise ValueError(text)
    return Period(int(match[1]), match[2])


def earlier(instant: datetime, period: Period, tz: ZoneInfo) -> datetime:
    """So long before an instant: days and weeks by the calendar of the time zone, hours and minutes exactly.

    Raises ValueError for months and years, whose lengths differ.
    """
    if period.unit not in _STEPS:
        raise ValueError(period.unit)
    length = period.length * _STEPS[period.unit]
    return instant - length if period.unit in _EXACT else (instant.astimezone(tz) - length).astimezone(UTC)


def always_ends_after(period: Period, other: Period) -> bool:
    """Whether what lasts for the period ends after what lasts for the other, whenever and wherever both begin.

    Both ends are rounded (see `expiry`), months have 28 to 31 days, and a day has 23 to 25 hours.
    """
    for family in (_DAYS, _MONTHS):
        if {period.unit, other.unit} <= family.keys():
            return period.length * family[period.unit] > other.length * family[other.unit]
    return _bounds(period)[0] >= _bounds(other)[1]


def _bounds(period: Period) -> tuple[timedelta, timedelta]:
    """How long what lasts for the period lasts at least, and what it does not last longer than."""
    if period.unit in _EXACT:
        length = period.length * _STEPS[period.unit]
        return length, length + (_rounded_to(length) or _LONGEST_DAY)
    months = period.length * _MONTHS.get(period.unit, 0)
    days = timedelta(days=period.length * _DAYS.get(period.unit, 0) + months * _DAYS_OF_A_MONTH)
    differ = timedelta(days=3 if months else 0)
    return days - differ - timedelta(hours=1), days + differ + _LONGEST_DAY


def _rounded_to(length: timedelta) -> timedelta | None:
    """What the end of a period of minutes or hours is rounded up to; None for the end of the day."""
    if length > _MAX_IN_HOURS:
        return None
    return timedelta(minutes=1) if length <= _MAX_IN_MINUTES else timedelta(hours=1)


def expiry(issued_at: datetime, period: Period, tz: ZoneInfo) -> datetime:
    """When something that is issued then expires: after the period, rounded up.

    Periods of days and longer end at 24:00 in the brand's time zone. Those of minutes and hours end with a full minute
    if they are at most 6 hours long, with a full hour up to 15 days, and at 24:00 if they are longer. Rounding makes
    points that are earned together expire together, as one lot: of a campaign at most 366 are open at once, as long as
    its points end within a year.
    """
    if period.unit in _EXACT:
        length = period.length * _STEPS[period.unit]
        step = _rounded_to(length)
        if step is None:
            return start_of_day((issued_at + length).astimezone(tz).date() + timedelta(days=1), tz)
        return -((_EPOCH - issued_at - length) // step) * step + _EPOCH
    day = issued_at.astimezone(tz).date()
    if period.unit in _STEPS:
        last = day + period.length * _STEPS[period.unit]
    else:
        months = day.month - 1 + period.length * (12 if period.unit == "year" else 1)
        year, month = day.year + months // 12, months % 12 + 1
        last = date(year, month, day.day if day.day <= 28 else min(day.day, calendar.monthrange(year, month)[1]))
    return start_of_day(last + timedelta(days=1), tz)
