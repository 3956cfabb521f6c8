"""On a message that is to be told: sign it and deliver it to its webhook, or let the queue deliver it again later."""

from typing import Any

from loyalty.clock import now
from loyalty.records import each_delivery
from loyalty.services.notices import tell


@each_delivery
def handler(message: dict[str, Any], attempt: int, receipt: str) -> None:
    """Deliver one message on its so many-th attempt; or remind of what ends soon, if it is time."""
    tell(message, attempt, receipt, now)
