"""The clock of a brand to test with: pure arithmetic of instants."""

from datetime import datetime, timedelta

import pytest

from loyalty import clock
from loyalty.domain.errors import ValidationError
from loyalty.domain.program.test_clock import MAX_AHEAD, BrandClock
from loyalty.sandbox import Sandbox, served, serving
from tests.support.builders import NOW, after

SECOND = timedelta(seconds=1)


def test_a_clock_shows_real_time_until_it_is_advanced() -> None:
    assert BrandClock().now(NOW) == NOW
    assert not BrandClock().is_advancing


def test_on_its_way_it_stands_still_and_then_it_ticks_from_where_it_went() -> None:
    on_its_way = BrandClock().advance(after(days=30), NOW)
    assert [on_its_way.now(after(seconds=one)) for one in (0, 5)] == [NOW, NOW]
    later = on_its_way.stand_at(after(days=3), after(seconds=1))
    assert later.now(after(seconds=9)) == after(days=3)
    there = later.arrive(after(seconds=10))
    assert there.now(after(seconds=10)) == after(days=30)
    assert there.now(after(seconds=11)) == after(days=30, seconds=1)
    assert [one.version for one in (on_its_way, later, there)] == [1, 2, 3]


def test_an_instant_of_it_is_so_much_earlier_in_real_time() -> None:
    there = BrandClock().advance(after(days=30), NOW).arrive(NOW)
    assert there.real(after(days=31)) == after(days=1)
    assert there.now(there.real(after(days=31))) == after(days=31)


def test_it_is_never_behind_what_it_has_shown_however_long_an_advance_takes() -> None:
    slow = BrandClock().advance(after(seconds=5), NOW).arrive(after(minutes=1))
    assert slow.now(after(minutes=1)) == after(seconds=5)
    assert slow.ahead < 0


def test_the_same_advance_again_is_the_same_clock() -> None:
    on_its_way = BrandClock().advance(after(days=1), NOW)
    assert on_its_way.advance(after(days=1), after(minutes=1)) is on_its_way
    there = on_its_way.arrive(after(minutes=1))
    assert there.advance(after(days=1), after(minutes=5)) is there


@pytest.mark.parametrize("to", [NOW, NOW - SECOND, NOW + MAX_AHEAD + SECOND], ids=["now", "back", "too far"])
def test_back_and_too_far_are_refused(to: datetime) -> None:
    with pytest.raises(ValidationError) as refused:
        BrandClock().advance(to, NOW)
    assert [one.field for one in refused.value.fields] == ["to"]


def test_on_its_way_it_can_only_go_further() -> None:
    on_its_way = BrandClock().advance(after(days=2), NOW)
    with pytest.raises(ValidationError, match="where the clock is going already"):
        on_its_way.advance(after(days=1), NOW)
    assert on_its_way.advance(after(days=3), after(hours=1)).now(after(hours=1)) == NOW


def test_what_one_call_serves_the_next_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "real_now", lambda: NOW)
    with serving("lab"):
        sandbox = served()
        assert sandbox == Sandbox("lab")
        sandbox.clock = BrandClock(ahead=60_000)
        assert clock.now() == after(minutes=1)
        with serving(None):
            assert clock.now() == NOW
        assert clock.now() == after(minutes=1)
    assert served() is None
    assert clock.now() == NOW
    with pytest.raises(KeyError), serving("lab"):
        raise KeyError
    assert served() is None
