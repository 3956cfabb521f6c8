"""API keys, by the hash of their secret."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loyalty.domain.times import from_millis, to_millis
from loyalty.store import keys
from loyalty.store.packing import pack, unpack
from loyalty.store.table import get, put, transact


@dataclass(frozen=True)
class ApiKey:
    """What a key may do, for whom, and until when."""

    brand_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    disabled: bool = False


def load_api_key(digest: str) -> ApiKey | None:
    """The key with that hash."""
    item = get(keys.api_key(digest))
    if item is None:
        return None
    document: dict[str, Any] = unpack(item["doc"])
    expires = document["expires"]
    return ApiKey(
        document["brand"],
        document["name"],
        tuple(document["scopes"]),
        from_millis(document["created"]),
        from_millis(expires) if expires else None,
        document["disabled"],
    )


def save_api_key(digest: str, key: ApiKey) -> None:
    """Store a key."""
    document = {
        "brand": key.brand_id,
        "name": key.name,
        "scopes": key.scopes,
        "created": to_millis(key.created_at),
        "expires": to_millis(key.expires_at) if key.expires_at else 0,
        "disabled": key.disabled,
    }
    transact(put(keys.api_key(digest), {"doc": pack(document)}))
