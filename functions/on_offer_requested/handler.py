"""On an accepted request for an offer or for points: carry it out, from the hot queue and from the cold one alike."""

from typing import Any

from loyalty import messages, telemetry
from loyalty.clock import now
from loyalty.services.assignments import process_assignment


def act(message: dict[str, Any], attempt: int) -> None:
    """Carry out one request, and count it when it ends."""
    if ended := process_assignment(message, attempt, now):
        telemetry.count_assignment(ended)


handler = messages.consumer(act)
