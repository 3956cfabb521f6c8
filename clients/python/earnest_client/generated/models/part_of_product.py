from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="PartOfProduct")


@_attrs_define
class PartOfProduct:
    """So many of one product of an order.

    Attributes:
        sku (str): Which product, as in the order.
        amount (float): How many of it.
    """

    sku: str
    amount: float

    def to_dict(self) -> dict[str, Any]:
        sku = self.sku

        amount = self.amount

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "sku": sku,
                "amount": amount,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        sku = d.pop("sku")

        amount = d.pop("amount")

        part_of_product = cls(
            sku=sku,
            amount=amount,
        )

        return part_of_product
