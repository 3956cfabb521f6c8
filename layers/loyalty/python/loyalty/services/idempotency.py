"""Idempotency: how a request is recognised as one that came before."""

import hashlib
from collections.abc import Mapping
from typing import Any

from loyalty import json
from loyalty.domain import ids


def fingerprint_of(sent: Mapping[str, Any]) -> str:
    """A hash of the body, the same for every way to write it, and with or without the idempotency key in it."""
    body = {name: value for name, value in sent.items() if name != "idempotencyKey"}
    return hashlib.sha256(json.canonical(body).encode()).hexdigest()[:32]


def idempotency_ids_of(brand_id: str, key: str | None, purchase_id: str | None) -> list[str]:
    """The event ids that an emit is found by when it is repeated: first that of its key, then that of its purchase."""
    parts = (("key", key), ("purchase", purchase_id))
    return [ids.derived(brand_id, name, value) for name, value in parts if value]


def batch_ids_of(brand_id: str, key: str, count: int) -> list[str]:
    """The event ids of a batch with this key, one for each of its events. The first is that of an emit with the key."""
    return [ids.derived(brand_id, "key", key, *([str(i)] if i else [])) for i in range(count)]
