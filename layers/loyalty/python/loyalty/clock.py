"""The clock of the functions; the domain is told the time."""

from datetime import UTC, datetime

from loyalty.domain.times import whole_milliseconds


def now() -> datetime:
    """The present in UTC, in whole milliseconds."""
    return whole_milliseconds(datetime.now(UTC))
