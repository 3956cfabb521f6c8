from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.customer_response import CustomerResponse


T = TypeVar("T", bound="CustomerDataResponse")


@_attrs_define
class CustomerDataResponse:
    """What was asked for.

    Attributes:
        data (CustomerResponse): Who a customer is.
    """

    data: CustomerResponse

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
        from ..models.customer_response import CustomerResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = CustomerResponse.from_dict(d.pop("data"))

        customer_data_response = cls(
            data=data,
        )

        return customer_data_response
