"""Ids of 128 bits: random ones, and ones derived from what identifies a request, so that a retry has the same id."""

import base64
import hashlib
import re
import secrets
from uuid import UUID

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def random_id() -> str:
    """A random id: 26 lower-case letters and digits."""
    return _encode(secrets.token_bytes(16))


def derived(*parts: str) -> str:
    """The id of these parts, a hash: the same parts always have the same id, other parts another."""
    return _encode(_digest(parts))


def random_uuid() -> str:
    """A random UUID (version 4)."""
    return str(UUID(bytes=secrets.token_bytes(16), version=4))


def derived_uuid(*parts: str) -> str:
    """The UUID of these parts, marked as made from a name (version 5)."""
    return str(UUID(bytes=_digest(parts), version=5))


def is_uuid(text: str) -> bool:
    """Whether this is the text of a UUID, in any case."""
    return _UUID.fullmatch(text) is not None


def spellings(text: str) -> tuple[str, ...]:
    """The id, and if it is a UUID, which has no case, the same in lower and in upper case."""
    return tuple(dict.fromkeys((text, text.lower(), text.upper()))) if is_uuid(text) else (text,)


def _digest(parts: tuple[str, ...]) -> bytes:
    text = "\0".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode()).digest()[:16]


def _encode(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()
