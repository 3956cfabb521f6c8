"""What clients see of a customer."""

from typing import Any

from loyalty.domain.customers.customer import Customer
from loyalty.domain.offers import UNRANKED, OfferRecord, OfferStatus
from loyalty.domain.schemas import Answer, Time, to_time


class CustomerResponse(Answer):
    """Who a customer is."""

    customer_id: str
    """The customer's id."""
    brand_id: str
    """The brand whose customer it is."""
    email: str | None
    """The e-mail address, in lower case."""
    mobile: str | None
    """The mobile number in E.164, or its digits where the country is not known."""
    aliases: list[str]
    """The ids of customers that turned out to be this one."""
    tags: dict[str, Any]
    """What has been set as tags, by people and by campaigns."""
    attributes: dict[str, Any]
    """What has been set as attributes."""
    created_at: Time
    """When the customer was first seen."""


class FoundCustomersResponse(Answer):
    """The customers of an identity."""

    data: list[CustomerResponse]
    """The one that it belongs to; nobody if it has not been seen, or was removed."""


class OfferResponse(Answer):
    """An offer of a customer."""

    id: str
    """The offer's id, which an event redeems."""
    config_id: str
    """The config offer it was made of."""
    name: str
    """What customers call it."""
    benefits: dict[str, Any]
    """What it gives."""
    status: OfferStatus
    """What it is now."""
    rank: int | None
    """Its place among the customer's offers, 1 first."""
    starts_at: Time
    """From when it can be redeemed."""
    ends_at: Time
    """Until before when it can be redeemed."""
    held_by: str | None
    """The pending event that has taken it."""
    redeemed_by: str | None
    """The event that has redeemed it."""
    source: str | None
    """Who assigned it."""
    reference: str | None
    """What the sender called the request; for offers of campaigns the campaign's id."""
    trace_id: str | None
    """The trace of the request that assigned it."""
    created_at: Time
    """When it was assigned."""


def customer_response(customer: Customer) -> dict[str, Any]:
    """A CustomerResponse."""
    return {
        "customer_id": customer.customer_id,
        "brand_id": customer.brand_id,
        "email": customer.email,
        "mobile": customer.mobile,
        "aliases": list(customer.merged_ids),
        "tags": customer.tags,
        "attributes": customer.attributes,
        "created_at": to_time(customer.created_at),
    }


def offer_response(record: OfferRecord, status: OfferStatus, held_by: str | None) -> dict[str, Any]:
    """An OfferResponse; `held_by` is the pending event that has taken the offer."""
    offer = record.offer
    return {
        "id": offer.offer_id,
        "config_id": offer.config_id,
        "name": record.name,
        "benefits": record.benefits,
        "status": status,
        "rank": offer.rank if offer.rank < UNRANKED else None,
        "starts_at": to_time(offer.starts_at),
        "ends_at": to_time(offer.ends_at),
        "held_by": held_by,
        "redeemed_by": offer.used_by,
        "source": record.source,
        "reference": record.reference,
        "trace_id": record.trace_id,
        "created_at": to_time(record.assigned_at),
    }
