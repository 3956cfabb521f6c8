"""Webhooks: set them up, list them, and deliver signed messages to them, as Standard Webhooks describes."""

import base64
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NoReturn

from standardwebhooks import Webhook as Signer

from loyalty import json, receivers
from loyalty.domain import ids
from loyalty.domain.errors import WebhookNotFoundError, invalid
from loyalty.domain.feed.messages import Message
from loyalty.domain.feed.webhooks import (
    MAX_DELIVERY_ATTEMPTS,
    MAX_WEBHOOKS,
    PAUSE_AFTER_HANGING,
    TEST,
    TIMEOUT_SECONDS,
    Delivery,
    NotDelivered,
    Webhook,
    is_taken,
    message_to_test,
    pause_after,
)
from loyalty.domain.program.changes import Author, Kind, SettingsChange
from loyalty.queue import hide, put_off, send_all
from loyalty.services.paging import Page, decode, decode_id, invalid_cursor, page_of
from loyalty.store import webhooks as store
from loyalty.store.codec import from_digits, to_digits
from loyalty.store.program import Edit, load_brand
from loyalty.store.published import commit
from loyalty.store.table import WriteConflict, retry_on_conflict

_SECRET_BYTES = 32

# Until when no message is sent to a receiver that has hung, by the monotonic clock of this process.
_paused_until: dict[tuple[str, str], float] = {}


@retry_on_conflict
def put_webhook(
    brand_id: str, webhook_id: str, settings: Mapping[str, Any], author: Author
) -> tuple[Webhook, str | None]:
    """Store a webhook; a new one is returned with its secret, which is shown this once, else the secret stays.

    Raises ValidationError (url, id), BrandNotFoundError.
    """
    _refuse_private(settings["url"])
    brand = load_brand(brand_id)
    existing = {one.webhook_id: one for one in store.list_webhooks(brand_id)}
    before = existing.get(webhook_id)
    if before is None and len(existing) >= MAX_WEBHOOKS:
        raise invalid("id", f"is one too many: a brand has {MAX_WEBHOOKS} webhooks at most; delete one first")
    events = tuple(dict.fromkeys(settings["events"]))
    active = settings["active"] is not False
    if before:
        webhook = replace(before, url=settings["url"], events=events, active=active)
    else:
        secret = f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"
        webhook = Webhook(brand_id, webhook_id, settings["url"], events, secret, author.at, active)
    writes = [store.webhook_write(webhook, is_new=before is None)]
    change = SettingsChange(Kind.WEBHOOK, webhook_id, _audited(before), _audited(webhook))
    commit(brand, author, [] if webhook == before else [Edit(change, writes)])
    return webhook, None if before else webhook.secret


@retry_on_conflict
def delete_webhook(brand_id: str, webhook_id: str, author: Author) -> None:
    """Delete a webhook, with what waits for it. Raises WebhookNotFoundError, BrandNotFoundError."""
    brand = load_brand(brand_id)
    before = read_webhook(brand_id, webhook_id)
    change = SettingsChange(Kind.WEBHOOK, webhook_id, _audited(before), None)
    commit(brand, author, [Edit(change, [store.delete_write(brand_id, webhook_id, WriteConflict())])])


def read_webhook(brand_id: str, webhook_id: str) -> Webhook:
    """The webhook. Raises WebhookNotFoundError."""
    webhook = store.load_webhook(brand_id, webhook_id)
    if webhook is None:
        raise WebhookNotFoundError("there is no webhook with this id")
    return webhook


def list_webhooks(brand_id: str, cursor: str | None, limit: int) -> Page[Webhook]:
    """A page of webhooks, by id. Raises ValidationError (cursor)."""
    list_id = ("webhooks", brand_id)
    found = store.list_webhooks(brand_id, decode_id(cursor, list_id), limit + 1)
    return page_of(((one.webhook_id, one) for one in found), limit, list_id)


def list_deliveries(brand_id: str, webhook_id: str, cursor: str | None, limit: int) -> Page[Delivery]:
    """A page of attempts to deliver to a webhook, newest first. Raises WebhookNotFoundError, ValidationError."""
    read_webhook(brand_id, webhook_id)
    list_id = ("deliveries", brand_id, webhook_id)
    before = None
    if cursor is not None:
        match decode(cursor, list_id):
            case [int(digits), str(message_id)] if digits > 0:
                before = digits, message_id
            case _:
                raise invalid_cursor()
    found = store.list_deliveries(brand_id, webhook_id, before, limit + 1)
    return page_of((([*position], one) for position, one in found), limit, list_id)


