"""Marketing tools' requests for offers and points: validated, queued and traced; a worker carries them out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from loyalty.domain import ids
from loyalty.domain.assignments.schemas import NOT_A_UUID, AssignPointsRequest, CreateOfferRequest
from loyalty.domain.assignments.traces import AssignmentKind, AssignmentRequest, AssignmentTrace, accepted
from loyalty.domain.errors import (
    IdempotencyMismatchError,
    OfferNotFoundError,
    RewardNotFoundError,
    TraceNotFoundError,
    UserNotFoundError,
    invalid,
)
from loyalty.domain.money import has_decimals
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog
from loyalty.queue import send
from loyalty.services.idempotency import fingerprint_of
from loyalty.store.table import WriteConflict
from loyalty.store.traces import AcceptState, load_to_accept, load_trace, save_trace, to_message

_ANOTHER_BODY = "idempotencyKey: the same key came before with another body"


class Accepted(NamedTuple):
    """The trace id of a request, and whether the request had been accepted before."""

    trace_id: str
    replayed: bool = False


def accept_offer(
    brand_id: str,
    request: CreateOfferRequest,
    sent: Mapping[str, Any],
    key: str | None,
    clock: Callable[[], datetime],
) -> Accepted:
    """Accept a request for an offer: it is queued, and assigned shortly after.

    Raises ValidationError, UserNotFoundError, OfferNotFoundError, IdempotencyMismatchError, BrandNotFoundError,
    ServiceUnavailable.
    """
    trace_id, fingerprint = _identify(brand_id, AssignmentKind.OFFER, sent, key)
    now = clock()
    state = load_to_accept(brand_id, request.user_id, request.email, trace_id if key else None, now)
    if state.trace:
        return accepted_before(trace_id, state.trace.request.fingerprint, fingerprint)
    customer_id = _customer_id(request.user_id, state)
    _refuse_inactive(request.config_id, state.program.catalog)
    return accept_request(
        AssignmentRequest(trace_id, brand_id, customer_id, AssignmentKind.OFFER, request.fields, fingerprint, now),
        clock,
    )


def accept_points(
    brand_id: str,
    request: AssignPointsRequest,
    sent: Mapping[str, Any],
    key: str | None,
    clock: Callable[[], datetime],
) -> Accepted:
    """Accept a request to credit points, or to debit them if negative, of the reward named or the brand's default one.

    Raises ValidationError, UserNotFoundError, RewardNotFoundError, IdempotencyMismatchError, BrandNotFoundError,
    ServiceUnavailable.
    """
    trace_id, fingerprint = _identify(brand_id, AssignmentKind.POINTS, sent, key)
    now = clock()
    state = load_to_accept(brand_id, request.user_id, request.email, trace_id if key else None, now)
    if state.trace:
        return accepted_before(trace_id, state.trace.request.fingerprint, fingerprint)
    customer_id = _customer_id(request.user_id, state)
    fields = {**request.fields, "rewardId": _reward_id(request, state.program.brand, state.program.catalog)}
    return accept_request(
        AssignmentRequest(trace_id, brand_id, customer_id, AssignmentKind.POINTS, fields, fingerprint, now), clock
    )


def read_trace(brand_id: str, trace_id: str, now: datetime) -> AssignmentTrace:
    """The trace of a request. Raises TraceNotFoundError."""
    # Ours are in lower case, but a UUID has no case: some clients print all of them in upper case.
    trace = load_trace(brand_id, trace_id.lower(), now)
    if trace is None:
        raise TraceNotFoundError("there is no trace with this id, or it is more than 90 days old")
    return trace


def _identify(brand_id: str, kind: AssignmentKind, sent: Mapping[str, Any], key: str | None) -> tuple[str, str]:
    """The trace id, derived from the idempotency key if there is one, and the fingerprint of the request."""
    trace_id = ids.derived_uuid(brand_id, "trace", key) if key else ids.random_uuid()
    return trace_id, fingerprint_of({"kind": kind, "body": {**sent, "idempotencyKey": None}})


def accept_request(
    request: AssignmentRequest,
    clock: Callable[[], datetime],
    before: AssignmentTrace | None = None,
    mismatch: str = _ANOTHER_BODY,
) -> Accepted:
    """Queue the request and record its trace, in the place of one `before` that failed.

    Raises IdempotencyMismatchError, with the text of `mismatch`, if another one is recorded meanwhile.
    """
    # Send first, then record. A failure to send changed nothing, and the caller gets an error. After a failure between
    # the two only the response is lost, as the worker also creates the trace. A repeated request with a key then finds
    # the trace, or sends the message again, which is carried out once because it has the same trace id.
    send(to_message(request), request.brand_id)
    try:
        save_trace(accepted(request, clock()), before)
    except WriteConflict:
        # The worker, or a request with the same key, was faster. The first one recorded is the one carried out.
        first = load_trace(request.brand_id, request.trace_id, request.accepted_at)
        if first:
            return accepted_before(request.trace_id, first.request.fingerprint, request.fingerprint, mismatch)
    return Accepted(request.trace_id)


def accepted_before(trace_id: str, before: str, fingerprint: str, mismatch: str = _ANOTHER_BODY) -> Accepted:
    """The answer to a request that has been accepted before. Raises IdempotencyMismatchError if it had another body."""
    if before != fingerprint:
        raise IdempotencyMismatchError(mismatch)
    return Accepted(trace_id, replayed=True)


def _customer_id(user_id: str | None, state: AcceptState) -> str:
    if state.customer_id is not None:
        return state.customer_id
    if user_id is None:
        raise UserNotFoundError("email: no customer has this e-mail address")
    if not ids.is_uuid(user_id):
        raise invalid("userId", NOT_A_UUID)
    raise UserNotFoundError("userId: there is no customer with this id")


def _refuse_inactive(config_id: str, catalog: Catalog) -> None:
    config = catalog.config_offers.get(config_id)
    if config is None or not config.active:
        problem = "is not active" if config else "does not exist"
        raise OfferNotFoundError(f"configId: the config offer {config_id} {problem}")


def _reward_id(request: AssignPointsRequest, brand: Brand, catalog: Catalog) -> str:
    reward_id = request.reward_id or brand.default_reward
    if reward_id is None:
        raise invalid("rewardId", "is required, as the brand has no default_reward")
    reward = catalog.rewards.get(reward_id)
    if reward is None:
        raise RewardNotFoundError(f"rewardId: the reward {reward_id} does not exist")
    if has_decimals(request.points_earned, reward.decimals):
        raise invalid("pointsEarned", f"must have at most {reward.decimals} decimals, as the reward has")
    return reward_id
