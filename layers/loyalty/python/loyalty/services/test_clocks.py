"""The test clock of a sandbox brand: an advance settles every deadline that it passes, in order, at its instant."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from loyalty.domain.errors import Forbidden
from loyalty.domain.program.test_clock import BrandClock
from loyalty.queue import send
from loyalty.sandbox import serving
from loyalty.services.deadlines import settle
from loyalty.store.deadlines import Due, forget, load_due
from loyalty.store.keys import read_deadline
from loyalty.store.program import load_brand
from loyalty.store.table import WriteConflict, retry_on_conflict
from loyalty.store.test_clocks import load_clock, save_clock

ADVANCE = "ADVANCE"
# How long one delivery works on an advance, as other messages wait for the worker; then it sends the next message.
_SLICE_SECONDS = 5.0
# A call that read the clock before it arrived has ended by then; the sweep settles the deadlines that it wrote.
_SWEEP_AFTER_SECONDS = 60


def read_clock(brand_id: str) -> BrandClock:
    """The clock of the brand; a live one has real time. Raises BrandNotFoundError."""
    return load_clock(brand_id) if load_brand(brand_id).sandbox else BrandClock()


def advance_clock(brand_id: str, to: datetime, real_clock: Callable[[], datetime]) -> BrandClock:
    """Send the brand's clock on its way to that instant; the same call again changes nothing.

    Raises Forbidden for a live brand, ValidationError (to), BrandNotFoundError, ServiceUnavailable.
    """
    if not load_brand(brand_id).sandbox:
        raise Forbidden("this brand is live: only one that was made to test with, as a sandbox, has a clock to advance")
    clock = _begin_advance(brand_id, to, real_clock)
    # First stored, then sent: a message that came first would find nothing to do. A failure between the two leaves the
    # clock on its way and standing still; the caller gets an error, and the same call again sends the message.
    if clock.is_advancing:
        send(_message(brand_id), brand_id)
    return clock


@retry_on_conflict
def _begin_advance(brand_id: str, to: datetime, real_clock: Callable[[], datetime]) -> BrandClock:
    before = load_clock(brand_id)
    clock = before.advance(to, real_clock())
    if clock != before:
        save_clock(brand_id, clock)
    return clock


def process_advance(
    message: Mapping[str, Any], clock: Callable[[], datetime], real_clock: Callable[[], datetime]
) -> None:
    """Go on with the advance of the brand in a message; if there is none, settle what is overdue by its clock.

    For each of the next instants that something ends at: the clock is moved there and stands still, what ends is
    settled through the same decisions as in life, and its deadline is deleted. Whoever is killed between two of these
    leaves a clock that says where it was and deadlines that say what is left, and the next delivery of the message goes
    on from there. Settling twice changes nothing, as an event that has expired and a lot that is gone do so once; so
    two deliveries at once pay nothing twice either.
    """
    brand_id = message["brand_id"]
    ends = time.monotonic() + _SLICE_SECONDS
    while time.monotonic() < ends:
        try:
            if not _settle_next(brand_id, clock, real_clock):
                return
        except WriteConflict:  # another delivery has moved the clock, or a call has advanced it further
            continue
    send(_message(brand_id), brand_id)


def _settle_next(brand_id: str, clock: Callable[[], datetime], real_clock: Callable[[], datetime]) -> bool:
    """Settle what ends at the next instant, or arrive; False if nothing is left. WriteConflict if the clock changed."""
    before = load_clock(brand_id)
    until = before.to if before.is_advancing and before.to else before.now(real_clock())
    due = load_due(brand_id, until)
    if due:
        if before.stands_at and before.stands_at < due[0].at:
            save_clock(brand_id, before.stand_at(due[0].at, real_clock()))
        with serving(brand_id):
            for one in due:
                # Settling one may write another that is earlier than the rest, such as the expiry of the next lot.
                if one.at == due[0].at:
                    _settle(one, clock)
    elif before.is_advancing:
        # The message of the sweep is sent before the clock arrives, so that a failure between the two cannot lose it.
        # If it is delivered before the clock has arrived, it goes on with the advance.
        send(_message(brand_id), brand_id, delay=_SWEEP_AFTER_SECONDS)
        save_clock(brand_id, before.arrive(real_clock()))
        return False
    return bool(due)


def _settle(due: Due, clock: Callable[[], datetime]) -> None:
    deadline = read_deadline(due.key)
    assert deadline is not None
    settle(deadline, clock)
    forget(due)


def _message(brand_id: str) -> dict[str, Any]:
    return {"kind": ADVANCE, "brand_id": brand_id}
