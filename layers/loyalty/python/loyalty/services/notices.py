"""What waits in the queue of messages: those for webhooks, and reminders that are not due yet."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from loyalty.services.reminders import remind_in_time
from loyalty.services.webhooks import deliver


def tell(message: Mapping[str, Any], receives: int, receipt: str, clock: Callable[[], datetime]) -> None:
    """Do what a message asks for. Raises NotDelivered if it is to be set aside, and ServiceUnavailable."""
    if "reminder" in message:
        remind_in_time(message["reminder"], clock)
    else:
        deliver(message, receives, receipt, clock)
