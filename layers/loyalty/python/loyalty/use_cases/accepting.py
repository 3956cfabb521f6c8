"""What accepting offers and points share: find the customer, queue the request, record it; a worker carries it out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from loyalty.domain import ids
from loyalty.domain.assignments.schemas import is_uuid, not_a_uuid
from loyalty.domain.assignments.traces import AssignmentRequest, Kind, accepted
from loyalty.domain.errors import IdempotencyMismatchError, UserNotFoundError, ValidationError
from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.queue import send
from loyalty.store.table import WriteConflict
from loyalty.store.traces import load_asked, load_trace, save_trace, to_message
from loyalty.use_cases.receipts import fingerprint_of


class Accepted(NamedTuple):
    """The id to ask with what has become of a request, and whether it had been accepted before."""

    trace_id: str
    replayed: bool = False


class Request(NamedTuple):
    """What came in: the checked body, the same as it was sent, and its idempotency key."""

    body: Mapping[str, Any]
    sent: Mapping[str, Any]
    key: str | None


def accept(
    brand_id: str,
    kind: Kind,
    request: Request,
    clock: Callable[[], datetime],
    named: Callable[[Mapping[str, Any], Brand, Ruleset], Mapping[str, Any]],
) -> Accepted:
    """Queue a request. `named` gives its fields, what they leave open said, and raises if what they name is not there.

    The same key has the same trace for as long as traces are kept, whatever has changed since. Raises ValidationError,
    UserNotFoundError, IdempotencyMismatchError, BrandNotFoundError, ServiceUnavailable.
    """
    body = request.body
    now = clock()
    trace_id = ids.derived_uuid(brand_id, "trace", request.key) if request.key else ids.fresh_uuid()
    fingerprint = fingerprint_of({"kind": kind, "body": {**request.sent, "idempotencyKey": None}})
    asked = load_asked(brand_id, body.get("userId"), body.get("email"), trace_id if request.key else None, now)
    if asked.trace:
        return _again(trace_id, asked.trace.request.fingerprint, fingerprint)
    if asked.customer_id is None:
        raise _unknown(body)
    fields = named(body, asked.brand, asked.rules)
    assignment = AssignmentRequest(trace_id, brand_id, asked.customer_id, kind, fields, fingerprint, now)
    # Sent first, recorded then. A failure before the message is taken did nothing, and the caller hears of it. One
    # between the two loses only the answer: whoever carries the message out records the trace as well. Then a retry
    # with a key finds the trace, or sends the message again, which is carried out once: assigning is done by trace id.
    send(to_message(assignment), brand_id)
    try:
        save_trace(accepted(assignment, clock()), None)
    except WriteConflict:
        # Recorded already: the message was faster, or a request with the same key. The first record is what is done.
        first = load_trace(brand_id, trace_id, now)
        return _again(trace_id, first.request.fingerprint, fingerprint) if first else Accepted(trace_id)
    return Accepted(trace_id)


def _again(trace_id: str, before: str, fingerprint: str) -> Accepted:
    if before != fingerprint:
        raise IdempotencyMismatchError("idempotencyKey: the same key came before with another body")
    return Accepted(trace_id, replayed=True)


def _unknown(body: Mapping[str, Any]) -> Exception:
    if "userId" not in body:
        return UserNotFoundError("email: no customer has this e-mail address")
    if not is_uuid(body["userId"]):
        return ValidationError(not_a_uuid())
    return UserNotFoundError("userId: there is no customer with this id")
