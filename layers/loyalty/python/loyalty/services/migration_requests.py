"""Requests of customers who move in: checked, queued and traced; a worker carries them out."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from loyalty import json
from loyalty.domain import ids
from loyalty.domain.assignments.traces import AssignmentKind, AssignmentRequest
from loyalty.domain.errors import FieldProblem, ValidationError
from loyalty.domain.money import has_decimals
from loyalty.domain.moving.schemas import MigratedBalance, MigrateRequest
from loyalty.domain.program.program import Program
from loyalty.domain.times import MAX_CLOCK_SKEW, format_instant, start_of_day
from loyalty.services.assignment_requests import Accepted, accept_request, accepted_before
from loyalty.services.idempotency import fingerprint_of
from loyalty.services.identities import parse_identities
from loyalty.services.profiles import MAX_PROFILE_BYTES
from loyalty.store.traces import load_to_accept

_ANOTHER = "source: a migration of this customer from it came before with another body"


def accept_migration(
    brand_id: str, customer_id: str, request: MigrateRequest, sent: Mapping[str, Any], clock: Callable[[], datetime]
) -> Accepted:
    """Accept what a customer brings along: it is queued, and credited shortly after, once for each source.

    One that has failed changed nothing, and can be sent again, with another body too. Raises ValidationError,
    IdempotencyMismatchError, BrandNotFoundError, ServiceUnavailable.
    """
    # Derived, so that the trace is the receipt of this customer and source for ever.
    trace_id = ids.derived_uuid(brand_id, "migration", request.source, customer_id)
    fingerprint = fingerprint_of({"kind": AssignmentKind.MIGRATION, "body": sent})
    now = clock()
    state = load_to_accept(brand_id, customer_id, None, trace_id, now)
    if state.trace and not state.trace.failed:
        return accepted_before(trace_id, state.trace.request.fingerprint, fingerprint, _ANOTHER)
    balances = [*_balances(request, state.program, now)]
    identities = parse_identities(brand_id, request.email, request.mobile)
    fields = {
        "source": request.source,
        "balances": balances,
        "tags": request.tags,
        "attributes": request.attributes,
        "announce": request.announce,
        **{name: value for name, value in identities._asdict().items() if value},
    }
    wanted = AssignmentRequest(trace_id, brand_id, customer_id, AssignmentKind.MIGRATION, fields, fingerprint, now)
    return accept_request(wanted, clock, state.trace, _ANOTHER)


def _balances(request: MigrateRequest, program: Program, now: datetime) -> Iterator[dict[str, Any]]:
    """The balances as the queue carries them, once all of them are right."""
    ends = [_end(balance.expiration_date, program) for balance in request.balances]
    problems = [
        FieldProblem(f"balances.{i}.{field}", problem)
        for i, (balance, end) in enumerate(zip(request.balances, ends, strict=True))
        for field, problem in _problems(balance, end, program, now)
    ]
    if len(json.dumps([request.tags, request.attributes]).encode()) > MAX_PROFILE_BYTES:
        problem = f"must be together within {MAX_PROFILE_BYTES} bytes"
        problems += [FieldProblem(name, problem) for name in ("tags", "attributes") if getattr(request, name)]
    if problems:
        raise ValidationError(*problems)
    for balance, end in zip(request.balances, ends, strict=True):
        yield {
            "reward_id": balance.reward_id,
            "amount": balance.amount,
            "issued_at": format_instant(balance.issued_at) if balance.issued_at else None,
            "expires_at": format_instant(end) if end else None,
        }


def _problems(
    balance: MigratedBalance, end: datetime | None, program: Program, now: datetime
) -> Iterator[tuple[str, str]]:
    reward = program.catalog.rewards.get(balance.reward_id)
    if reward is None:
        yield "reward_id", "is not a reward of this brand"
    elif has_decimals(balance.amount, reward.decimals):
        yield "amount", f"must have at most {reward.decimals} decimals, as the reward has"
    elif balance.amount < 0 and not reward.allow_negative:
        yield "amount", "must be above 0, as the reward allows no debt"
    if balance.amount < 0 and end:
        yield "expiration_date", "must not be given for a debt, which does not end"
    elif end and end <= now:
        yield "expiration_date", "must be in the future"
    if balance.issued_at and balance.issued_at > now + MAX_CLOCK_SKEW:
        yield "issued_at", "must not be in the future"


def _end(given: date | datetime | None, program: Program) -> datetime | None:
    if given is None or isinstance(given, datetime):
        return given
    try:
        return start_of_day(given + timedelta(days=1), program.brand.tz)
    except OverflowError:
        return None  # the last day that there is: never
