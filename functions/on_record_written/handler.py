"""Stream: records were added to journals; what they say is announced."""

from loyalty.clock import now
from loyalty.records import each_write
from loyalty.services.feed import announce


@each_write
def handler(written: list[tuple[str, str]]) -> None:
    """Announce the records at these keys; one that was announced before is announced again by the same message."""
    announce(written, now)
