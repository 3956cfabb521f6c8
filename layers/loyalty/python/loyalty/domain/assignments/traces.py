"""Traces of requests that a queue has taken: what was asked for, every step since, and how it ended.

accepted ──► QUEUED ──► ASSIGNED        (offers and points of marketing tools; a migration or an erasure is DONE)
                └─────► FAILED          (final)
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

# How often the queue delivers a message before it moves it to the dead-letter queue, as in the template (tested).
MAX_ATTEMPTS = 5

# What of a request is about what was wanted, not about who, nor free text.
_IMPERSONAL = ("source", "configId", "ruleParams", "rank", "pointsEarned", "rewardId")


class AssignmentKind(StrEnum):
    """What is requested; also the detail type of the event that announces how it ended, if one does."""

    OFFER = "OfferAssignment"
    POINTS = "PointsAssignment"
    MIGRATION = "Migration"
    ERASURE = "Erasure"


class TraceStatus(StrEnum):
    """The status of a request."""

    QUEUED = "QUEUED"
    ASSIGNED = "ASSIGNED"
    DONE = "DONE"
    FAILED = "FAILED"


class AssignmentRequest(NamedTuple):
    """An accepted request, as the queue carries it. `fields` is its validated body.

    Requests with the same idempotency key have the same trace id; `fingerprint` tells whether they have the same body.
    """

    trace_id: str
    brand_id: str
    customer_id: str
    kind: AssignmentKind
    fields: Mapping[str, Any]
    fingerprint: str
    accepted_at: datetime

    @property
    def is_of_a_tool(self) -> bool:
        """Whether a marketing tool asks: its trace ends some day, and is kept with all that was asked for until then.

        Any other trace is kept for ever, as the receipt of what is done once, so it says nothing of the customer.
        """
        return self.kind in (AssignmentKind.OFFER, AssignmentKind.POINTS)

    def as_kept(self) -> "AssignmentRequest":
        """The request as its trace has it."""
        if self.is_of_a_tool:
            return self
        return self.without_person("")

    def without_person(self, customer_id: str) -> "AssignmentRequest":
        """The request with that id of the customer, and without anything else that may say who it is."""
        kept = {name: value for name, value in self.fields.items() if name in _IMPERSONAL}
        return self._replace(customer_id=customer_id, fields=kept)


class TraceStep(NamedTuple):
    """One step of processing a request, in words."""

    at: datetime
    what: str


class AssignmentTrace(NamedTuple):
    """The state of a request. `published` once its completion event is on the bus."""

    request: AssignmentRequest
    status: TraceStatus = TraceStatus.QUEUED
    steps: tuple[TraceStep, ...] = ()
    reason: str | None = None
    offer_id: str | None = None
    published: bool = False

    @property
    def ended(self) -> bool:
        """Whether its status is final."""
        return self.status is not TraceStatus.QUEUED

    @property
    def failed(self) -> bool:
        """Whether it ended without having changed anything."""
        return self.status is TraceStatus.FAILED

    @property
    def duration(self) -> timedelta:
        """The time from acceptance to the last step."""
        return self.steps[-1].at - self.request.accepted_at

    def with_step(self, at: datetime, what: str) -> "AssignmentTrace":
        """The trace with one more step, which is never before the last one: clocks of two machines may differ."""
        at = max([at, *(step.at for step in self.steps[-1:])])
        return self._replace(steps=(*self.steps, TraceStep(at, what)))


def accepted(request: AssignmentRequest, queued_at: datetime) -> AssignmentTrace:
    """The trace of a request that has just been queued."""
    trace = AssignmentTrace(request.as_kept())
    return trace.with_step(request.accepted_at, "accepted").with_step(queued_at, "queued")


def begins_anew(request: AssignmentRequest, trace: AssignmentTrace) -> bool:
    """Whether this request comes after an earlier one with the same trace, which failed and so changed nothing."""
    return trace.failed and request.accepted_at > trace.request.accepted_at


def assigned(trace: AssignmentTrace, attempt: int, now: datetime, offer_id: str | None) -> AssignmentTrace:
    """The trace of a request that has been carried out; `offer_id` if it was for an offer."""
    ended = trace.with_step(now, f"attempt {attempt}").with_step(now, "assigned")
    return ended._replace(status=TraceStatus.ASSIGNED, offer_id=offer_id)


def done(trace: AssignmentTrace, attempt: int, now: datetime, what: str) -> AssignmentTrace:
    """The trace of a request that has been carried out that was not for an offer or points."""
    return trace.with_step(now, f"attempt {attempt}").with_step(now, what)._replace(status=TraceStatus.DONE)


def failed(trace: AssignmentTrace, attempt: int, now: datetime, reason: str) -> AssignmentTrace:
    """The trace of a request that can never be carried out."""
    ended = trace.with_step(now, f"attempt {attempt}").with_step(now, f"failed: {reason}")
    return ended._replace(status=TraceStatus.FAILED, reason=reason)


def delayed(trace: AssignmentTrace, attempt: int, now: datetime, why: str) -> AssignmentTrace:
    """The trace after a failed attempt: the queue tries again, or sets the message aside after the last one."""
    tried = trace.with_step(now, f"attempt {attempt}: {why}")
    return tried if attempt < MAX_ATTEMPTS else tried.with_step(now, f"set aside after {MAX_ATTEMPTS} attempts")


def last_attempt_started(trace: AssignmentTrace, now: datetime) -> AssignmentTrace:
    """The trace before the last attempt, so that it says where the message is even if the worker is killed."""
    return trace.with_step(now, f"attempt {MAX_ATTEMPTS} begins, the last before it is set aside")


def completion(trace: AssignmentTrace) -> dict[str, Any]:
    """The detail of the completion event, with the field names of RBI's completion events."""
    fields = trace.request.fields
    return {
        "status": trace.status,
        "partner": fields.get("source"),
        "durationMs": trace.duration // timedelta(milliseconds=1),
        "engineId": trace.offer_id or fields.get("rewardId"),
        "reference": fields.get("reference"),
        "userId": trace.request.customer_id,
        "traceId": trace.request.trace_id,
        "errorDescription": trace.reason,
    }
