"""Records of offers: written with what assigns them, listed by rank and then by their end."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace

from loyalty.domain.offers import Offer, OfferRecord
from loyalty.domain.times import format_instant, to_ttl
from loyalty.store import keys
from loyalty.store.codec import Document
from loyalty.store.table import Item, Write, WriteConflict, put, query

_RECORD = Document(OfferRecord)
_READ_AT_ONCE = 101  # the longest page, and one more to know whether there is another


def offer_key(brand_id: str, offer: Offer) -> keys.Key:
    """Where an offer's record lies."""
    return keys.offer(brand_id, offer.customer_id, offer.rank, format_instant(offer.ends_at), offer.offer_id)


def offer_writes(brand_id: str, record: OfferRecord) -> list[Write]:
    """A new offer's record and its deadline, to be written with the state of the customer who gets it."""
    offer = record.offer
    item: Item = {"document": _RECORD.pack(record)}
    return [
        put(offer_key(brand_id, offer), item, "attribute_not_exists(pk)", WriteConflict()),
        put(keys.offer_deadline(brand_id, offer.customer_id, offer.offer_id), {"ttl": to_ttl(offer.ends_at)}),
    ]


def load_offers(brand_id: str, customer_ids: Iterable[str], after: str) -> Iterator[tuple[str, OfferRecord]]:
    """The records under these ids by rank, end and id, each with its place in that order, from after such a place.

    Those that were recalled are as good as gone.
    """
    found = (_under(brand_id, one, after) for one in customer_ids)
    return heapq.merge(*found, key=lambda placed: placed[0])


def _under(brand_id: str, customer_id: str, after: str) -> Iterator[tuple[str, OfferRecord]]:
    pk = keys.customer(brand_id, customer_id).pk
    while True:
        items = list(query(pk, keys.OFFERS, after, _READ_AT_ONCE))
        yield from ((str(item["sk"]), _record(item)) for item in items if not item.get("recalled"))
        if len(items) < _READ_AT_ONCE:
            return
        after = str(items[-1]["sk"])


def _record(item: Item) -> OfferRecord:
    record = _RECORD.unpack(item["document"])
    used_by = str(item.get("used_by", "")) or None
    return replace(record, offer=replace(record.offer, used_by=used_by))
