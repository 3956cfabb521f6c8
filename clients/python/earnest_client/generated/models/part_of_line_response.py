from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="PartOfLineResponse")


@_attrs_define
class PartOfLineResponse:
    """So many of one line of an order.

    Attributes:
        sku (None | str): Which product.
        amount (float): How many of it.
    """

    sku: None | str
    amount: float

    def to_dict(self) -> dict[str, Any]:
        sku: None | str
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

        def _parse_sku(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sku = _parse_sku(d.pop("sku"))

        amount = d.pop("amount")

        part_of_line_response = cls(
            sku=sku,
            amount=amount,
        )

        return part_of_line_response
