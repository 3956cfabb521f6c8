from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.unmerged_response import UnmergedResponse


T = TypeVar("T", bound="UnmergedDataResponse")


@_attrs_define
class UnmergedDataResponse:
    """What was asked for.

    Attributes:
        data (UnmergedResponse): Two customers who have been told apart again.
    """

    data: UnmergedResponse

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
        from ..models.unmerged_response import UnmergedResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = UnmergedResponse.from_dict(d.pop("data"))

        unmerged_data_response = cls(
            data=data,
        )

        return unmerged_data_response