def send_test_message(brand_id: str, webhook_id: str, now: datetime) -> str:
    """Queue a message for a webhook, active or not, to see whether it arrives; returns its id.

    Raises WebhookNotFoundError, ServiceUnavailable.
    """
    webhook = read_webhook(brand_id, webhook_id)
    message = message_to_test(webhook, f"msg_{ids.random_id()}", now)
    send_all([(_queued(message, webhook), f"{brand_id}.{webhook_id}")])
    return message.id


def send_to_webhooks(messages: Iterable[Message]) -> None:
    """Queue messages for each webhook that wants them, a message group for each webhook. Raises ServiceUnavailable."""
    send_all(
        (queued := _queued(message, webhook), _sender(queued))
        for message in messages
        for webhook in store.known_webhooks(message.brand_id)
        if webhook.wants(message.type)
    )


def _queued(message: Message, webhook: Webhook) -> dict[str, Any]:
    # The payload as text: every attempt signs and sends the same bytes.
    return {
        "brand_id": webhook.brand_id,
        "webhook_id": webhook.webhook_id,
        "id": message.id,
        "type": message.type,
        "payload": json.dumps_ascii(message.payload),
    }


def deliver(message: Mapping[str, Any], receives: int, receipt: str, clock: Callable[[], datetime]) -> None:
    """Deliver a queued message to its webhook, as it is set up now; drop it if the webhook is gone or lacks its type.

    What is not taken is put into the queue again, for its next attempt. Raises NotDelivered after the last one: the
    queue then sets the message aside. A failure after the receiver has taken it delivers it again, with the same id and
    payload; so does one after it was put into the queue again. A test message is tried once: whoever sent it sees the
    result among the deliveries, and can send another.
    """
    now = clock()
    # Messages that the release before this one queued have no attempt of their own: their deliveries are counted.
    attempt = message.get("attempt", receives)
    if "due" in message and (due := from_digits(message["due"])) > now:
        put_off(message, _sender(message), due - now)  # SQS delays by 15 minutes at most
        return
    webhook = store.load_webhook(message["brand_id"], message["webhook_id"])
    if webhook is None or not webhook.covers(message["type"]):
        return
    is_test = message["type"] == TEST
    if attempt >= MAX_DELIVERY_ATTEMPTS and receives > 1 and "attempt" in message:
        _set_aside(receipt)
    name = (webhook.brand_id, webhook.webhook_id)
    if not (webhook.active or is_test) or _paused_until.get(name, 0) > time.monotonic():
        # Not recorded as an attempt: nothing is sent, as a receiver that hangs takes time from the others' messages.
        _try_later(message, attempt, receipt, now)
        return
    reply = receivers.post(webhook.url, _headers(webhook, message, now), message["payload"], TIMEOUT_SECONDS)
    taken = is_taken(reply.status)
    again = None if taken or is_test or attempt >= MAX_DELIVERY_ATTEMPTS else now + pause_after(attempt)
    error = None if taken else reply.error or f"the receiver answered {reply.status}"
    if reply.hung:
        _paused_until[name] = time.monotonic() + PAUSE_AFTER_HANGING.total_seconds()
    store.save_delivery(*name, Delivery(message["id"], message["type"], now, attempt, reply.status, error, again))
    if not (taken or is_test):
        _try_later(message, attempt, receipt, now)


def _try_later(message: Mapping[str, Any], attempt: int, receipt: str, now: datetime) -> None:
    """Put a message into the queue for its next attempt. Raises NotDelivered if there is none."""
    if attempt >= MAX_DELIVERY_ATTEMPTS:
        _set_aside(receipt)
    pause = pause_after(attempt)
    later = {**message, "attempt": attempt + 1, "due": to_digits(now + pause)}
    put_off(later, _sender(message), pause)


def _set_aside(receipt: str) -> NoReturn:
    """Let SQS deliver the message until it has reached its limit and goes to the dead-letter queue; sends nothing."""
    hide(receipt, timedelta())
    raise NotDelivered


def _sender(message: Mapping[str, Any]) -> str:
    return f"{message['brand_id']}.{message['webhook_id']}"


def _headers(webhook: Webhook, message: Mapping[str, Any], now: datetime) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Earnest",
        "webhook-id": message["id"],
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(webhook.secret).sign(message["id"], now, message["payload"]),
    }


def _audited(webhook: Webhook | None) -> dict[str, Any] | None:
    """A webhook as the audit has it: without its secret."""
    if webhook is None:
        return None
    return {"url": webhook.url, "events": list(webhook.events), "active": webhook.active}


def _refuse_private(url: str) -> None:
    try:
        receivers.refuse_if_private(receivers.target(url), TIMEOUT_SECONDS)
    except (ValueError, receivers.Refused) as refusal:
        raise invalid("url", str(refusal)) from None
