"""Ids of events: 26 letters and digits, random, or derived from what makes a request the same request."""

import base64
import hashlib
import secrets


def fresh() -> str:
    """A random id of 128 bits."""
    return _spell(secrets.token_bytes(16))


def derived(*parts: str) -> str:
    """The one id that these parts always give; different parts give different ids."""
    text = "\0".join(f"{len(part)}:{part}" for part in parts)
    return _spell(hashlib.sha256(text.encode()).digest()[:16])


def _spell(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()
