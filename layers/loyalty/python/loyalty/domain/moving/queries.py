"""What is asked for besides an id when customers move in or out."""

from loyalty.domain.schemas import Flag, Query


class ExportQuery(Query):
    """The query of an export."""

    cursor: str | None = None
    """The `next_cursor` of the part before; opaque, good for this export alone."""


class HistoryQuery(Query):
    """The query of an event of long ago."""

    evaluate: Flag = False
    """Whether campaigns see it, and it pays; it is only recorded if not."""
