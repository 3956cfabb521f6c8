"""Everything a caller can be told, as one tree: kinds carry the status, leaves carry the code.

LoyaltyError
├── BadRequest 400 ──────── ValidationError
├── PermissionDenied 403 ── Forbidden
├── NotFound 404 ────────── BrandNotFoundError · UserNotFoundError · EventNotFoundError
│                           CampaignNotFoundError · RewardNotFoundError · KeyNotFoundError
│                           OfferNotFoundError · TraceNotFoundError
├── Conflict 409 ────────── EventExpiredError · EventCancelledError · EventReversedError
│                           EventResolvedError · RewardInUseError · IdentityTakenError
├── ContentTooLarge 413 ─── PayloadTooLargeError
├── Unprocessable 422 ───── InsufficientBalanceError · IdempotencyMismatchError · TooManyHoldsError
└── Unavailable 503 ─────── ServiceUnavailable

The gateway itself answers Unauthorized 401, Forbidden 403, RouteNotFound 404, UnsupportedMediaType 415,
TooManyRequests 429 and InternalError 5xx in the same body.
"""

from collections.abc import Sequence
from typing import NamedTuple


class FieldProblem(NamedTuple):
    """One offending field, by its path (`order.products.0.value`), and what is wrong with it."""

    field: str
    message: str


class LoyaltyError(Exception):
    """A refusal that the caller is meant to read: one English sentence, a stable code, a status."""

    status = 500

    def __init__(self, message: str, fields: Sequence[FieldProblem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.fields = tuple(fields)

    @property
    def code(self) -> str:
        """The stable name of this refusal, as documented."""
        return type(self).__name__


class BadRequest(LoyaltyError):
    """The request is not of the form the endpoint takes."""

    status = 400


class PermissionDenied(LoyaltyError):
    """The key is good, but not for this."""

    status = 403


class NotFound(LoyaltyError):
    """There is no such thing in this brand."""

    status = 404


class Conflict(LoyaltyError):
    """What is asked for was ruled out by an earlier call."""

    status = 409


class ContentTooLarge(LoyaltyError):
    """The request is larger than an event can be."""

    status = 413


class Unprocessable(LoyaltyError):
    """The request is well formed, but cannot be carried out as things stand."""

    status = 422


class Unavailable(LoyaltyError):
    """Nothing is wrong with the request; the same call later can succeed."""

    status = 503


class ValidationError(BadRequest):
    """Lists every offending field; the message names them in one sentence."""

    def __init__(self, *fields: FieldProblem) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in fields), fields)


class Forbidden(PermissionDenied):
    """The key lacks the scope, or the brand is another's."""


class BrandNotFoundError(NotFound):
    """The brand of this key has not been set up."""


class UserNotFoundError(NotFound):
    """No customer of this brand has that id."""


class EventNotFoundError(NotFound):
    """No event of this brand has that id."""


class CampaignNotFoundError(NotFound):
    """No campaign of this brand has that id."""


class RewardNotFoundError(NotFound):
    """No reward of this brand has that id."""


class KeyNotFoundError(NotFound):
    """No API key of this brand has that id."""


class OfferNotFoundError(NotFound):
    """No config offer of this brand has that id, or it is not active."""


class TraceNotFoundError(NotFound):
    """No request of this brand has that trace id, or it is too long ago."""


class EventExpiredError(Conflict):
    """The hold was over before the call came."""


class EventCancelledError(Conflict):
    """The event was cancelled while it was held."""


class EventReversedError(Conflict):
    """The event was reversed after it was resolved."""


class EventResolvedError(Conflict):
    """The event is resolved, so there is no hold to extend."""


class RewardInUseError(Conflict):
    """A campaign still grants the reward."""


class IdentityTakenError(Conflict):
    """The e-mail or mobile was first seen with another customer."""


class PayloadTooLargeError(ContentTooLarge):
    """The body is over the limit."""


class InsufficientBalanceError(Unprocessable):
    """What is to be redeemed is more than what is available."""


class IdempotencyMismatchError(Unprocessable):
    """The key was used before, for another request."""


class TooManyHoldsError(Unprocessable):
    """The customer has as many open holds as one wallet can carry."""


class ServiceUnavailable(Unavailable):
    """The store did not answer in time; nothing was lost, the same call can be sent again."""


def invalid(field: str, message: str) -> ValidationError:
    """A validation error about one field."""
    return ValidationError(FieldProblem(field, message))
