"""Deadline items: when DynamoDB's TTL removes one, the stream has settled what it is for.

A sandbox brand has its own time, so its deadlines lie in one partition, in the order of their instants, where its
clock finds what an advance passes. Each is one item with a ttl, as those of live brands are.
"""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from loyalty.domain.offers import Offer
from loyalty.domain.times import to_ttl
from loyalty.sandbox import Sandbox, served
from loyalty.store import keys
from loyalty.store.codec import from_digits, to_digits
from loyalty.store.table import Write, delete, put, query_once, transact, write
from loyalty.store.test_clocks import clock_of

_ITEMS_PER_READ = 25
_RESTORED_FOR_SECONDS = 3600


class Due(NamedTuple):
    """A deadline of a sandbox brand, its instant, and where it lies."""

    key: keys.Key
    at: datetime


def hold_deadline_write(brand_id: str, customer_id: str, event_id: str, ends_at: datetime) -> Write:
    """Write the deadline of a hold."""
    sandboxed = keys.sandbox_hold_deadline(brand_id, _digits(ends_at), event_id)
    return _write(keys.hold_deadline(brand_id, customer_id, event_id), sandboxed, ends_at)


def lots_deadline_write(brand_id: str, customer_id: str, ends_at: datetime) -> Write:
    """Write the deadline of the lot that expires next."""
    sandboxed = keys.sandbox_lots_deadline(brand_id, _digits(ends_at), customer_id)
    return _write(keys.lots_deadline(brand_id, customer_id), sandboxed, ends_at)


def offer_deadline_writes(brand_id: str, offers: Iterable[Offer]) -> list[Write]:
    """Write the deadlines of offers: in a sandbox brand, one for all offers of a customer that end at one instant."""
    writes = {}
    for offer in offers:
        key = keys.offer_deadline(brand_id, offer.customer_id, offer.offer_id)
        sandboxed = keys.sandbox_offer_deadline(brand_id, _digits(offer.ends_at), offer.customer_id)
        writes[sandboxed if served() else key] = _write(key, sandboxed, offer.ends_at)
    return list(writes.values())


def save_sandbox_reminder(brand_id: str, customer_id: str, due: datetime) -> None:
    """Write when to remind a customer of a sandbox brand; writing the same again changes nothing."""
    key = keys.sandbox_reminder_deadline(brand_id, _digits(due), customer_id)
    transact(_write(key, key, due))


def restore(sandbox: Sandbox, key: keys.Key, ends_at: datetime) -> None:
    """Write a deadline of a sandbox brand again that TTL removed before its instant came.

    A clock that is advancing stands still, so it may find the deadline long after the ttl that this had. So the new ttl
    is at least an hour away: else TTL would remove it again at once.
    """
    clock = clock_of(sandbox)
    soonest = int(time.time()) + _RESTORED_FOR_SECONDS if clock.is_advancing else 0
    write(put(key, {"ttl": max(soonest, to_ttl(clock.real(ends_at)))}))


def load_due(brand_id: str, until: datetime) -> list[Due]:
    """The first deadlines of a sandbox brand, those up to that instant, by their instants; one round trip."""
    items, _ = query_once(keys.sandbox_hold_deadline(brand_id, "", "").pk, "", _ITEMS_PER_READ, after="0")
    due = (Due(keys.Key(str(item["pk"]), str(item["sk"])), instant_in(str(item["sk"]))) for item in items)
    return [one for one in due if one.at <= until]


def forget(due: Due) -> None:
    """Delete a deadline that is settled."""
    transact(delete(due.key))


def instant_in(sort_key: str) -> datetime:
    """The instant of a deadline of a sandbox brand. Raises ValueError."""
    return from_digits(int(sort_key.partition("#")[0]))


def _write(key: keys.Key, sandboxed: keys.Key, ends_at: datetime) -> Write:
    sandbox = served()
    if sandbox is None:
        return put(key, {"ttl": to_ttl(ends_at)})
    return put(sandboxed, {"ttl": to_ttl(clock_of(sandbox).real(ends_at))})


def _digits(instant: datetime) -> str:
    return f"{to_digits(instant):017d}"
