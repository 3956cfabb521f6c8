"""Pages of lists: opaque cursors that name the last item shown."""

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from loyalty import json
from loyalty.domain.errors import ValidationError, invalid

_LONGEST_ID = 255

# A function answers with 6 MB at most, and each quotation mark in a body counts twice.
MOST_BYTES = 2_500_000


@dataclass(frozen=True)
class Page[T]:
    """Some items, and where to go on; None at the end."""

    items: list[T]
    next_cursor: str | None


def page_of[T](placed: Iterable[tuple[Any, T]], limit: int, size: Callable[[T], int] = lambda _: 0) -> Page[T]:
    """The first `limit` of these items, or fewer if their sizes come to more than an answer can carry.

    Each comes with the place that its cursor names.
    """
    shown: list[T] = []
    last: Any = None
    carried = 0
    for place, item in placed:
        carried += size(item)
        if len(shown) == limit or (shown and carried > MOST_BYTES):
            return Page(shown, encode(last))
        shown.append(item)
        last = place
    return Page(shown, None)


def encode(place: Any) -> str:
    """A place as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def decode(cursor: str) -> Any:
    """The place a cursor names; ValidationError if it is none."""
    try:
        place = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode())
        json.dumps(place).encode()  # half a character is no part of a key
    except (ValueError, RecursionError, binascii.Error):
        raise not_ours() from None
    if place is None:
        raise not_ours()
    return place


def decode_id(cursor: str | None) -> str:
    """The id a cursor names, "" without one; ValidationError if it names none."""
    after = decode(cursor) if cursor is not None else ""
    if not isinstance(after, str) or len(after) > _LONGEST_ID or "#" in after:
        raise not_ours()
    return after


def not_ours() -> ValidationError:
    """The refusal of a cursor that no page of this list ended with."""
    return invalid("cursor", "is not a cursor of this list")
