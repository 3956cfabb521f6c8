"""List the offers of a customer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from loyalty import json
from loyalty.domain.customers.customer import Customer
from loyalty.domain.offers import OfferRecord, OfferStatus
from loyalty.domain.wallet.update import as_of
from loyalty.services.customers import read_customer
from loyalty.services.paging import Page, decode, invalid_cursor, page_of
from loyalty.store.offers import load_offers

_MAX_SORT_KEY_LENGTH = 400


@dataclass(frozen=True)
class ListedOffer:
    """The record of an offer, its status as of now, and the event in standby that holds it."""

    record: OfferRecord
    status: OfferStatus
    held_by: str | None


def list_offers(
    brand_id: str, customer_id: str, status: OfferStatus | None, cursor: str | None, limit: int, now: datetime
) -> Page[ListedOffer]:
    """A page of the customer's offers by rank, then by their end; if a status is given, only those that have it.

    Raises UserNotFoundError, ValidationError (cursor).
    """
    # The customer first: an offer that leaves the state before its record is read has its final values there.
    customer = read_customer(brand_id, customer_id)
    list_id = ("offers", brand_id, customer_id)
    after = "" if cursor is None else _sort_key(cursor, list_id)
    listed = ((key, offer) for key, offer in _listed(customer, after, now) if status in (None, offer.status))
    return page_of(listed, limit, list_id, size=lambda offer: len(json.dumps(offer.record.benefits).encode()))


def _listed(customer: Customer, after: str, now: datetime) -> Iterator[tuple[str, ListedOffer]]:
    holds = as_of(customer.wallet, now).wallet.holds
    held_by = {offer_id: event_id for event_id, hold in holds.items() for offer_id in hold.offers}
    for sort_key, record in load_offers(customer.brand_id, sorted(customer.ids), after):
        offer = customer.offers.get(record.offer.offer_id, record.offer)
        yield sort_key, ListedOffer(replace(record, offer=offer), offer.status(now), held_by.get(offer.offer_id))


def _sort_key(cursor: str, list_id: Sequence[str]) -> str:
    sort_key = decode(cursor, list_id)
    if not isinstance(sort_key, str) or len(sort_key) > _MAX_SORT_KEY_LENGTH or not sort_key.startswith("OFFER#"):
        raise invalid_cursor()
    return sort_key
