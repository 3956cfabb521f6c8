"""Which sandbox brand is served now: the clock then shows its time, and no metric is counted.

The edges set it around one call, message or record, in a context variable, so it ends with that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from loyalty.domain.program.test_clock import BrandClock


@dataclass
class Sandbox:
    """A sandbox brand; its clock once it has been read."""

    brand_id: str
    clock: BrandClock | None = None


_served: ContextVar[Sandbox | None] = ContextVar("served", default=None)


def served() -> Sandbox | None:
    """The sandbox brand that is served now; None if it is a live one."""
    return _served.get()


@contextmanager
def serving(brand_id: str | None) -> Iterator[None]:
    """Within this context that sandbox brand is served; None is for any live one."""
    token = _served.set(Sandbox(brand_id) if brand_id is not None else None)
    try:
        yield
    finally:
        _served.reset(token)
