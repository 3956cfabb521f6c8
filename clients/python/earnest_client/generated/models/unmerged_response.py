from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.customer_response import CustomerResponse
    from ..models.returned_response import ReturnedResponse


T = TypeVar("T", bound="UnmergedResponse")


@_attrs_define
class UnmergedResponse:
    """Two customers who have been told apart again.

    Attributes:
        customer (CustomerResponse): Who a customer is.
        split_off (CustomerResponse): Who a customer is.
        returned (list[ReturnedResponse]): What the split-off customer got back, by reward; negative if more was owed
            than was there.
    """

    customer: CustomerResponse
    split_off: CustomerResponse
    returned: list[ReturnedResponse]

    def to_dict(self) -> dict[str, Any]:
        customer = self.customer.to_dict()

        split_off = self.split_off.to_dict()

        returned = []
        for returned_item_data in self.returned:
            returned_item = returned_item_data.to_dict()
            returned.append(returned_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "customer": customer,
                "split_off": split_off,
                "returned": returned,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.customer_response import CustomerResponse  # noqa: PLC0415
        from ..models.returned_response import ReturnedResponse  # noqa: PLC0415

        d = dict(src_dict)
        customer = CustomerResponse.from_dict(d.pop("customer"))

        split_off = CustomerResponse.from_dict(d.pop("split_off"))

        returned = []
        _returned = d.pop("returned")
        for returned_item_data in _returned:
            returned_item = ReturnedResponse.from_dict(returned_item_data)

            returned.append(returned_item)

        unmerged_response = cls(
            customer=customer,
            split_off=split_off,
            returned=returned,
        )

        return unmerged_response
