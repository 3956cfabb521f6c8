"""The clock of a sandbox brand: its own time, which an advance moves on and which then goes on ticking."""

from datetime import datetime, timedelta
from typing import NamedTuple

from loyalty.domain.errors import invalid
from loyalty.domain.times import format_instant

MAX_AHEAD = timedelta(days=3653)
_MILLISECOND = timedelta(milliseconds=1)


class BrandClock(NamedTuple):
    """How many milliseconds the brand's time is `ahead` of real time; negative if an advance took longer than it spans.

    During an advance it stands still, at the instant whose deadlines are settled, and goes to `to`; afterwards `to`
    says where the last advance went. `version` increases with every change.
    """

    ahead: int = 0
    stands_at: datetime | None = None
    to: datetime | None = None
    version: int = 0

    @property
    def is_advancing(self) -> bool:
        """Whether an advance is under way."""
        return self.stands_at is not None

    def now(self, real: datetime) -> datetime:
        """The brand's time at that real time."""
        return self.stands_at or real + self.ahead * _MILLISECOND

    def real(self, instant: datetime) -> datetime:
        """When it is that instant by this clock, in real time, if nobody advances it."""
        return instant - self.ahead * _MILLISECOND

    def advance(self, to: datetime, real: datetime) -> "BrandClock":
        """The clock on its way to that instant; the same if it is going there, or went there last.

        Raises ValidationError (to) if that would be back, or is more than MAX_AHEAD from real time.
        """
        now = self.now(real)
        if to == self.to:
            return self
        if self.is_advancing and self.to and to < self.to:
            raise invalid("to", f"must be after {format_instant(self.to)}, where the clock is going already")
        if to <= now:
            raise invalid(
                "to", f"must be after {format_instant(now)}, the brand's present time: its clock never goes back"
            )
        if to > real + MAX_AHEAD:
            raise invalid("to", "must be within ten years from now, in real time")
        return self._replace(stands_at=now, to=to, version=self.version + 1)

    def stand_at(self, instant: datetime, real: datetime) -> "BrandClock":
        """The clock on its way, at that instant."""
        return self._replace(stands_at=instant, ahead=(instant - real) // _MILLISECOND, version=self.version + 1)

    def arrive(self, real: datetime) -> "BrandClock":
        """The clock that has reached `to` and ticks again."""
        assert self.to is not None
        return self._replace(stands_at=None, ahead=(self.to - real) // _MILLISECOND, version=self.version + 1)
