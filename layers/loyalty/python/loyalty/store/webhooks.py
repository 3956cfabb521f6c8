"""Webhooks of a brand, and what was delivered to each."""

import time
from collections.abc import Iterator

from loyalty.domain.feed.webhooks import DELIVERIES_KEPT, Delivery, Webhook
from loyalty.domain.times import to_ttl
from loyalty.store import keys
from loyalty.store.codec import Document, to_digits
from loyalty.store.table import Item, Write, WriteConflict, delete, get, put, query, write

_WEBHOOK = Document(Webhook, beside=("brand_id", "webhook_id"))
_DELIVERY = Document(Delivery)
# What is set up is in force within two seconds; the stream takes a part of that.
_KNOWN_FOR = 1.0

_known: dict[str, tuple[float, list[Webhook]]] = {}


def load_webhook(brand_id: str, webhook_id: str) -> Webhook | None:
    """The webhook of that id."""
    item = get(keys.webhook(brand_id, webhook_id))
    return _webhook_in(brand_id, item) if item else None


def list_webhooks(brand_id: str, after: str = "", limit: int | None = None) -> list[Webhook]:
    """Up to `limit` webhooks by id, those after the id `after`."""
    items = query(keys.brand(brand_id).pk, keys.WEBHOOKS, keys.WEBHOOKS + after if after else "", limit)
    return [_webhook_in(brand_id, item) for item in items]


def known_webhooks(brand_id: str) -> list[Webhook]:
    """All webhooks of a brand, as they were within the last second."""
    read_at, found = _known.get(brand_id, (0.0, []))
    now = time.time()
    if not 0 <= now - read_at < _KNOWN_FOR:
        found = list_webhooks(brand_id)
        _known[brand_id] = now, found
    return found


def webhook_write(webhook: Webhook, *, is_new: bool) -> Write:
    """Write a webhook; WriteConflict if it `is_new` and there is one, or if it is not new and there is none."""
    condition = "attribute_not_exists(pk)" if is_new else "attribute_exists(pk)"
    key = keys.webhook(webhook.brand_id, webhook.webhook_id)
    return put(key, {"document": _WEBHOOK.pack(webhook)}, condition, WriteConflict())


def delete_write(brand_id: str, webhook_id: str, missing: Exception) -> Write:
    """Delete a webhook; raises `missing` if there is none."""
    return delete(keys.webhook(brand_id, webhook_id), "attribute_exists(pk)", missing)


def save_delivery(brand_id: str, webhook_id: str, delivery: Delivery) -> None:
    """Store what became of an attempt."""
    key = keys.delivery(brand_id, webhook_id, to_digits(delivery.at), delivery.message_id)
    item: Item = {"document": _DELIVERY.pack(delivery), "ttl": to_ttl(delivery.at + DELIVERIES_KEPT)}
    write(put(key, item))


def list_deliveries(
    brand_id: str, webhook_id: str, before: tuple[int, str] | None, limit: int
) -> Iterator[tuple[tuple[int, str], Delivery]]:
    """Up to `limit` attempts with the positions of each, newest first, those before that position."""
    upto = keys.delivery(brand_id, webhook_id, *before).sk if before else ""
    pk = keys.delivery(brand_id, webhook_id, 0, "").pk
    # `upto` belongs to those that are read, so one more is asked for.
    for item in query(pk, keys.DELIVERIES, limit=limit + 1, upto=upto, newest_first=True):
        _, digits, message_id = str(item["sk"]).split("#")
        if (position := (int(digits), message_id)) != before:
            yield position, _DELIVERY.unpack(item["document"])


def _webhook_in(brand_id: str, item: Item) -> Webhook:
    webhook_id = str(item["sk"]).removeprefix(keys.WEBHOOKS)
    return _WEBHOOK.unpack(item["document"], brand_id=brand_id, webhook_id=webhook_id)
