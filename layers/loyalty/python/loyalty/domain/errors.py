"""All errors that a caller can get, as one tree: kinds carry the HTTP status, the names of leaves are the codes.

LoyaltyError
├── BadRequest 400 ──────── ValidationError
├── PermissionDenied 403 ── Forbidden
├── NotFound 404 ────────── BrandNotFoundError · UserNotFoundError · EventNotFoundError
│                           CampaignNotFoundError · RewardNotFoundError · KeyNotFoundError
│                           OfferNotFoundError · TraceNotFoundError · WebhookNotFoundError
├── Conflict 409 ────────── EventExpiredError · EventCancelledError · EventReversedError
│                           EventResolvedError · EventPendingError · PurchaseReplacedError
│                           RewardInUseError · IdentityTakenError · NotMergedError
├── ContentTooLarge 413 ─── PayloadTooLargeError
├── Unprocessable 422 ───── InsufficientBalanceError · IdempotencyMismatchError · TooManyHoldsError
│                           TooManyLotsError · ItemTooLargeError · MoreThanLeftError
│                           TooManyPartsError · LimitReachedError · BudgetSpentError
└── Unavailable 503 ─────── ServiceUnavailable

API Gateway itself answers Unauthorized 401, Forbidden 403, RouteNotFound 404, UnsupportedMediaType 415,
TooManyRequests 429 and InternalError 5xx, with the same form of body.
"""

from collections.abc import Sequence
from typing import NamedTuple


class FieldProblem(NamedTuple):
    """The path of an invalid field (`order.products.0.value`), and what is wrong with it."""

    field: str
    message: str


class LoyaltyError(Exception):
    """An error that the caller gets: a message for people, a stable code, and an HTTP status."""

    status = 500

    def __init__(self, message: str, fields: Sequence[FieldProblem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.fields = tuple(fields)

    @property
    def code(self) -> str:
        """The documented code: the name of the class."""
        return type(self).__name__


class BadRequest(LoyaltyError):
    """The request is malformed."""

    status = 400


class PermissionDenied(LoyaltyError):
    """The API key does not permit this."""

    status = 403


class NotFound(LoyaltyError):
    """The brand has nothing with this id."""

    status = 404


class Conflict(LoyaltyError):
    """The request contradicts the present state of what it is about."""

    status = 409


class ContentTooLarge(LoyaltyError):
    """The body of the request is too large."""

    status = 413


class Unprocessable(LoyaltyError):
    """The request is well-formed, but cannot be carried out now."""

    status = 422


class Unavailable(LoyaltyError):
    """The request was not carried out for a temporary reason; it can be sent again."""

    status = 503


class ValidationError(BadRequest):
    """Lists every invalid field; the message has all of them as well."""

    def __init__(self, *fields: FieldProblem) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in fields), fields)


class Forbidden(PermissionDenied):
    """The key lacks the scope, or belongs to another brand."""


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


class WebhookNotFoundError(NotFound):
    """No webhook of this brand has that id."""


class OfferNotFoundError(NotFound):
    """No config offer of this brand has that id, or it is not active."""


class TraceNotFoundError(NotFound):
    """No request of this brand has that trace id, or its trace has been deleted after 90 days."""


class EventExpiredError(Conflict):
    """The hold of the event has expired."""


class EventCancelledError(Conflict):
    """The event was cancelled while it was PENDING."""


class EventReversedError(Conflict):
    """The event was reversed after it was resolved."""


class EventResolvedError(Conflict):
    """The event is RESOLVED: no hold to extend, nothing to rescue, or it was fulfilled with other goods."""


class EventPendingError(Conflict):
    """The event is PENDING, so there is nothing to rescue: it can be fulfilled."""


class PurchaseReplacedError(Conflict):
    """The number of the expired purchase has been used anew, by another event."""


class RewardInUseError(Conflict):
    """A campaign grants the reward, or it is the default reward of the brand."""


class IdentityTakenError(Conflict):
    """The e-mail address or mobile number belongs to another customer."""


class NotMergedError(Conflict):
    """No customer with that id has been merged into this one, or it has been split off again."""


class PayloadTooLargeError(ContentTooLarge):
    """The body is over the limit."""


class InsufficientBalanceError(Unprocessable):
    """Less is available than is to be redeemed, or a debt is not allowed."""


class IdempotencyMismatchError(Unprocessable):
    """The idempotency key was used before, for a request with another body."""


class TooManyHoldsError(Unprocessable):
    """The customer has the maximum number of open holds."""


class TooManyLotsError(Unprocessable):
    """The customer would have more lots of points than are kept of one person, or one event would grant too many."""


class ItemTooLargeError(Unprocessable):
    """What would be kept of the customer or the event is more than one item of the store holds; nothing has changed."""


class MoreThanLeftError(Unprocessable):
    """More of an order is to be returned, or fulfilled, than is left of it."""

    def __init__(self, fields: Sequence[FieldProblem]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in fields), fields)


class TooManyPartsError(Unprocessable):
    """The event was returned in the maximum number of parts; what is left can be reversed as a whole."""


class LimitReachedError(Unprocessable):
    """A campaign has rewarded the customer, or all customers, as often as it may."""


class BudgetSpentError(Unprocessable):
    """The budget of a campaign has less left than is to be paid."""


class ServiceUnavailable(Unavailable):
    """DynamoDB, SQS or EventBridge did not answer, or too many calls wrote to one customer at once; send it again."""


def invalid(field: str, message: str) -> ValidationError:
    """A ValidationError about one field."""
    return ValidationError(FieldProblem(field, message))
