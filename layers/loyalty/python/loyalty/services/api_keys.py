"""API keys: authenticate calls, and manage the keys of a brand. Only a hash of the secret is stored."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from loyalty import json
from loyalty.domain import ids
from loyalty.domain.errors import KeyNotFoundError, ServiceUnavailable, invalid
from loyalty.domain.program.api_keys import TOKEN_LIFETIME, AccessToken, ApiKey, AuthenticatedKey
from loyalty.services.paging import Page, decode_id, page_of
from loyalty.store.api_keys import (
    digest_of,
    find_api_key,
    is_sandbox,
    list_api_keys,
    load_credential,
    save_api_key,
    save_token,
)


class NewKey(NamedTuple):
    """A new key with its id and its secret, which cannot be read again."""

    key_id: str
    secret: str
    key: ApiKey


def authenticate(secret: str, now: datetime, *, bearer: bool) -> AuthenticatedKey | None:
    """The key with that secret; None if it is unknown, disabled or expired.

    It comes with whether its brand is one to test with, which every answer says. As a bearer, an access token stands
    for the key that it was issued for, which is read as well: a token ends with its key.
    """
    digest = digest_of(secret)
    key_id, key = ids.derived("key", digest), load_credential(digest)
    if isinstance(key, AccessToken):
        found = find_api_key(key.brand_id, key.key_id) if bearer and now < key.expires_at else None
        key_id, key = key.key_id, found[1] if found else None
    if key is None or key.disabled or (key.expires_at and key.expires_at <= now):
        return None
    return AuthenticatedKey(key_id, key, is_sandbox(key.brand_id))


def issue_token(brand_id: str, key_id: str, now: datetime) -> str:
    """A new access token of this key: it lasts an hour, or until the key ends. Raises ServiceUnavailable.

    It has the form of a JWT, as clients read `exp` in its payload; nobody relies on what it says. Its last part is 256
    random bits, and like a key it is known here by its hash alone.
    """
    found = find_api_key(brand_id, key_id)
    if found is None:
        raise ServiceUnavailable("this key is not in the list yet; send this request again")
    _, key = found
    ends = min(end for end in (now + TOKEN_LIFETIME, key.expires_at) if end).replace(microsecond=0)
    claims = {"sub": key_id, "scope": " ".join(key.scopes), "iat": int(now.timestamp()), "exp": int(ends.timestamp())}
    parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims))
    encoded = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts]
    token = ".".join((*encoded, secrets.token_urlsafe(32)))
    save_token(digest_of(token), AccessToken(brand_id, key_id, ends))
    return token


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
