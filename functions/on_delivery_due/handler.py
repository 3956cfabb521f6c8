"""On a message for a webhook: sign and deliver it, or put it into the queue again for its next attempt."""

from typing import Any

from loyalty.clock import now
from loyalty.records import each_delivery
from loyalty.services.notices import process_message


@each_delivery
def handler(message: dict[str, Any], receives: int, receipt: str) -> None:
    """Process one message; `receives` counts its deliveries by the queue, and `receipt` names this one."""
    process_message(message, receives, receipt, now)
