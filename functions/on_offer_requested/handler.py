"""On an accepted request for an offer or for points: carry it out, from the hot queue and from the cold one alike.

The cold one also has the advances of test clocks.
"""

from typing import Any

from loyalty.clock import now, real_now
from loyalty.records import each_message
from loyalty.services.requests import process_request


@each_message
def handler(message: dict[str, Any], attempt: int) -> None:
    """Carry out one request; `attempt` counts the deliveries of its message."""
    process_request(message, attempt, now, real_now)
