"""On an accepted request for an offer or for points: carry it out, from the hot queue and from the cold one alike."""

from typing import Any

from loyalty.clock import now
from loyalty.records import each_message
from loyalty.services.assignments import process_assignment


@each_message
def handler(message: dict[str, Any], attempt: int) -> None:
    """Carry out one request, on its so many-th delivery."""
    process_assignment(message, attempt, now)
