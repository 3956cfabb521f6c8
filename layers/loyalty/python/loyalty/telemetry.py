"""One JSON line per call: the log and, in CloudWatch's embedded format, the metrics. No personal data, no secrets.

Written to standard error as it is: Lambda's JSON log format takes such lines whole. No logging library is imported,
which would cost a function a sixth of its start-up.
"""

import os
import sys
import time
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from loyalty import json

if TYPE_CHECKING:  # the authorizer logs too, and needs no events
    from loyalty.domain.assignments.traces import AssignmentTrace
    from loyalty.domain.events.event import Event

NAMESPACE = "Earnest"
# All functions log to one group; none outside of Lambda.
FUNCTION_NAME = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")


def log(message: str, level: str = "INFO", **fields: Any) -> None:
    """Write one line. `fields` must hold no personal data: ids of events and brands, yes; of customers, no."""
    about = {"timestamp": _iso(time.time()), "level": level, "message": message, "function_name": FUNCTION_NAME}
    line = {**about, **fields}
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


def count_event(event: "Event") -> None:
    """Count an event by the status it now has, and what it has just granted, by reward."""
    _measure({"status": event.status}, Events=1)
    granted: dict[str, Decimal] = {}
    for lot in event.granted_lots if event.status == "RESOLVED" else ():
        granted[lot.reward_id] = granted.get(lot.reward_id, Decimal(0)) + lot.amount
    for reward_id, amount in granted.items():
        _measure({"reward_id": reward_id}, PointsGranted=amount)


def count_assignment(ended: "AssignmentTrace") -> None:
    """Count a request of a marketing tool by how it ended, and how long after it was accepted."""
    took = ended.duration // timedelta(milliseconds=1)
    _measure({"kind": ended.request.kind, "status": ended.status}, Assignments=1, AssignmentMilliseconds=took)


def _measure(dimensions: dict[str, str], **values: int | Decimal) -> None:
    metrics = [{"Name": name, "Unit": "Milliseconds" if name.endswith("Milliseconds") else "Count"} for name in values]
    directive = {"Namespace": NAMESPACE, "Dimensions": [list(dimensions)], "Metrics": metrics}
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    sys.stderr.write(json.dumps({"_aws": about, **dimensions, **values}) + "\n")


def _iso(seconds: float) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds * 1000) % 1000:03d}Z"
