"""API keys: authenticate calls, and manage the keys of a brand. Only a hash of the secret is stored."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from loyalty.domain import ids
from loyalty.domain.errors import KeyNotFoundError, invalid
from loyalty.domain.program.api_keys import ApiKey
from loyalty.services.paging import Page, decode_id, page_of
from loyalty.store.api_keys import digest_of, find_api_key, list_api_keys, load_api_key, save_api_key


class NewKey(NamedTuple):
    """A new key with its id and its secret, which cannot be read again."""

    key_id: str
    secret: str
    key: ApiKey


def authenticate(secret: str, now: datetime) -> ApiKey | None:
    """The key with that secret; None if it is unknown, disabled or expired."""
    key = load_api_key(digest_of(secret))
    if key is None or key.disabled or (key.expires_at and key.expires_at <= now):
        return None
    return key


def create_key(
    brand_id: str,
    name: str,
    scopes: Sequence[str],
    now: datetime,
    expires_at: datetime | None = None,
    secret: str | None = None,
) -> NewKey:
    """Store a new key; its secret is 256 random bits unless given. Raises ValidationError (expires_at).

    The id is derived from the hash of the secret, so that the same secret is the same key and an id gives no access.
    """
    if expires_at and expires_at <= now:
        raise invalid("expires_at", "must be in the future")
    secret = secret or f"ek_{brand_id}_{secrets.token_urlsafe(32)}"
    key = ApiKey(brand_id, name, tuple(dict.fromkeys(scopes)), now, expires_at)
    digest = digest_of(secret)
    key_id = ids.derived("key", digest)
    save_api_key(key_id, digest, key)
    return NewKey(key_id, secret, key)


def revoke_key(brand_id: str, key_id: str) -> None:
    """Disable a key for good; repeating it changes nothing. Raises KeyNotFoundError.

    Reading and writing need no condition: this is the only change that a key can have.
    """
    found = find_api_key(brand_id, key_id)
    if found is None:
        raise KeyNotFoundError("there is no key with this id")
    digest, key = found
    save_api_key(key_id, digest, replace(key, disabled=True))


def list_keys(brand_id: str, cursor: str | None, limit: int) -> Page[tuple[str, ApiKey]]:
    """A page of the brand's keys with their ids, by id, revoked ones included. Raises ValidationError (cursor)."""
    list_id = ("keys", brand_id)
    keys = list_api_keys(brand_id, decode_id(cursor, list_id), limit + 1)
    return page_of(((key_id, (key_id, key)) for key_id, key in keys), limit, list_id)
