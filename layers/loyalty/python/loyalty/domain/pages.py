"""Pages of a list: what asks for one, and what is answered."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from loyalty.domain.schemas import Answer, Query

MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 25


def _page_size(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MAX_PAGE_SIZE):
        raise PydanticCustomError("page_size", f"must be a whole number from 1 to {MAX_PAGE_SIZE}")
    return int(text)


PageSize = Annotated[
    int, PlainValidator(_page_size), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE})
]
"""How many items a page has at most, as a query says it."""


class PageQuery(Query):
    """The query of a list."""

    limit: PageSize = DEFAULT_PAGE_SIZE
    """How many items the page has at most."""
    cursor: str | None = None
    """The `next_cursor` of the page before; opaque, good for this list alone."""


class PageResponse[T](Answer):
    """One page of a list; it may be shorter than its `limit` and still have a next one."""

    data: list[T]
    """The things on this page."""
    next_cursor: str | None
    """What gets the next page when it is sent as `cursor`; null at the end of the list."""


def page_response(items: Iterable[dict[str, Any]], next_cursor: str | None) -> dict[str, Any]:
    """A PageResponse."""
    return {"data": list(items), "next_cursor": next_cursor}
