"""When to try again: one policy for whatever asks a stack, in an account or on this machine."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call is tried, and the pauses between: exponential with jitter, at most `longest_pause` seconds."""

    attempts: int = 8
    first_pause: float = 0.5
    longest_pause: float = 20.0

    def pause(self, attempt: int, retry_after: str | None = None) -> float:
        """Return how many seconds to wait after a failed attempt: what the stack asked for, if it did."""
        if retry_after and retry_after.isdigit():
            return min(self.longest_pause, float(retry_after))
        return random.uniform(0.5, 1) * min(self.longest_pause, self.first_pause * float(2**attempt))  # noqa: S311  # nosec B311 - it spreads retries

    def pauses(self) -> Iterator[float]:
        """Yield the seconds to wait after each failed attempt but the last."""
        return (self.pause(attempt) for attempt in range(self.attempts - 1))


def retry[T](
    call: Callable[[], T],
    errors: tuple[type[Exception], ...],
    on_failure: Callable[[Exception], object],
    policy: RetryPolicy | None = None,
) -> T:
    """Return what `call` returns, called again after each of these errors; the last attempt's error is raised.

    `on_failure` is told each error before the pause that follows it.
    """
    for pause in (policy or RetryPolicy()).pauses():
        try:
            return call()
        except errors as error:
            on_failure(error)
            time.sleep(pause)
    return call()
