"""Find out whose key a call carries."""

from datetime import datetime

from loyalty.domain.program.api_keys import ApiKey
from loyalty.store.api_keys import digest_of, load_api_key


def authorize(secret: str, now: datetime) -> ApiKey | None:
    """The key of that secret if it is good now: known, not disabled, not expired."""
    key = load_api_key(digest_of(secret))
    if key is None or key.disabled or (key.expires_at and key.expires_at <= now):
        return None
    return key
