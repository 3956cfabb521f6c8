from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.wallet_response import WalletResponse


T = TypeVar("T", bound="WalletDataResponse")


@_attrs_define
class WalletDataResponse:
    """What was asked for.

    Attributes:
        data (WalletResponse): What a customer has now.
    """

    data: WalletResponse

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
        from ..models.wallet_response import WalletResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = WalletResponse.from_dict(d.pop("data"))

        wallet_data_response = cls(
            data=data,
        )

        return wallet_data_response
