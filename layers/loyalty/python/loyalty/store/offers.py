"""Records of offers: written with the customer who gets the offer, listed by rank, then by end."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace

from loyalty.domain.offers import Offer, OfferRecord
from loyalty.domain.times import format_instant, to_ttl
from loyalty.store import keys
from loyalty.store.codec import Document
from loyalty.store.table import Item, Write, WriteConflict, put, query

_RECORD = Document(OfferRecord)
_ITEMS_PER_READ = 101  # the longest page, and one more to see whether there is another page


def offer_key(brand_id: str, offer: Offer) -> keys.Key:
    """The key of an offer's record."""
    return keys.offer(brand_id, offer.customer_id, offer.rank, format_instant(offer.ends_at), offer.offer_id)


def offer_writes(brand_id: str, record: OfferRecord) -> list[Write]:
    """Write a new offer's record and its deadline."""
    offer = record.offer
    item: Item = {"document": _RECORD.pack(record)}
    return [
        put(offer_key(brand_id, offer), item, "attribute_not_exists(pk)", WriteConflict()),
        put(keys.offer_deadline(brand_id, offer.customer_id, offer.offer_id), {"ttl": to_ttl(offer.ends_at)}),
    ]


def load_offers(brand_id: str, customer_ids: Iterable[str], after: str) -> Iterator[tuple[str, OfferRecord]]:
    """The records under these ids with their sort keys, in the order of these, from after the sort key `after`.

    Recalled offers are left out.
    """
    lists = (_under(brand_id, customer_id, after) for customer_id in customer_ids)
    return heapq.merge(*lists, key=lambda pair: pair[0])


def _under(brand_id: str, customer_id: str, after: str) -> Iterator[tuple[str, OfferRecord]]:
    pk = keys.customer(brand_id, customer_id).pk
    while True:
        items = list(query(pk, keys.OFFERS, after, _ITEMS_PER_READ))
        yield from ((str(item["sk"]), _record(item)) for item in items if not item.get("recalled"))
        if len(items) < _ITEMS_PER_READ:
            return
        after = str(items[-1]["sk"])


def _record(item: Item) -> OfferRecord:
    record = _RECORD.unpack(item["document"])
    used_by = str(item.get("used_by", "")) or None
    return replace(record, offer=replace(record.offer, used_by=used_by))
