"""Counters: windows, counters of every kind on every kind of value, and sums that an undoing takes back exactly."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.domain.limits.counters import (
    EVENT_TYPES,
    HISTORY_OPERATORS,
    MAX_COUNTER_VALUES,
    MAX_DISTINCT_VALUES,
    MAX_PERIODS_OF_HISTORY,
    Counter,
    CounterValues,
    Recurrence,
    Window,
    add_counters,
    drop_oldest,
    of_history,
    times_in,
)
from loyalty.domain.rules.predicates import comparable
from loyalty.domain.times import parse_instant, parse_period, zone
from tests.support.builders import NOW, must

UTC_ZONE = zone("UTC")


def counter(operator: str, wanted: int = 100, within: str | None = None, path: str | None = "x") -> Counter:
    window = Window.read(within) if within else None
    return Counter("key", operator, Decimal(wanted), (path,) if path else None, window)


def count(one: Counter, *events: list[Any], buckets: tuple[int, ...] = ()) -> Decimal:
    """How far a counter is after events with these values at its field, each in its bucket."""
    counted: CounterValues = {}
    for i, values in enumerate(events):
        bucket = buckets[i] if buckets else 0
        counted = one.active(counted, bucket)
        change = one.change(counted, list(map(comparable, values)), bucket)
        counted = add_counters({"": counted}, {"": change}).get("", {})
    return one.reading(counted)


# What one event with such a value adds to each kind of counter: nothing there, null, text, number, flag, list, objects.
TABLE: list[tuple[str, list[Any], int, int, int, int]] = [
    ("missing", [], 0, 0, 0, 0),
    ("a string", ["Berlin"], 0, 1, 1, 1),
    ("a number", [10], 10, 1, 1, 1),
    ("zero", [0], 0, 1, 1, 1),
    ("a negative number", [-5], 0, 1, 1, 1),
    ("true", [True], 0, 1, 1, 1),
    ("a list", [1, 2, 2], 5, 1, 2, 1),
    ("a mixed list", ["a", "A", 3, True], 3, 1, 3, 1),
    ("an object", [{"a": 1}], 0, 1, 1, 1),
    ("nested numbers", [Decimal("0.5"), Decimal("0.50")], 1, 1, 1, 1),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_every_operator_over_history_on_every_kind_of_value(row: tuple[str, list[Any], int, int, int, int]) -> None:
    _, values, *expected = row
    assert [count(counter(operator), values) for operator in HISTORY_OPERATORS] == expected


def test_without_a_field_every_event_counts() -> None:
    assert count(counter("count_gte", path=None), [], [], []) == 3


def test_counters_add_up_over_events() -> None:
    events: tuple[list[Any], ...] = ([5, "a"], ["A"], ["b", 7], ["a"])
    assert [count(counter(operator), *events) for operator in HISTORY_OPERATORS] == [12, 4, 4, 3]


def test_numbers_that_are_equal_are_one_value_and_text_is_not_a_number() -> None:
    assert count(counter("distinct_gte"), [10], [Decimal("10.0")], ["10"]) == 2


@pytest.mark.parametrize(
    ("within", "width", "span", "by_day"),
    [
        ("1/day", 1, 1, True),
        ("30/days", 1, 30, True),
        ("31/days", 1, 31, True),
        ("32/days", 2, 17, True),
        ("1/month", 1, 31, True),
        ("1/year", 12, 32, True),
        ("100/years", 1181, 32, True),
        ("30/minutes", 1, 31, False),
        ("1/hour", 2, 31, False),
        ("9999/hours", 19353, 32, False),
    ],
)
def test_a_window_is_at_most_32_buckets(within: str, width: int, span: int, by_day: bool) -> None:
    assert Window.of(parse_period(within)) == Window(width, span, by_day)


@pytest.mark.parametrize("within", ["1/day", "30/days", "3/weeks", "7/months", "2/years", "45/minutes", "12/hours"])
@given(at=st.timedeltas(timedelta(0), timedelta(days=3650)).map(NOW.__add__), share=st.floats(0, 0.999))
def test_what_is_within_the_period_counts_and_what_is_much_older_does_not(
    within: str, at: datetime, share: float
) -> None:
    period = parse_period(within)
    window = Window.of(period)
    unit = timedelta(days=1) if window.by_day else timedelta(minutes=1)
    days = {"day": 1, "week": 7, "month": 31, "year": 366, "minute": 1, "hour": 60}[period.unit] * period.length
    inside = at - unit * (days - 1 if window.by_day else days) * share
    outside = at - unit * (days + 2 * window.width)
    one = counter("count_gte", within=within)
    newest = window.bucket(at, UTC_ZONE)
    assert one.active({str(window.bucket(inside, UTC_ZONE)): 1}, newest)
    assert not one.active({str(window.bucket(outside, UTC_ZONE)): 1}, newest)


@pytest.mark.parametrize(
    ("within", "begins", "ends"),
    [
        ("this/day", "2026-03-09T23:00:00Z", "2026-03-10T23:00:00Z"),
        ("this/week", "2026-03-08T23:00:00Z", "2026-03-15T23:00:00Z"),
        ("this/month", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
        ("this/year", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"),
    ],
)
def test_a_period_of_the_calendar_is_the_brands(within: str, begins: str, ends: str) -> None:
    berlin, one = zone("Europe/Berlin"), Counter("key", "count_gte", Decimal(9), None, Window.read(within))
    window = must(one.window)
    now = window.bucket(NOW, berlin)
    for turn, inside in ((parse_instant(begins), True), (parse_instant(ends), False)):
        for at, counts in ((turn, inside), (turn - timedelta(milliseconds=1), not inside)):
            bucket = window.bucket(at, berlin)
            assert (bucket == now) == counts
            assert bool(one.active({str(bucket): 1}, now)) == (counts or bucket > now)
            assert bool(one.change({str(now): 1}, [], bucket)) == (bucket >= now)


def test_a_day_of_a_window_is_a_day_of_the_brand() -> None:
    window = Window.of(parse_period("1/day"))
    late = parse_instant("2026-03-10T23:30:00Z")
    assert window.bucket(late, UTC_ZONE) == window.bucket(NOW, UTC_ZONE)
    assert window.bucket(late, zone("Europe/Berlin")) == window.bucket(NOW, zone("Europe/Berlin")) + 1


def test_an_event_from_before_the_window_counts_nothing_and_one_that_comes_late_does() -> None:
    one = counter("count_gte", within="3/days")
    assert count(one, [1], [1], [1], buckets=(10, 9, 7)) == 2
    assert count(one, [1], [1], [1], buckets=(10, 11, 13)) == 2


def test_distinct_values_are_remembered_up_to_what_is_wanted() -> None:
    assert count(counter("distinct_gte", 3), list("abcdefg")) == 3
    assert count(counter("distinct_gte", MAX_DISTINCT_VALUES), list(range(500))) == MAX_DISTINCT_VALUES


def test_repeated_values_are_remembered_up_to_a_hundred() -> None:
    many = [[i] for i in range(150)]
    assert count(counter("repeat_gte"), *many, [3], [3]) == 3
    assert count(counter("repeat_gte"), *many, [149], [149]) == 1


TALLIES = st.dictionaries(
    st.sampled_from("abc"), st.dictionaries(st.sampled_from("123"), st.integers(-9, 9), max_size=3), max_size=3
)


@given(before=TALLIES, changes=st.lists(TALLIES, max_size=4), data=st.data())
def test_undoing_in_any_order_leaves_what_was_there_before(
    before: dict[str, CounterValues], changes: list[dict[str, CounterValues]], data: st.DataObject
) -> None:
    start = add_counters(before, before, 0)
    after = start
    for change in changes:
        after = add_counters(after, change)
    for change in data.draw(st.permutations(changes)):
        after = add_counters(after, change, -1)
    assert after == start


def test_the_counters_changed_longest_ago_are_forgotten_first_and_types_never() -> None:
    half = {str(i): 1 for i in range(MAX_COUNTER_VALUES // 2)}
    counters = add_counters({EVENT_TYPES: {"a": 1}, "old": half, "older": half}, {"old": {"1": 1}})
    assert list(drop_oldest(counters)) == [EVENT_TYPES, "old"]
    assert drop_oldest({"one": half}) == {"one": half}


@pytest.mark.parametrize(
    ("period", "same", "other"),
    [
        ("day", "2026-03-10T22:59:00Z", "2026-03-10T23:00:00Z"),
        ("week", "2026-03-15T22:59:00Z", "2026-03-15T23:00:00Z"),
        ("month", "2026-03-31T21:59:00Z", "2026-03-31T22:00:00Z"),
    ],
)
def test_a_period_is_the_brands(period: str, same: str, other: str) -> None:
    one, berlin = Recurrence(1, period), zone("Europe/Berlin")
    assert (
        one.period_at(parse_instant(same), berlin)
        == one.period_at(NOW, berlin)
        != one.period_at(parse_instant(other), berlin)
    )


def test_ever_is_one_period() -> None:
    one = Recurrence(1, "ever")
    assert one.period_at(NOW, UTC_ZONE) == one.period_at(parse_instant("2036-01-01T00:00:00Z"), UTC_ZONE)


def test_periods_that_no_event_can_fall_into_any_more_are_not_kept() -> None:
    one = Recurrence(1, "day")
    counted = {one.period_at(NOW - timedelta(days=age), UTC_ZONE): 1 for age in range(9)}
    assert len(one.active(counted, NOW, UTC_ZONE)) == 5
    assert one.active({"m1": 1, "e0": 3}, NOW, UTC_ZONE) == {"m1": 1, "e0": 3}


def test_a_period_of_history_is_kept_and_counts_with_events_of_its_time() -> None:
    one = Recurrence(1, "day")
    long_ago = one.period_at(NOW - timedelta(days=400), UTC_ZONE)
    (used,) = of_history({"campaign": {long_ago: 2}}).values()
    assert one.active(used, NOW, UTC_ZONE) == used
    assert [times_in(counted, long_ago) for counted in (used, {**used, long_ago: 1}, {long_ago: -1})] == [2, 3, 0]
    # Undone after its period was dropped.
    assert times_in({long_ago: 1, **dict.fromkeys(used, -1)}, long_ago) == 1


def test_the_newest_periods_of_history_are_kept_so_that_a_customer_stays_small() -> None:
    one = Recurrence(1, "day")
    days = [one.period_at(NOW - timedelta(days=age), UTC_ZONE) for age in range(1000)]
    (used,) = of_history({"campaign": dict.fromkeys(days, 1)}).values()
    assert one.active(used, NOW, UTC_ZONE) == dict(list(used.items())[:MAX_PERIODS_OF_HISTORY])
