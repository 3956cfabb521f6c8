"""The clocks of sandbox brands: one item each."""

from loyalty.domain.program.test_clock import BrandClock
from loyalty.sandbox import Sandbox
from loyalty.store import keys
from loyalty.store.codec import Document
from loyalty.store.table import Item, WriteConflict, get, integer_in, put, write

_CLOCK = Document(BrandClock, beside=("version",))


def load_clock(brand_id: str) -> BrandClock:
    """The clock of a sandbox brand; one that was never advanced shows real time."""
    item = get(keys.test_clock(brand_id))
    return clock_in(item) if item else BrandClock()


def clock_in(item: Item) -> BrandClock:
    """The clock in that item."""
    return _CLOCK.unpack(item["document"], version=integer_in(item, "version"))


def clock_of(sandbox: Sandbox) -> BrandClock:
    """The clock of the brand that is served, which is read once."""
    if sandbox.clock is None:
        sandbox.clock = load_clock(sandbox.brand_id)
    return sandbox.clock


def save_clock(brand_id: str, clock: BrandClock) -> None:
    """Store the next version of a clock; WriteConflict if the one before it is not the stored one."""
    before = clock.version - 1
    condition = "#version = :before" if before else "attribute_not_exists(pk)"
    values = {"before": before} if before else {}
    item: Item = {"version": clock.version, "document": _CLOCK.pack(clock)}
    write(put(keys.test_clock(brand_id), item, condition, WriteConflict(), **values))
