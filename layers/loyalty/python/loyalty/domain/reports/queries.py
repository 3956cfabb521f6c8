"""What reports are asked for."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from loyalty.domain.schemas import Query


def _day(value: object) -> date:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        day = None
    if day is None or len(str(value)) != len("2026-03-10") or day.year < 2000:
        raise PydanticCustomError("day", "must be a day such as 2026-03-10")
    return day


Day = Annotated[date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


class PointsReportQuery(Query):
    """The query of a report about points."""

    from_: Annotated[Day, Field(alias="from")]
    """The first day, in the brand's time zone, such as `2026-03-01`."""
    to: Day
    """The last day, which is included: within 100 days by day, and 1,100 by month."""
    resolution: Literal["day", "month"] = "day"
    """Whether sums are of each day or of each month; of a month only the days asked for."""
