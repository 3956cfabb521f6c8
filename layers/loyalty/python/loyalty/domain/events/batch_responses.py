"""What clients see of a batch of events (the shape of Gameball's v4 API)."""

from collections.abc import Sequence
from typing import Any

from loyalty.domain.errors import FieldProblem
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.responses import MovementResponse, movement_response
from loyalty.domain.schemas import CamelAnswer, WarningResponse, warnings_response


class TrackedEventResponse(CamelAnswer):
    """One event of a batch."""

    name: str
    """The event's name in the batch."""
    event_id: str
    """The event's id."""
    status: EventStatus
    """Where it is in its life."""
    accumulations: list[MovementResponse]
    """What it earned."""


class TrackedResponse(CamelAnswer):
    """A batch that has been recorded."""

    success: bool
    """True."""
    message: str
    """How many events were recorded, in words."""
    events: list[TrackedEventResponse]
    """The events in the order they were sent."""
    warnings: list[WarningResponse]
    """What was not taken: an e-mail address or mobile number that is not valid names nobody."""


def tracked_response(events: Sequence[Event], warnings: Sequence[FieldProblem]) -> dict[str, Any]:
    """A TrackedResponse."""
    return {
        "success": True,
        "message": f"{len(events)} recorded",
        "events": [
            {
                "name": event.type,
                "eventId": event.event_id,
                "status": event.status,
                "accumulations": [movement_response(lot, event, None) for lot in event.granted_lots],
            }
            for event in events
        ],
        "warnings": warnings_response(warnings),
    }
