from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.new_api_key_response import NewApiKeyResponse


T = TypeVar("T", bound="NewApiKeyDataResponse")


@_attrs_define
class NewApiKeyDataResponse:
    """What was asked for.

    Attributes:
        data (NewApiKeyResponse): A new API key with its secret, which is told this once.
    """

    data: NewApiKeyResponse

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
        from ..models.new_api_key_response import NewApiKeyResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = NewApiKeyResponse.from_dict(d.pop("data"))

        new_api_key_data_response = cls(
            data=data,
        )

        return new_api_key_data_response
