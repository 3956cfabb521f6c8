"""The queue of webhooks' messages, which also carries the notices of customers that are not due yet."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from loyalty.services.reminders import remind_in_time
from loyalty.services.webhooks import deliver


def process_message(message: Mapping[str, Any], receives: int, receipt: str, clock: Callable[[], datetime]) -> None:
    """Deliver a message to its webhook, or store a notice that is due.

    Raises NotDelivered if the queue is to move the message to its dead-letter queue, and ServiceUnavailable.
    """
    if "reminder" in message:
        remind_in_time(message["reminder"], clock)
    else:
        deliver(message, receives, receipt, clock)
