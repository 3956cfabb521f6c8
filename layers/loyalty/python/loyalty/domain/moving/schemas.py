"""Requests about customers who move in or out."""

from loyalty.domain.schemas import Query


class ExportQuery(Query):
    """The query of an export."""

    cursor: str | None = None
    """The `next_cursor` of the part before; opaque, good for this export alone."""
