"""Records of offers: written with the customer who gets the offer, listed by rank, then by end."""

from collections.abc import Sequence
from typing import NamedTuple

from loyalty.domain.offers import Offer, OfferRecord
from loyalty.domain.times import format_instant
from loyalty.store import keys
from loyalty.store.codec import Document
from loyalty.store.deadlines import offer_deadline_writes
from loyalty.store.table import Item, Write, WriteConflict, get_many, put, query_once

_RECORD = Document(OfferRecord)
_ITEMS_PER_READ = 101  # the longest page, and one more to see whether there is another page


class OffersRead(NamedTuple):
    """Records with their sort keys, and the sort key after which there may be more; None if there are no more."""

    records: list[tuple[str, OfferRecord]]
    goes_on_after: str | None


def offer_key(brand_id: str, offer: Offer) -> keys.Key:
    """The key of an offer's record."""
    return keys.offer(brand_id, offer.customer_id, offer.rank, format_instant(offer.ends_at), offer.offer_id)


def offer_writes(brand_id: str, *records: OfferRecord) -> list[Write]:
    """Write the records of new offers and their deadlines."""
    return [
        *(_record_write(brand_id, record) for record in records),
        *offer_deadline_writes(brand_id, (record.offer for record in records)),
    ]


def load_offers(brand_id: str, customer_id: str, after: str) -> OffersRead:
    """The records under one id with their sort keys, in the order of these, from after `after`: one round trip.

    Recalled offers are left out.
    """
    items, has_more = query_once(keys.customer(brand_id, customer_id).pk, keys.OFFERS, _ITEMS_PER_READ, after)
    records = [(str(item["sk"]), offer_record_in(item)) for item in items if not item.get("recalled")]
    return OffersRead(records, str(items[-1]["sk"]) if has_more else None)


def load_offer_records(brand_id: str, offers: Sequence[Offer]) -> dict[str, OfferRecord]:
    """The records of these offers, by the offer's id: one round trip for MAX_KEYS_PER_READ of them."""
    items = get_many([offer_key(brand_id, offer) for offer in offers])
    return {record.offer.offer_id: record for record in map(offer_record_in, items.values())}


def offer_item(record: OfferRecord) -> Item:
    """An offer's record as an item, new or with its own attributes beside it."""
    return {"document": _RECORD.pack(record)}


def _record_write(brand_id: str, record: OfferRecord) -> Write:
    return put(offer_key(brand_id, record.offer), offer_item(record), "attribute_not_exists(pk)", WriteConflict())


def offer_record_in(item: Item) -> OfferRecord:
    """The record in that item."""
    record = _RECORD.unpack(item["document"])
    used_by = str(item.get("used_by", "")) or None
    return record._replace(offer=record.offer._replace(used_by=used_by))
