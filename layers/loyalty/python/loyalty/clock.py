"""The clock. The domain gets the time as an argument."""

from datetime import UTC, datetime

from loyalty.domain.times import whole_milliseconds


def now() -> datetime:
    """The present time in UTC, truncated to milliseconds, as all stored times are."""
    return whole_milliseconds(datetime.now(UTC))
