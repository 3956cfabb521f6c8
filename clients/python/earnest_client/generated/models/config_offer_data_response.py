from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.config_offer_response import ConfigOfferResponse


T = TypeVar("T", bound="ConfigOfferDataResponse")


@_attrs_define
class ConfigOfferDataResponse:
    """What was asked for.

    Attributes:
        data (ConfigOfferResponse): What offers are made of.
    """

    data: ConfigOfferResponse

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
        from ..models.config_offer_response import ConfigOfferResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = ConfigOfferResponse.from_dict(d.pop("data"))

        config_offer_data_response = cls(
            data=data,
        )

        return config_offer_data_response
