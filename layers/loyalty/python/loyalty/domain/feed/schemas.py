"""What webhooks are set up with."""

from typing import Annotated, Literal

from pydantic import Field

from loyalty.domain.feed.addresses import MAX_URL_LENGTH
from loyalty.domain.schemas import Settings

EventName = Literal[
    "*",
    "campaign.budget_spent",
    "customer.created",
    "customer.erased",
    "customer.merged",
    "customer.unmerged",
    "event.stored",
    "event.resolved",
    "event.cancelled",
    "event.expired",
    "event.extended",
    "event.part_reversed",
    "event.reversed",
    "offer.assigned",
    "offer.expired",
    "offer.redeemed",
    "points.deducted",
    "points.expired",
    "points.expiring",
    "points.granted",
    "points.released",
    "points.reserved",
    "points.reversed",
    "points.spent",
    "points.vested",
]


class WebhookSettings(Settings):
    """A receiver of what happens."""

    url: Annotated[str, Field(min_length=1, max_length=MAX_URL_LENGTH)]
    """Where messages are sent: an `https` URL that leads to public addresses."""
    events: Annotated[list[EventName], Field(min_length=1, max_length=100)]
    """The types of messages that it gets; `*` for all there are and will be."""
    active: bool | None = None
    """Whether it is told of what happens from now on; it is if not given."""


class TestMessageRequest(Settings):
    """A message to see whether it arrives; there is nothing to say about it."""
