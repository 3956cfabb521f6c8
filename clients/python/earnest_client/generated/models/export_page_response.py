from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.export_response import ExportResponse


T = TypeVar("T", bound="ExportPageResponse")


@_attrs_define
class ExportPageResponse:
    """An export; most customers' fit into one answer.

    Attributes:
        data (ExportResponse): All that is kept of a customer, or a part of it; the parts of all pages together are all.
        next_cursor (None | str): What gets the next part when it is sent as `cursor`; null if there is no more.
    """

    data: ExportResponse
    next_cursor: None | str

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        next_cursor: None | str
        next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "data": data,
                "next_cursor": next_cursor,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.export_response import ExportResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = ExportResponse.from_dict(d.pop("data"))

        def _parse_next_cursor(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        export_page_response = cls(
            data=data,
            next_cursor=next_cursor,
        )

        return export_page_response
