"""Webhooks: the receivers of a brand's messages, and the schedule of delivery attempts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from loyalty.domain.feed.messages import Message

MAX_WEBHOOKS = 10
EVERYTHING = "*"
TEST = "webhook.test"
"""The type of test messages, which are delivered to a webhook whatever types it wants."""

# How long a delivery takes at most: resolving the name, connecting, sending and the answer together.
TIMEOUT_SECONDS = 5.0
# After each attempt that failed, three days in all.
_PAUSES = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    *[timedelta(hours=11)] * 5,
)
# So often the queue also delivers a message that is not done, before it sets it aside, as in the template (tested).
MAX_DELIVERY_ATTEMPTS = len(_PAUSES) + 1
# How long a receiver that hung is left alone by the process that waited for it.
PAUSE_AFTER_HANGING = timedelta(seconds=30)
# How long deliveries can be read.
DELIVERIES_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Webhook:
    """A receiver of a brand. `events` are the types that it wants, `*` for all; `secret` signs what it gets."""

    brand_id: str
    webhook_id: str
    url: str
    events: tuple[str, ...]
    secret: str
    created_at: datetime
    active: bool = True

    def wants(self, type_: str) -> bool:
        """Whether new messages of that type are to be delivered to it."""
        return self.active and self.covers(type_)

    def covers(self, type_: str) -> bool:
        """Whether messages of that type are for it, once it is active; test messages always are."""
        return type_ in (*self.events, TEST) or EVERYTHING in self.events


@dataclass(frozen=True)
class Delivery:
    """One attempt to deliver a message: `status` is what the receiver answered, `error` why there was no answer."""

    message_id: str
    type: str
    at: datetime
    attempt: int
    status: int | None = None
    error: str | None = None
    next_attempt_at: datetime | None = None

    @property
    def delivered(self) -> bool:
        """Whether the receiver has taken it."""
        return is_taken(self.status)


class NotDelivered(Exception):
    """The receiver did not take a message; the queue delivers it again when its pause is over, or sets it aside."""


def message_to_test(webhook: Webhook, message_id: str, now: datetime) -> Message:
    """A test message: it has no content but whose webhook it is for."""
    data = {"brand_id": webhook.brand_id, "webhook_id": webhook.webhook_id}
    return Message(message_id, TEST, webhook.brand_id, "", now, data)


def is_taken(status: int | None) -> bool:
    """Whether that answer means that the receiver has the message; a redirection does not, and is not followed."""
    return status is not None and 200 <= status < 300


def pause_after(attempt: int) -> timedelta:
    """How long to wait after that attempt, the first is 1; nothing after the last, which is set aside."""
    return _PAUSES[attempt - 1] if attempt <= len(_PAUSES) else timedelta()
