from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.set_aside_response import SetAsideResponse


T = TypeVar("T", bound="SetAsideDataResponse")


@_attrs_define
class SetAsideDataResponse:
    """What was asked for.

    Attributes:
        data (SetAsideResponse): What was set aside by the stack; its counts are not those of the brand alone.
    """

    data: SetAsideResponse

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
        from ..models.set_aside_response import SetAsideResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = SetAsideResponse.from_dict(d.pop("data"))

        set_aside_data_response = cls(
            data=data,
        )

        return set_aside_data_response
