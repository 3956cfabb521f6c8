"""Authenticate calls by their API keys. The authorizer starts with this and no more."""

from datetime import datetime

from loyalty.domain import ids
from loyalty.domain.program.api_keys import AccessToken, AuthenticatedKey
from loyalty.store.api_keys import digest_of, find_api_key, is_sandbox, load_credential


def authenticate(secret: str, now: datetime, *, bearer: bool) -> AuthenticatedKey | None:
    """The key with that secret; None if it is unknown, disabled or expired.

    The result also says whether its brand is a sandbox, which the headers of answers say. As a bearer, an access token
    stands for the key that it was issued for, which is read as well, so that a token ends with its key.
    """
    digest = digest_of(secret)
    key_id, key = ids.derived("key", digest), load_credential(digest)
    if isinstance(key, AccessToken):
        found = find_api_key(key.brand_id, key.key_id) if bearer and now < key.expires_at else None
        key_id, key = key.key_id, found[1] if found else None
    if key is None or key.disabled or (key.expires_at and key.expires_at <= now):
        return None
    return AuthenticatedKey(key_id, key, is_sandbox(key.brand_id))
