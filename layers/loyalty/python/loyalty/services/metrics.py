"""Business metrics: events by status, points granted by reward, assignments by their outcome and duration."""

from datetime import timedelta
from decimal import Decimal

from loyalty.domain.assignments.traces import AssignmentTrace
from loyalty.domain.events.event import Event, EventStatus
from loyalty.telemetry import count


def count_event(event: Event) -> None:
    """Count an event by its new status, and the points it granted by reward."""
    count({"status": event.status}, Events=1)
    granted: dict[str, Decimal] = {}
    for lot in event.granted_lots if event.status is EventStatus.RESOLVED else ():
        granted[lot.reward_id] = granted.get(lot.reward_id, Decimal(0)) + lot.amount
    for reward_id, amount in granted.items():
        count({"reward_id": reward_id}, PointsGranted=amount)


def count_assignment(ended: AssignmentTrace) -> None:
    """Count an assignment by its outcome, with the time since it was accepted."""
    took = ended.duration // timedelta(milliseconds=1)
    count({"kind": ended.request.kind, "status": ended.status}, Assignments=1, AssignmentMilliseconds=took)
