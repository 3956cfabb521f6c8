"""API keys that are there without a brand, for tests of the authorizer alone."""

from loyalty.domain.program.api_keys import ApiKey
from loyalty.store.api_keys import api_key_writes
from loyalty.store.table import transact


def save_api_key(key_id: str, digest: str, key: ApiKey) -> None:
    """Store both items of a key."""
    transact(*api_key_writes(key_id, digest, key))
