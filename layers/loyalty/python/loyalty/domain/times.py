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


def expiry(issued_at: datetime, period: Period, tz: ZoneInfo) -> datetime:
    """When something that is issued then expires: after the period, rounded up.

    Periods of days and longer end at 24:00 in the brand's time zone. Those of minutes and hours end with a full minute
    if they are at most 6 hours long, with a full hour up to 15 days, and at 24:00 if they are longer. Rounding makes
    points that are earned together expire together, as one lot: of a campaign at most 366 are open at once, as long as
    its points end within a year.
    """
    if period.unit in ("minute", "hour"):
        length = period.length * _STEPS[period.unit]
        if length > _MAX_IN_HOURS:
            return start_of_day((issued_at + length).astimezone(tz).date() + timedelta(days=1), tz)
        step = timedelta(minutes=1) if length <= _MAX_IN_MINUTES else timedelta(hours=1)
        return -((_EPOCH - issued_at - length) // step) * step + _EPOCH
    day = issued_at.astimezone(tz).date()
    if period.unit in _STEPS:
        last = day + period.length * _STEPS[period.unit]
    else:
        months = day.month - 1 + period.length * (12 if period.unit == "year" else 1)
        year, month = day.year + months // 12, months % 12 + 1
        last = date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    return start_of_day(last + timedelta(days=1), tz)
