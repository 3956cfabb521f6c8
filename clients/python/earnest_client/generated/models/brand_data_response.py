from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.brand_response import BrandResponse


T = TypeVar("T", bound="BrandDataResponse")


@_attrs_define
class BrandDataResponse:
    """What was asked for.

    Attributes:
        data (BrandResponse): A brand's settings.
    """

    data: BrandResponse

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
        from ..models.brand_response import BrandResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = BrandResponse.from_dict(d.pop("data"))

        brand_data_response = cls(
            data=data,
        )

        return brand_data_response
