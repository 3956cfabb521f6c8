"""Which brand to test with is served now, so that its own time is told and nothing of it is counted.

Edges say it around one call, message or record. A context variable has it, so it ends with that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from loyalty.domain.program.test_clock import BrandClock


@dataclass
class Sandbox:
    """A brand to test with; its clock once somebody has asked for the time."""

    brand_id: str
    clock: BrandClock | None = None


_served: ContextVar[Sandbox | None] = ContextVar("served", default=None)


def served() -> Sandbox | None:
    """The brand to test with that is served now; None if a live one is."""
    return _served.get()


@contextmanager
def serving(brand_id: str | None) -> Iterator[None]:
    """Within this, that brand to test with is served; None is for any live one."""
    token = _served.set(Sandbox(brand_id) if brand_id is not None else None)
    try:
        yield
    finally:
        _served.reset(token)
