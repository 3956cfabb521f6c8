"""Revoke an API key."""

from dataclasses import replace

from loyalty.domain.errors import KeyNotFoundError
from loyalty.store.api_keys import find_api_key, save_api_key


def revoke_key(brand_id: str, key_id: str) -> None:
    """Disable a key for good; doing it again changes nothing. Raises KeyNotFoundError.

    Nothing else of a key ever changes, so there is no race to lose between reading and writing it.
    """
    found = find_api_key(brand_id, key_id)
    if found is None:
        raise KeyNotFoundError("there is no key with this id")
    digest, key = found
    save_api_key(key_id, digest, replace(key, disabled=True))
