"""What makes a request the same request as an earlier one."""

import hashlib
from collections.abc import Mapping
from typing import Any

from loyalty import json
from loyalty.domain import ids


def fingerprint_of(sent: Mapping[str, Any]) -> str:
    """One short text for all ways to write the same body; where the idempotency key stood is not part of it."""
    body = {name: value for name, value in sent.items() if name != "idempotencyKey"}
    return hashlib.sha256(json.canonical(body).encode()).hexdigest()[:32]


def idempotency_ids_of(brand_id: str, key: str | None, purchase_id: str | None) -> list[str]:
    """The event ids that make an emit the same emit: the one of its key, then the one of its purchase."""
    found = [ids.derived(brand_id, "key", key)] if key else []
    return [*found, ids.derived(brand_id, "purchase", purchase_id)] if purchase_id else found


def batch_ids_of(brand_id: str, key: str, count: int) -> list[str]:
    """The event ids of a batch that came with this key, one for each of its events."""
    return [ids.derived(brand_id, "key", key, *([str(i)] if i else [])) for i in range(count)]
