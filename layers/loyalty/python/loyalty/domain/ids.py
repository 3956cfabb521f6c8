"""Ids, random, or derived from what makes a request the same request: 26 letters and digits, or UUIDs."""

import base64
import hashlib
import secrets
from uuid import UUID


def fresh() -> str:
    """A random id of 128 bits."""
    return _spell(secrets.token_bytes(16))


def derived(*parts: str) -> str:
    """The one id that these parts always give; different parts give different ids."""
    return _spell(_digest(parts))


def fresh_uuid() -> str:
    """A random UUID."""
    return str(UUID(bytes=secrets.token_bytes(16), version=4))


def derived_uuid(*parts: str) -> str:
    """The one UUID that these parts always give; it says of itself that it was made from a name."""
    return str(UUID(bytes=_digest(parts), version=5))


def _digest(parts: tuple[str, ...]) -> bytes:
    text = "\0".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode()).digest()[:16]


def _spell(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()
