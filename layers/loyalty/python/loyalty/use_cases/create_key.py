"""Create an API key; only its hash is stored."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from loyalty.store.api_keys import ApiKey, save_api_key
from loyalty.use_cases.authorize import digest


def create_key(
    brand_id: str,
    name: str,
    scopes: Sequence[str],
    now: datetime,
    expires_at: datetime | None = None,
    secret: str | None = None,
) -> str:
    """The secret, told once: 256 random bits unless given."""
    secret = secret or f"ek_{brand_id}_{secrets.token_urlsafe(32)}"
    save_api_key(digest(secret), ApiKey(brand_id, name, tuple(scopes), now, expires_at))
    return secret
