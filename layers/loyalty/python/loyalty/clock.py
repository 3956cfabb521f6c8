"""The clock. The domain gets the time as an argument."""

from datetime import UTC, datetime

from loyalty.domain.times import whole_milliseconds
from loyalty.sandbox import served
from loyalty.store.test_clocks import clock_of


def now() -> datetime:
    """The present time in UTC, truncated to milliseconds, as all stored times are.

    That of a sandbox brand is what its test clock says, which is read once in a call, when the time is first needed.
    """
    sandbox = served()
    return clock_of(sandbox).now(real_now()) if sandbox else real_now()


def real_now() -> datetime:
    """The real time, whoever is served: API keys and tokens begin and end by it."""
    return whole_milliseconds(datetime.now(UTC))
