"""List the offers of a customer. A page takes eight round trips at most, however many offers there are."""

import heapq
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from loyalty import json
from loyalty.domain.customers.customer import Customer
from loyalty.domain.offers import OfferRecord, OfferStatus
from loyalty.domain.wallet.update import as_of
from loyalty.services.customers import read_customer
from loyalty.services.paging import Page, decode, invalid_cursor, page_of, short_id
from loyalty.store.offers import load_offer_records, load_offers, offer_key

_MAX_SORT_KEY_LENGTH = 400

# Of the eight round trips of a page one or two read the customer.
_READS = 5

_IN_STATE = (OfferStatus.ACTIVE, OfferStatus.UPCOMING)


class ListedOffer(NamedTuple):
    """The record of an offer, its status as of now, and the event in standby that holds it."""

    record: OfferRecord
    status: OfferStatus
    held_by: str | None


def list_offers(
    brand_id: str, customer_id: str, status: OfferStatus | None, cursor: str | None, limit: int, now: datetime
) -> Page[ListedOffer]:
    """A page of the customer's offers by rank, then by their end; if a status is given, only those that have it.

    The offers of a merged customer are in this order under five of its ids at a time. Raises UserNotFoundError,
    ValidationError (cursor).
    """
    # The customer first: an offer that leaves the state before its record is read has its final values there.
    customer = read_customer(brand_id, customer_id)
    list_id = ("offers", brand_id, customer_id, status or "")
    under, after = (short_id(customer.customer_id), "") if cursor is None else _position(cursor, list_id)
    if status in _IN_STATE:
        listed = _in_state(customer, status, after, limit, now)
    else:
        listed = _recorded(customer, status, under, after, now)
    return page_of(listed, limit, list_id, size=lambda offer: len(json.dumps(offer.record.benefits).encode()))


def _in_state(
    customer: Customer, status: OfferStatus, after: str, limit: int, now: datetime
) -> Iterator[tuple[Any, ListedOffer | None]]:
    """The offers that can be redeemed, or will be: the customer's state has them all, so one read brings a page."""
    by_key = {offer_key(customer.brand_id, offer).sk: offer for offer in customer.offers.values()}
    found = sorted(sort_key for sort_key, offer in by_key.items() if offer.status(now) is status and sort_key > after)
    records = load_offer_records(customer.brand_id, [by_key[sort_key] for sort_key in found[:limit]])
    under, listed = short_id(customer.customer_id), _listing(customer, now)
    for sort_key in found[:limit]:
        if record := records.get(by_key[sort_key].offer_id):
            yield [under, sort_key], listed(record)
    if len(found) > limit:
        yield [under, found[limit - 1]], None


def _recorded(
    customer: Customer, status: OfferStatus | None, under: str, after: str, now: datetime
) -> Iterator[tuple[Any, ListedOffer | None]]:
    """The offers by their records, from those of the id `under` on that come after a sort key."""
    customer_ids = [customer.customer_id, *customer.merged_ids]
    start = next((i for i, customer_id in enumerate(customer_ids) if short_id(customer_id) == under), None)
    if start is None:
        raise invalid_cursor()
    listed, reads = _listing(customer, now), _READS
    while reads > 0 and start < len(customer_ids):
        group = customer_ids[start : start + _READS]
        reads -= len(group)
        pages = [load_offers(customer.brand_id, customer_id, after) for customer_id in group]
        # What comes after the last record of a page that is not the last one may be on the next page of that id.
        known_until = min((page.goes_on_after for page in pages if page.goes_on_after), default=None)
        for sort_key, record in heapq.merge(*(page.records for page in pages), key=lambda pair: pair[0]):
            if known_until is not None and sort_key > known_until:
                break
            if status in (None, (offer := listed(record)).status):
                yield [short_id(customer_ids[start]), sort_key], offer
        start, after = (start, known_until) if known_until else (start + len(group), "")
    if start < len(customer_ids):
        yield [short_id(customer_ids[start]), after], None


def _listing(customer: Customer, now: datetime) -> Any:
    """A function that gives the ListedOffer of a record."""
    holds = as_of(customer.wallet, now).wallet.holds
    held_by = {offer_id: event_id for event_id, hold in holds.items() for offer_id in hold.offers}

    def listed(record: OfferRecord) -> ListedOffer:
        offer = customer.offers.get(record.offer.offer_id, record.offer)
        return ListedOffer(record._replace(offer=offer), offer.status(now), held_by.get(offer.offer_id))

    return listed


def _position(cursor: str, list_id: tuple[str, ...]) -> tuple[str, str]:
    match decode(cursor, list_id):
        case [str(under), str(sort_key)] if len(sort_key) <= _MAX_SORT_KEY_LENGTH and (
            not sort_key or sort_key.startswith("OFFER#")
        ):
            return under, sort_key
    raise invalid_cursor()
