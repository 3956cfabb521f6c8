from enum import StrEnum


class WebhookResponseEventsItem(StrEnum):
    CAMPAIGN_BUDGET_SPENT = "campaign.budget_spent"
    CUSTOMER_CREATED = "customer.created"
    CUSTOMER_ERASED = "customer.erased"
    CUSTOMER_MERGED = "customer.merged"
    CUSTOMER_UNMERGED = "customer.unmerged"
    EVENT_CANCELLED = "event.cancelled"
    EVENT_EXPIRED = "event.expired"
    EVENT_EXTENDED = "event.extended"
    EVENT_PART_REVERSED = "event.part_reversed"
    EVENT_RESOLVED = "event.resolved"
    EVENT_REVERSED = "event.reversed"
    EVENT_STORED = "event.stored"
    OFFER_ASSIGNED = "offer.assigned"
    OFFER_EXPIRED = "offer.expired"
    OFFER_REDEEMED = "offer.redeemed"
    POINTS_DEDUCTED = "points.deducted"
    POINTS_EXPIRED = "points.expired"
    POINTS_EXPIRING = "points.expiring"
    POINTS_GRANTED = "points.granted"
    POINTS_RELEASED = "points.released"
    POINTS_RESERVED = "points.reserved"
    POINTS_REVERSED = "points.reversed"
    POINTS_SPENT = "points.spent"
    POINTS_VESTED = "points.vested"
    VALUE_0 = "*"

    def __str__(self) -> str:
        return str(self.value)
