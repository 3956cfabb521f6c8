from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.trace_response import TraceResponse


T = TypeVar("T", bound="TraceDataResponse")


@_attrs_define
class TraceDataResponse:
    """What was asked for.

    Attributes:
        data (TraceResponse): What has become of a request, and the fields that were sent with it.
    """

    data: TraceResponse

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
        from ..models.trace_response import TraceResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = TraceResponse.from_dict(d.pop("data"))

        trace_data_response = cls(
            data=data,
        )

        return trace_data_response
