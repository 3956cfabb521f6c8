from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.customer_response import CustomerResponse


T = TypeVar("T", bound="FoundCustomersResponse")


@_attrs_define
class FoundCustomersResponse:
    """The customers of an identity.

    Attributes:
        data (list[CustomerResponse]): The one that it belongs to; nobody if it has not been seen, or was removed.
    """

    data: list[CustomerResponse]

    def to_dict(self) -> dict[str, Any]:
        data = []
        for data_item_data in self.data:
            data_item = data_item_data.to_dict()
            data.append(data_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.customer_response import CustomerResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = CustomerResponse.from_dict(data_item_data)

            data.append(data_item)

        found_customers_response = cls(
            data=data,
        )

        return found_customers_response
