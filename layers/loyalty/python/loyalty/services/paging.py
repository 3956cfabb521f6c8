"""Pages of lists: opaque cursors that name the last item shown, sealed for the list they came from.

A cursor gives no right: whatever it names is looked for under the brand of the key and the customer of the path. The
seal keeps it opaque: what has been altered, made up or carried elsewhere is refused before anything is read for it.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from loyalty import json
from loyalty.domain.errors import ValidationError, invalid
from loyalty.settings import settings

_LONGEST_ID = 255
_SEAL_BYTES = 15

# A function answers with 6 MB at most, and each quotation mark in a body counts twice.
MAX_BYTES = 2_500_000


@dataclass(frozen=True)
class Page[T]:
    """Some items, and where to go on; None at the end."""

    items: list[T]
    next_cursor: str | None


def page_of[T](
    positioned: Iterable[tuple[Any, T]], limit: int, list_id: Sequence[str], size: Callable[[T], int] = lambda _: 0
) -> Page[T]:
    """The first `limit` of these items, or fewer if their sizes come to more than an answer can carry.

    Each comes with the position that its cursor names. `list_id` says which list this is: its name, the brand, the customer.
    """
    shown: list[T] = []
    last: Any = None
    carried = 0
    for position, item in positioned:
        carried += size(item)
        if len(shown) == limit or (shown and carried > MAX_BYTES):
            return Page(shown, encode(last, list_id))
        shown.append(item)
        last = position
    return Page(shown, None)


def encode(position: Any, list_id: Sequence[str]) -> str:
    """A position in that list as a cursor."""
    named = json.dumps(position).encode()
    return base64.urlsafe_b64encode(seal(named, list_id) + named).decode().rstrip("=")


def decode(cursor: str, list_id: Sequence[str]) -> Any:
    """The position a cursor of that list names; ValidationError if it is none."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        given, named = raw[:_SEAL_BYTES], raw[_SEAL_BYTES:]
        # The last letter of a base64 text may have bits that say nothing: one cursor has one spelling.
        if (
            not secrets.compare_digest(given, seal(named, list_id))
            or encode(position := json.loads(named), list_id) != cursor
        ):
            raise invalid_cursor()
    except (ValueError, RecursionError, binascii.Error):
        raise invalid_cursor() from None
    if position is None:
        raise invalid_cursor()
    return position


def seal(named: bytes, list_id: Sequence[str]) -> bytes:
    """What this stack alone puts before a position in that list: a hash, keyed with the UUID of the stack in the cloud."""
    named_in = json.dumps([*list_id]).encode() + b"\0" + named
    key = settings().stack_id.encode()[-hashlib.blake2b.MAX_KEY_SIZE :]
    return hashlib.blake2b(named_in, digest_size=_SEAL_BYTES, key=key).digest()


def decode_id(cursor: str | None, list_id: Sequence[str]) -> str:
    """The id a cursor of that list names, "" without one; ValidationError if it names none."""
    after = decode(cursor, list_id) if cursor is not None else ""
    if not isinstance(after, str) or len(after) > _LONGEST_ID or "#" in after:
        raise invalid_cursor()
    return after


def invalid_cursor() -> ValidationError:
    """The refusal of a cursor that no page of this list ended with."""
    return invalid("cursor", "is not a cursor of this list")
