"""Read what has become of a request of a marketing tool."""

from datetime import datetime

from loyalty.domain.assignments.traces import AssignmentTrace
from loyalty.domain.errors import TraceNotFoundError
from loyalty.store.traces import load_trace


def read_trace(brand_id: str, trace_id: str, now: datetime) -> AssignmentTrace:
    """The request's trace. Raises TraceNotFoundError."""
    trace = load_trace(brand_id, trace_id, now)
    if trace is None:
        raise TraceNotFoundError("there is no trace with this id, or it is more than 90 days old")
    return trace
