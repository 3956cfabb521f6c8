"""What clients see of webhooks and of what was delivered to them."""

from typing import Any

from loyalty.domain.feed.schemas import EventName
from loyalty.domain.feed.webhooks import Delivery, Webhook
from loyalty.domain.schemas import Answer, Time, to_time


class WebhookResponse(Answer):
    """A receiver, without its secret."""

    id: str
    """The webhook's id."""
    url: str
    """Where messages are sent."""
    events: list[EventName]
    """The types of messages that it gets."""
    active: bool
    """Whether it is told of what happens."""
    created_at: Time
    """When it was set up."""


class NewWebhookResponse(WebhookResponse):
    """A receiver; with its secret when it is new, which is told this once."""

    secret: str | None
    """What signs its messages, for any library of Standard Webhooks; null if the webhook was there before."""


class DeliveryResponse(Answer):
    """One attempt to deliver a message."""

    message_id: str
    """The message's id, which is sent as `webhook-id`."""
    type: str
    """The message's type."""
    at: Time
    """When it was tried."""
    attempt: int
    """Which attempt it was; the first is 1."""
    delivered: bool
    """Whether the receiver has taken it."""
    status: int | None
    """What the receiver answered; null if it did not."""
    error: str | None
    """Why it was not taken, in words."""
    next_attempt_at: Time | None
    """When it is tried again; null if it was taken or set aside."""


class TestMessageResponse(Answer):
    """A message that is on its way."""

    message_id: str
    """Its id, under which the deliveries will have it."""


def webhook_response(webhook: Webhook) -> dict[str, Any]:
    """A WebhookResponse."""
    return {
        "id": webhook.webhook_id,
        "url": webhook.url,
        "events": list(webhook.events),
        "active": webhook.active,
        "created_at": to_time(webhook.created_at),
    }


def delivery_response(delivery: Delivery) -> dict[str, Any]:
    """A DeliveryResponse."""
    return {
        "message_id": delivery.message_id,
        "type": delivery.type,
        "at": to_time(delivery.at),
        "attempt": delivery.attempt,
        "delivered": delivery.delivered,
        "status": delivery.status,
        "error": delivery.error,
        "next_attempt_at": to_time(delivery.next_attempt_at),
    }
