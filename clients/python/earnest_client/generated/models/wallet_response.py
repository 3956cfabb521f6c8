from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.balance_response import BalanceResponse
    from ..models.lot_response import LotResponse


T = TypeVar("T", bound="WalletResponse")


@_attrs_define
class WalletResponse:
    """What a customer has now.

    Attributes:
        totals (list[BalanceResponse]): The sums by reward.
        lines (list[LotResponse]): The lots they consist of, soonest-expiring first.
    """

    totals: list[BalanceResponse]
    lines: list[LotResponse]

    def to_dict(self) -> dict[str, Any]:
        totals = []
        for totals_item_data in self.totals:
            totals_item = totals_item_data.to_dict()
            totals.append(totals_item)

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "totals": totals,
                "lines": lines,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.balance_response import BalanceResponse  # noqa: PLC0415
        from ..models.lot_response import LotResponse  # noqa: PLC0415

        d = dict(src_dict)
        totals = []
        _totals = d.pop("totals")
        for totals_item_data in _totals:
            totals_item = BalanceResponse.from_dict(totals_item_data)

            totals.append(totals_item)

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = LotResponse.from_dict(lines_item_data)

            lines.append(lines_item)

        wallet_response = cls(
            totals=totals,
            lines=lines,
        )

        return wallet_response
