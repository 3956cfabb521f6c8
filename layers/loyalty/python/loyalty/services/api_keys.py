"""API keys of a brand: create, list and revoke them, and tokens for them. Only hashes of secrets are stored."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from loyalty import json
from loyalty.domain import ids
from loyalty.domain.errors import KeyNotFoundError, ServiceUnavailable, invalid
from loyalty.domain.program.api_keys import TOKEN_LIFETIME, AccessToken, ApiKey
from loyalty.domain.program.changes import Author, Kind, SettingsChange
from loyalty.services.paging import Page, decode_id, page_of
from loyalty.store.api_keys import (
    api_key_writes,
    digest_of,
    find_api_key,
    list_api_keys,
    save_token,
)
from loyalty.store.codec import encode
from loyalty.store.program import Edit, load_brand
from loyalty.store.published import commit
from loyalty.store.table import retry_on_conflict


class NewKey(NamedTuple):
    """A new key with its id and its secret, which cannot be read again."""

    key_id: str
    secret: str
    key: ApiKey


def issue_token(brand_id: str, key_id: str, now: datetime) -> str:
    """A new access token of this key: it lasts an hour, or until the key ends. Raises ServiceUnavailable.

    It has the form of a JWT, as clients read `exp` in its payload, and the console the scopes; no function relies on
    what it says. Its last part is 256 random bits, and like a key it is known here by its hash alone.
    """
    found = find_api_key(brand_id, key_id)
    if found is None:
        raise ServiceUnavailable("this key is not in the list yet; send this request again")
    _, key = found
    ends = min(end for end in (now + TOKEN_LIFETIME, key.expires_at) if end).replace(microsecond=0)
    claims = {
        "sub": key_id,
        "brand_id": brand_id,
        "scope": " ".join(key.scopes),
        "iat": int(now.timestamp()),
        "exp": int(ends.timestamp()),
    }
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
    author: str = "",
) -> NewKey:
    """Store a new key; its secret is 256 random bits unless given. `author` is the id of the key that asks for it.

    Raises ValidationError (expires_at), BrandNotFoundError.
    """
    if expires_at and expires_at <= now:
        raise invalid("expires_at", "must be in the future")
    secret = secret or f"ek_{brand_id}_{secrets.token_urlsafe(32)}"
    digest = digest_of(secret)
    key_id = ids.derived("key", digest)
    key = ApiKey(brand_id, name, tuple(dict.fromkeys(scopes)), now, expires_at)
    _save_key(key_id, digest, None, key, Author(author, now))
    return NewKey(key_id, secret, key)


def revoke_key(brand_id: str, key_id: str, author: Author) -> None:
    """Disable a key for good; repeating it changes nothing. Raises KeyNotFoundError."""
    found = find_api_key(brand_id, key_id)
    if found is None:
        raise KeyNotFoundError("there is no key with this id")
    digest, key = found
    _save_key(key_id, digest, key, replace(key, disabled=True), author)


@retry_on_conflict
def _save_key(key_id: str, digest: str, before: ApiKey | None, key: ApiKey, author: Author) -> None:
    """Store a key and the audit of it. Revoking is the only change of a key, so what it was needs no condition."""
    brand = load_brand(key.brand_id)
    change = SettingsChange(Kind.API_KEY, key_id, encode(before) if before else None, encode(key))
    commit(brand, author, [] if key == before else [Edit(change, api_key_writes(key_id, digest, key))])


def list_keys(brand_id: str, cursor: str | None, limit: int) -> Page[tuple[str, ApiKey]]:
    """A page of the brand's keys with their ids, by id, revoked ones included. Raises ValidationError (cursor)."""
    list_id = ("keys", brand_id)
    keys = list_api_keys(brand_id, decode_id(cursor, list_id), limit + 1)
    return page_of(((key_id, (key_id, key)) for key_id, key in keys), limit, list_id)
