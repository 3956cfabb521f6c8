"""On a message that is to be told: sign it and deliver it to its webhook, or put it into the queue for later."""

from typing import Any

from loyalty.clock import now
from loyalty.records import each_delivery
from loyalty.services.notices import process_message


@each_delivery
def handler(message: dict[str, Any], receives: int, receipt: str) -> None:
    """Deliver one message, which was received so often; or remind of what ends soon, if it is time."""
    process_message(message, receives, receipt, now)
