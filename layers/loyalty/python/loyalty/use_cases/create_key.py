"""Create an API key; only its hash is stored."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from loyalty.domain import ids
from loyalty.domain.errors import invalid
from loyalty.domain.program.api_keys import ApiKey
from loyalty.store.api_keys import digest_of, save_api_key


class NewKey(NamedTuple):
    """A key with its id and its secret, which is told this once."""

    key_id: str
    secret: str
    key: ApiKey


def create_key(
    brand_id: str,
    name: str,
    scopes: Sequence[str],
    now: datetime,
    expires_at: datetime | None = None,
    secret: str | None = None,
) -> NewKey:
    """The new key; its secret is 256 random bits unless given. Raises ValidationError (expires_at).

    The id is a hash of the secret's hash: the same secret is the same key, and an id opens nothing.
    """
    if expires_at and expires_at <= now:
        raise invalid("expires_at", "must be in the future")
    secret = secret or f"ek_{brand_id}_{secrets.token_urlsafe(32)}"
    key = ApiKey(brand_id, name, tuple(dict.fromkeys(scopes)), now, expires_at)
    digest = digest_of(secret)
    key_id = ids.derived("key", digest)
    save_api_key(key_id, digest, key)
    return NewKey(key_id, secret, key)
