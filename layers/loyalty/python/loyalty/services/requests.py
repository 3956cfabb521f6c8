"""What the queues carry: assignments, and the advances of test clocks."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from loyalty.services.assignments import process_assignment
from loyalty.services.test_clocks import ADVANCE, process_advance


def process_request(
    message: Mapping[str, Any], attempt: int, clock: Callable[[], datetime], real_clock: Callable[[], datetime]
) -> None:
    """Carry out the request in a message; `attempt` counts its deliveries. An exception has it delivered again."""
    if message.get("kind") == ADVANCE:
        process_advance(message, clock, real_clock)
    else:
        process_assignment(message, attempt, clock)
