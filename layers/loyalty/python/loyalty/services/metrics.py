"""Business metrics: events by status, how late they expired, and points granted by reward."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from loyalty.domain.errors import FieldProblem
from loyalty.domain.events.event import Event, EventStatus
from loyalty.telemetry import count, logger

_MILLISECOND = timedelta(milliseconds=1)
_logged: dict[str, Mapping[str, Sequence[FieldProblem]]] = {}


def count_event(event: Event, settled_at: datetime | None = None) -> None:
    """Count an event by its new status, and the points it granted by reward.

    For one that has expired, also how long after its deadline it was settled: how late DynamoDB's TTL is.
    """
    late = {}
    if settled_at and event.deadline and event.status is EventStatus.EXPIRED:
        late = {"SettledLateMilliseconds": (settled_at - event.deadline) // _MILLISECOND}
    count({"status": event.status}, Events=1, **late)
    granted: dict[str, Decimal] = {}
    for lot in event.granted_lots if event.status is EventStatus.RESOLVED else ():
        granted[lot.reward_id] = granted.get(lot.reward_id, Decimal(0)) + lot.amount
    for reward_id, amount in granted.items():
        count({"reward_id": reward_id}, PointsGranted=amount)


def log_left_out(brand_id: str, left_out: Mapping[str, Sequence[FieldProblem]]) -> None:
    """Log, once in a process for each ruleset, which stored campaigns are left out of it, and why."""
    if not left_out or _logged.get(brand_id) is left_out:
        return
    _logged[brand_id] = left_out
    for campaign_id, problems in left_out.items():
        fields = [f"{problem.field}: {problem.message}" for problem in problems]
        logger.error("a campaign is left out", extra={"campaign_id": campaign_id, "problems": fields})
