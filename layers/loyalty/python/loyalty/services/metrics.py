"""What is counted: events by the status they now have, points granted by reward, assignments by how they ended."""

from datetime import timedelta
from decimal import Decimal

from loyalty.domain.assignments.traces import AssignmentTrace
from loyalty.domain.events.event import Event, EventStatus
from loyalty.telemetry import count


def count_event(event: Event) -> None:
    """Count an event by the status it now has, and what it has just granted, by reward."""
    count({"status": event.status}, Events=1)
    granted: dict[str, Decimal] = {}
    for lot in event.granted_lots if event.status is EventStatus.RESOLVED else ():
        granted[lot.reward_id] = granted.get(lot.reward_id, Decimal(0)) + lot.amount
    for reward_id, amount in granted.items():
        count({"reward_id": reward_id}, PointsGranted=amount)


def count_assignment(ended: AssignmentTrace) -> None:
    """Count a request of a marketing tool by how it ended, and how long after it was accepted."""
    took = ended.duration // timedelta(milliseconds=1)
    count({"kind": ended.request.kind, "status": ended.status}, Assignments=1, AssignmentMilliseconds=took)
