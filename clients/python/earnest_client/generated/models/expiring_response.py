from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="ExpiringResponse")


@_attrs_define
class ExpiringResponse:
    """What expires in a month.

    Attributes:
        month (None | str): The month; null for what never expires.
        amount (float): How much customers have of it now.
    """

    month: None | str
    amount: float

    def to_dict(self) -> dict[str, Any]:
        month: None | str
        month = self.month

        amount = self.amount

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "month": month,
                "amount": amount,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_month(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        month = _parse_month(d.pop("month"))

        amount = d.pop("amount")

        expiring_response = cls(
            month=month,
            amount=amount,
        )

        return expiring_response
