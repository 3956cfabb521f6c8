from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.points_report_response import PointsReportResponse


T = TypeVar("T", bound="PointsReportDataResponse")


@_attrs_define
class PointsReportDataResponse:
    """What was asked for.

    Attributes:
        data (PointsReportResponse): What points have done in a time.
    """

    data: PointsReportResponse

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.points_report_response import PointsReportResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = PointsReportResponse.from_dict(d.pop("data"))

        points_report_data_response = cls(
            data=data,
        )

        return points_report_data_response
