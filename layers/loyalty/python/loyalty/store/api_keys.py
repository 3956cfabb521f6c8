"""API keys: stored under the hash of the secret for the authorizer, and under the id for the brand's list.

An access token is stored under its hash as well.
"""

import hashlib

from loyalty.domain.program.api_keys import AccessToken, ApiKey
from loyalty.domain.times import to_ttl
from loyalty.store import keys
from loyalty.store.codec import Document, unpack
from loyalty.store.table import Item, Write, get, put, query, write

_API_KEY = Document(ApiKey)
_TOKEN = Document(AccessToken)


def digest_of(secret: str) -> str:
    """The hash that a key is stored under. Secrets have 256 random bits, so SHA-256 needs no salt and no stretching."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def load_credential(digest: str) -> ApiKey | AccessToken | None:
    """The key with that hash of its secret, or the access token with that hash, expired or not."""
    item = get(keys.api_key(digest))
    if item and "ttl" in item:
        return _TOKEN.unpack(item["document"])
    return _api_key(item) if item else None


def save_token(digest: str, token: AccessToken) -> None:
    """Store an access token until it expires."""
    write(put(keys.access_token(digest), {"document": _TOKEN.pack(token), "ttl": to_ttl(token.expires_at)}))


def is_sandbox(brand_id: str) -> bool:
    """Whether the brand is a sandbox: of the stored document, because the authorizer needs no more of a brand."""
    item = get(keys.brand(brand_id))
    return bool(item and unpack(item["document"]).get("sandbox"))


def find_api_key(brand_id: str, key_id: str) -> tuple[str, ApiKey] | None:
    """The key with that id, and the hash of its secret."""
    item = get(keys.listed_key(brand_id, key_id))
    return (str(item["digest"]), _api_key(item)) if item else None


def list_api_keys(brand_id: str, after: str, limit: int) -> list[tuple[str, ApiKey]]:
    """Up to `limit` ids and keys by id, those after the id `after`."""
    items = query(keys.brand(brand_id).pk, keys.KEYS, keys.KEYS + after if after else "", limit)
    return [(str(item["sk"]).removeprefix(keys.KEYS), _api_key(item)) for item in items]


def api_key_writes(key_id: str, digest: str, key: ApiKey) -> list[Write]:
    """Put both items of a key, so that the list shows what the authorizer admits."""
    document = _API_KEY.pack(key)
    return [
        put(keys.api_key(digest), {"document": document}),
        put(keys.listed_key(key.brand_id, key_id), {"document": document, "digest": digest}),
    ]


def _api_key(item: Item) -> ApiKey:
    return _API_KEY.unpack(item["document"])
