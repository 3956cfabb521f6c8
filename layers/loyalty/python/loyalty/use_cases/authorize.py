"""Find out whose key a call carries."""

import hashlib
from datetime import datetime

from loyalty.store.api_keys import ApiKey, load_api_key


def authorize(secret: str, now: datetime) -> ApiKey | None:
    """The key of that secret if it is good now: known, not disabled, not expired."""
    key = load_api_key(digest(secret))
    if key is None or key.disabled or (key.expires_at and key.expires_at <= now):
        return None
    return key


def digest(secret: str) -> str:
    """The hash a key is stored under. SHA-256 is enough: a secret has 256 random bits, there is nothing to guess."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
