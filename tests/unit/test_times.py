"""Instants, days in a time zone, periods, and when what was granted expires."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty import clock
from loyalty.domain.times import (
    expiry,
    format_instant,
    from_millis,
    parse_instant,
    parse_period,
    start_of_day,
    to_millis,
    to_ttl,
    zone,
)

ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago")
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis asks for naive bounds


def refuses(read: Callable[[str], object], text: str) -> bool:
    """Whether that cannot be read."""
    try:
        read(text)
    except (ValueError, OverflowError):
        return True
    return False


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-10T12:00:00Z", "2026-03-10T12:00:00.000Z"),
        ("2026-03-10t12:00:00z", "2026-03-10T12:00:00.000Z"),
        ("2026-03-10T12:00:00.5Z", "2026-03-10T12:00:00.500Z"),
        ("2026-03-10T12:00:00.123999999Z", "2026-03-10T12:00:00.123Z"),
        ("2026-03-10T12:00:00+00:00", "2026-03-10T12:00:00.000Z"),
        ("2026-03-10T12:00:00-00:00", "2026-03-10T12:00:00.000Z"),
        ("2026-03-10T01:30:00+05:30", "2026-03-09T20:00:00.000Z"),
        ("2026-12-31T20:00:00-05:00", "2027-01-01T01:00:00.000Z"),
        ("2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z"),
    ],
)
def test_a_time_is_read_in_any_form_of_rfc_3339_and_written_in_one(text: str, instant: str) -> None:
    assert format_instant(parse_instant(text)) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-10",
        "2026-03-10T12:00:00",
        "2026-03-10 12:00:00Z",
        "2026-03-10T12:00Z",
        "2026-03-10T12:00:00.Z",
        "2026-03-10T12:00:00.1234567890Z",
        "2026-03-10T12:00:00+0100",
        "2026-03-10T12:00:00Z ",
        "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-03-10T24:00:00Z",
        "2026-03-10T12:00:60Z",
        "2026-03-10T12:00:00+24:00",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "99999-01-01T00:00:00Z",
        "٢٠٢٦-03-10T12:00:00Z",
        "next week",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    assert refuses(parse_instant, text)


@given(MOMENTS)
def test_instants_are_kept_to_the_millisecond(moment: datetime) -> None:
    kept = from_millis(to_millis(moment))
    assert timedelta() <= moment - kept < timedelta(milliseconds=1)
    assert parse_instant(format_instant(moment)) == kept
    assert from_millis(to_millis(kept)) == kept


@given(MOMENTS)
def test_nothing_is_removed_before_its_time(moment: datetime) -> None:
    assert timedelta() <= from_millis(to_ttl(moment) * 1000) - moment < timedelta(seconds=1)


def test_the_clock_tells_the_present_in_whole_milliseconds() -> None:
    first, told, last = datetime.now(UTC), clock.now(), datetime.now(UTC)
    assert first - timedelta(milliseconds=1) < told <= last
    assert (told.microsecond % 1000, told.tzinfo) == (0, UTC)


@pytest.mark.parametrize(
    ("day", "where", "begins"),
    [
        ("2026-03-10", "UTC", "2026-03-10T00:00:00.000Z"),
        ("2026-03-10", "America/New_York", "2026-03-10T04:00:00.000Z"),
        ("2026-03-08", "America/New_York", "2026-03-08T05:00:00.000Z"),
        ("2026-03-09", "America/New_York", "2026-03-09T04:00:00.000Z"),
        ("2026-03-10", "Asia/Kolkata", "2026-03-09T18:30:00.000Z"),
        ("2026-03-10", "Pacific/Kiritimati", "2026-03-09T10:00:00.000Z"),
        ("2026-04-05", "Pacific/Chatham", "2026-04-04T10:15:00.000Z"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00.000Z"),
        ("2026-11-01", "America/Havana", "2026-11-01T04:00:00.000Z"),
    ],
    ids=[
        "in UTC",
        "in New York",
        "on the day the clocks go forward",
        "on the day after",
        "half an hour off",
        "14 hours ahead",
        "45 minutes off, on the day the clocks go back",
        "on a day without a midnight",
        "on a day with two midnights",
    ],
)
def test_a_day_begins_where_the_brand_is(day: str, where: str, begins: str) -> None:
    assert format_instant(start_of_day(date.fromisoformat(day), zone(where))) == begins


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Berlin",
        "europe/berlin",
        "Europe",
        "Europe/",
        "../etc/passwd",
        "/etc/passwd",
        "Europe/Berlin\0",
        "tzdata.zi",
    ],
)
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    assert refuses(zone, name)


@pytest.mark.parametrize(
    ("text", "length", "unit"),
    [
        ("1/minute", 1, "minute"),
        ("90/minutes", 90, "minute"),
        ("24/hours", 24, "hour"),
        ("30/days", 30, "day"),
        ("2/week", 2, "week"),
        ("12/months", 12, "month"),
        ("1/year", 1, "year"),
        ("9999/days", 9999, "day"),
    ],
)
def test_a_period_is_a_length_and_a_unit(text: str, length: int, unit: str) -> None:
    assert parse_period(text) == (length, unit)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "months",
        "12 months",
        "0/days",
        "-1/days",
        "1.5/days",
        "012/days",
        "10000/days",
        "1/second",
        "1/Days",
        "1/days ",
        "1/dayss",
        "١/days",
        "12/months/1",
    ],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    assert refuses(parse_period, text)


@pytest.mark.parametrize(
    ("issued", "period", "where", "ends"),
    [
        ("2026-03-10T12:00:00.000Z", "1/minute", "UTC", "2026-03-10T12:01:00.000Z"),
        ("2026-03-10T12:00:00.001Z", "1/minute", "UTC", "2026-03-10T12:02:00.000Z"),
        ("2026-03-10T12:59:30Z", "2/hours", "Europe/Berlin", "2026-03-10T15:00:00.000Z"),
        ("2026-03-10T12:00:30Z", "6/hours", "UTC", "2026-03-10T18:01:00.000Z"),
        ("2026-03-10T12:00:30Z", "361/minutes", "UTC", "2026-03-10T19:00:00.000Z"),
        ("2026-03-10T12:00:30Z", "24/hours", "Europe/Berlin", "2026-03-11T13:00:00.000Z"),
        ("2026-03-10T12:00:00Z", "360/hours", "UTC", "2026-03-25T12:00:00.000Z"),
        ("2026-03-10T12:00:30Z", "361/hours", "Europe/Berlin", "2026-03-25T23:00:00.000Z"),
        ("2026-03-10T12:00:30Z", "8760/hours", "UTC", "2027-03-11T00:00:00.000Z"),
        ("2026-03-29T00:30:00Z", "1/hour", "Europe/Berlin", "2026-03-29T01:30:00.000Z"),
        ("2026-03-10T12:00:00Z", "1/day", "UTC", "2026-03-12T00:00:00.000Z"),
        ("2026-03-10T23:59:59.999Z", "1/day", "UTC", "2026-03-12T00:00:00.000Z"),
        ("2026-03-10T23:30:00Z", "1/day", "Europe/Berlin", "2026-03-12T23:00:00.000Z"),
        ("2026-03-10T02:00:00Z", "1/day", "America/New_York", "2026-03-11T04:00:00.000Z"),
        ("2026-03-28T12:00:00Z", "1/day", "Europe/Berlin", "2026-03-29T22:00:00.000Z"),
        ("2026-10-24T12:00:00Z", "1/day", "Europe/Berlin", "2026-10-25T23:00:00.000Z"),
        ("2026-03-10T12:00:00Z", "2/weeks", "UTC", "2026-03-25T00:00:00.000Z"),
        ("2026-01-31T12:00:00Z", "1/month", "UTC", "2026-03-01T00:00:00.000Z"),
        ("2028-01-31T12:00:00Z", "1/month", "UTC", "2028-03-01T00:00:00.000Z"),
        ("2028-01-30T12:00:00Z", "1/month", "UTC", "2028-03-01T00:00:00.000Z"),
        ("2026-03-31T12:00:00Z", "1/month", "UTC", "2026-05-01T00:00:00.000Z"),
        ("2026-11-30T12:00:00Z", "3/months", "UTC", "2027-03-01T00:00:00.000Z"),
        ("2026-03-10T12:00:00Z", "12/months", "UTC", "2027-03-11T00:00:00.000Z"),
        ("2026-12-31T12:00:00Z", "12/months", "UTC", "2028-01-01T00:00:00.000Z"),
        ("2028-02-29T12:00:00Z", "1/year", "UTC", "2029-03-01T00:00:00.000Z"),
        ("2028-02-29T12:00:00Z", "4/years", "UTC", "2032-03-01T00:00:00.000Z"),
        ("2026-03-10T12:00:00Z", "100/years", "UTC", "2126-03-11T00:00:00.000Z"),
        ("2026-12-31T23:30:00Z", "1/month", "Europe/Berlin", "2027-02-01T23:00:00.000Z"),
    ],
)
def test_what_is_granted_lives_as_long_as_promised_and_until_its_day_or_minute_ends(
    issued: str, period: str, where: str, ends: str
) -> None:
    assert format_instant(expiry(parse_instant(issued), parse_period(period), zone(where))) == ends


@given(MOMENTS, st.sampled_from(["minute", "hour", "day", "week"]), st.integers(1, 400), st.sampled_from(ZONES))
def test_nothing_expires_sooner_than_the_period_says(moment: datetime, unit: str, length: int, where: str) -> None:
    period = timedelta(**{f"{unit}s": length})
    # An hour less, where the clocks went forward meanwhile: days are days of the calendar.
    slack = timedelta(hours=1) if unit in ("day", "week") else timedelta()
    ends = expiry(moment, parse_period(f"{length}/{unit}"), zone(where))
    assert moment + period - slack <= ends <= moment + period + timedelta(days=1) + slack
