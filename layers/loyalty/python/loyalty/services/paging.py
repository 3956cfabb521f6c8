"""Pages of lists, with opaque cursors that name the last item shown and are sealed for one list.

A cursor grants no access: what it names is looked up under the brand of the API key and the customer of the path. The
seal keeps it opaque: one that is altered, invented, or from another list is refused before anything is read.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from loyalty import json
from loyalty.domain import ids
from loyalty.domain.errors import ValidationError, invalid
from loyalty.settings import settings

_MAX_ID_LENGTH = 255
_SEAL_BYTES = 15

# A Lambda response has 6 MB at most, in which each quotation mark of the body takes two bytes.
MAX_BYTES = 2_500_000


class Page[T](NamedTuple):
    """A page of items, and the cursor of the next one; None at the end of the list."""

    items: list[T]
    next_cursor: str | None


def page_of[T](
    positioned: Iterable[tuple[Any, T | None]],
    limit: int,
    list_id: Sequence[str],
    size: Callable[[T], int] = lambda _: 0,
) -> Page[T]:
    """The first `limit` items, or as many as fit into an answer by their `size` in bytes, but at least one.

    Each item comes with the position that a cursor after it names; None for an item ends the page, and the cursor names
    the position that comes with it. `list_id` identifies the list: its name, the brand, the customer.
    """
    items: list[T] = []
    last_position: Any = None
    total_size = 0
    for position, item in positioned:
        if item is None:
            return Page(items, encode(position, list_id))
        total_size += size(item)
        if len(items) == limit or (items and total_size > MAX_BYTES):
            return Page(items, encode(last_position, list_id))
        items.append(item)
        last_position = position
    return Page(items, None)


def short_id(customer_id: str) -> str:
    """A short name of one of a customer's ids in a cursor, which has one for each and must fit into a URL."""
    return ids.derived(customer_id)[:8]


def encode(position: Any, list_id: Sequence[str]) -> str:
    """The cursor of a position in that list."""
    payload = json.dumps(position).encode()
    return base64.urlsafe_b64encode(seal(payload, list_id) + payload).decode().rstrip("=")


def decode(cursor: str, list_id: Sequence[str]) -> Any:
    """The position that a cursor of that list names. Raises ValidationError."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        claimed, payload = raw[:_SEAL_BYTES], raw[_SEAL_BYTES:]
        if not secrets.compare_digest(claimed, seal(payload, list_id)):
            raise invalid_cursor()
        position = json.loads(payload)
        # The last character of base64 may have unused bits: only the form that encode() gives is accepted.
        if encode(position, list_id) != cursor:
            raise invalid_cursor()
    except (ValueError, RecursionError, binascii.Error):
        raise invalid_cursor() from None
    if position is None:
        raise invalid_cursor()
    return position


def seal(payload: bytes, list_id: Sequence[str]) -> bytes:
    """A keyed hash of the payload and the list; its key is the end of the stack's id, a UUID."""
    key = settings().stack_id.encode()[-hashlib.blake2b.MAX_KEY_SIZE :]
    message = json.dumps([*list_id]).encode() + b"\0" + payload
    return hashlib.blake2b(message, digest_size=_SEAL_BYTES, key=key).digest()


def decode_id(cursor: str | None, list_id: Sequence[str]) -> str:
    """The id that a cursor of that list names, "" without a cursor. Raises ValidationError."""
    after = decode(cursor, list_id) if cursor is not None else ""
    if not isinstance(after, str) or len(after) > _MAX_ID_LENGTH or "#" in after:
        raise invalid_cursor()
    return after


def invalid_cursor() -> ValidationError:
    """The error for a cursor that is not one of the list."""
    return invalid("cursor", "is not a cursor of this list")
