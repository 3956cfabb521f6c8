"""On a message for a webhook: sign it and deliver it, or let the queue deliver it again later."""

from typing import Any

from loyalty.clock import now
from loyalty.records import each_delivery
from loyalty.services.webhooks import deliver


@each_delivery
def handler(message: dict[str, Any], attempt: int, receipt: str) -> None:
    """Deliver one message, on its so many-th attempt."""
    deliver(message, attempt, receipt, now)
