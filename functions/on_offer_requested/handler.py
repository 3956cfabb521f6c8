"""On an accepted request for an offer or for points: carry it out, from the hot queue and from the cold one alike."""

from typing import Any

from loyalty import messages, telemetry
from loyalty.clock import now
from loyalty.use_cases.carry_out import carry_out


def act(message: dict[str, Any], attempt: int) -> None:
    """Carry out one request, and count it when it ends."""
    if ended := carry_out(message, attempt, now):
        telemetry.count_assignment(ended)


handler = messages.consumer(act)
