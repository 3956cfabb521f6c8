"""Pages of lists: opaque cursors that name the last item shown."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from loyalty import json
from loyalty.domain.errors import ValidationError, invalid

_LONGEST_ID = 255


@dataclass(frozen=True)
class Page[T]:
    """Some items, and where to go on; None at the end."""

    items: list[T]
    next_cursor: str | None


def page_of[T](placed: Iterable[tuple[Any, T]], limit: int) -> Page[T]:
    """The first `limit` of these items; each comes with the place that its cursor names."""
    taken = list(islice(placed, limit + 1))
    last = taken[limit - 1][0] if len(taken) > limit else None
    return Page([item for _, item in taken[:limit]], None if last is None else encode(last))


def encode(place: Any) -> str:
    """A place as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def decode(cursor: str) -> Any:
    """The place a cursor names; ValidationError if it is none."""
    try:
        place = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode())
        json.dumps(place).encode()  # half a character is no part of a key
        return place
    except (ValueError, RecursionError, binascii.Error):
        raise not_ours() from None


def decode_id(cursor: str | None) -> str:
    """The id a cursor names, "" without one; ValidationError if it names none."""
    after = decode(cursor) if cursor is not None else ""
    if not isinstance(after, str) or len(after) > _LONGEST_ID or "#" in after:
        raise not_ours()
    return after


def not_ours() -> ValidationError:
    """The refusal of a cursor that no page of this list ended with."""
    return invalid("cursor", "is not a cursor of this list")
