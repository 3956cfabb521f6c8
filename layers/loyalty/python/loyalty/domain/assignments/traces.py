"""Requests of marketing tools on their way: what was asked for, and what has become of it.

accepted ──► QUEUED ──► ASSIGNED
                └─────► FAILED          (never back)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

# How often the queue delivers a message before it sets it aside; the template says the same, which a test compares.
MAX_ATTEMPTS = 5


class AssignmentKind(StrEnum):
    """What is asked for; the name of the event that says how it ended."""

    OFFER = "OfferAssignment"
    POINTS = "PointsAssignment"


class TraceStatus(StrEnum):
    """Where a request is; only a QUEUED one still has an end before it."""

    QUEUED = "QUEUED"
    ASSIGNED = "ASSIGNED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class AssignmentRequest:
    """A request that was accepted: all that the queue carries. `fields` are the request's, checked.

    `fingerprint` tells it from another request that came with the same idempotency key, and so has the same trace.
    """

    trace_id: str
    brand_id: str
    customer_id: str
    kind: AssignmentKind
    fields: Mapping[str, Any]
    fingerprint: str
    accepted_at: datetime


@dataclass(frozen=True)
class TraceStep:
    """One step on a request's way."""

    at: datetime
    what: str


@dataclass(frozen=True)
class AssignmentTrace:
    """What has become of a request. `announced` says that its end has been made known."""

    request: AssignmentRequest
    status: TraceStatus = TraceStatus.QUEUED
    steps: tuple[TraceStep, ...] = ()
    reason: str | None = None
    offer_id: str | None = None
    published: bool = False

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.status is not TraceStatus.QUEUED

    @property
    def duration(self) -> timedelta:
        """From acceptance to the last step."""
        return self.steps[-1].at - self.request.accepted_at

    def with_step(self, at: datetime, what: str) -> "AssignmentTrace":
        """The trace with one more step."""
        return replace(self, steps=(*self.steps, TraceStep(at, what)))


def accepted(request: AssignmentRequest, queued_at: datetime) -> AssignmentTrace:
    """The trace of a request that has just been queued."""
    return AssignmentTrace(request).with_step(request.accepted_at, "accepted").with_step(queued_at, "queued")


def assigned(trace: AssignmentTrace, attempt: int, now: datetime, offer_id: str | None) -> AssignmentTrace:
    """The trace of what was assigned; `offer_id` if it was an offer."""
    ended = trace.with_step(now, f"attempt {attempt}").with_step(now, "assigned")
    return replace(ended, status=TraceStatus.ASSIGNED, offer_id=offer_id)


def failed(trace: AssignmentTrace, attempt: int, now: datetime, reason: str) -> AssignmentTrace:
    """The trace of what can never be assigned."""
    ended = trace.with_step(now, f"attempt {attempt}").with_step(now, f"failed: {reason}")
    return replace(ended, status=TraceStatus.FAILED, reason=reason)


def delayed(trace: AssignmentTrace, attempt: int, now: datetime, why: str) -> AssignmentTrace:
    """The trace of what may be assigned later: it will be tried again, or after the last attempt set aside."""
    tried = trace.with_step(now, f"attempt {attempt}: {why}")
    return tried if attempt < MAX_ATTEMPTS else tried.with_step(now, f"set aside after {MAX_ATTEMPTS} attempts")


def last_attempt_started(trace: AssignmentTrace, now: datetime) -> AssignmentTrace:
    """The trace before the last attempt: should that end without a word, it says where the request is."""
    return trace.with_step(now, f"attempt {MAX_ATTEMPTS} begins, the last before it is set aside")


def completion(trace: AssignmentTrace) -> dict[str, Any]:
    """What the completion event says, in the words of RBI's own."""
    fields = trace.request.fields
    return {
        "status": trace.status,
        "partner": fields["source"],
        "durationMs": trace.duration // timedelta(milliseconds=1),
        "engineId": trace.offer_id or fields.get("rewardId"),
        "reference": fields.get("reference"),
        "userId": trace.request.customer_id,
        "traceId": trace.request.trace_id,
        "errorDescription": trace.reason,
    }
