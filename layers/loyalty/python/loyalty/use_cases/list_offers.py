"""List the offers of a customer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from loyalty import json
from loyalty.domain.customers.customer import Customer
from loyalty.domain.offers import OfferRecord, OfferStatus
from loyalty.domain.wallet.update import as_of
from loyalty.store.offers import load_offers
from loyalty.use_cases.paging import Page, decode, not_ours, page_of
from loyalty.use_cases.read_customer import read_customer

_LONGEST_PLACE = 400


@dataclass(frozen=True)
class Listed:
    """An offer's record as of now, what that makes it, and the event that holds it."""

    record: OfferRecord
    status: OfferStatus
    held_by: str | None


def list_offers(
    brand_id: str, customer_id: str, status: OfferStatus | None, cursor: str | None, limit: int, now: datetime
) -> Page[Listed]:
    """A page of the customer's offers by rank and then by their end; only those of that status, if one is given.

    Raises UserNotFoundError, ValidationError (cursor).
    """
    # The state first: what has left it by the time its record is read has been noted there.
    customer = read_customer(brand_id, customer_id)
    of = ("offers", brand_id, customer_id)
    after = "" if cursor is None else _place(cursor, of)
    listed = ((place, one) for place, one in _listed(customer, after, now) if status in (None, one.status))
    return page_of(listed, limit, of, size=lambda one: len(json.dumps(one.record.benefits).encode()))


def _listed(customer: Customer, after: str, now: datetime) -> Iterator[tuple[str, Listed]]:
    holds = as_of(customer.wallet, now).wallet.holds
    held = {offer_id: event_id for event_id, hold in holds.items() for offer_id in hold.offers}
    for place, record in load_offers(customer.brand_id, sorted(customer.ids), after):
        offer = customer.offers.get(record.offer.offer_id, record.offer)
        yield place, Listed(replace(record, offer=offer), offer.status(now), held.get(offer.offer_id))


def _place(cursor: str, of: Sequence[str]) -> str:
    place = decode(cursor, of)
    if not isinstance(place, str) or len(place) > _LONGEST_PLACE or not place.startswith("OFFER#"):
        raise not_ours()
    return place
