from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.balance_response import BalanceResponse


T = TypeVar("T", bound="EventWalletResponse")


@_attrs_define
class EventWalletResponse:
    """What the customer had after an event.

    Attributes:
        totals (list[BalanceResponse]): The sums by reward.
    """

    totals: list[BalanceResponse]

    def to_dict(self) -> dict[str, Any]:
        totals = []
        for totals_item_data in self.totals:
            totals_item = totals_item_data.to_dict()
            totals.append(totals_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "totals": totals,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.balance_response import BalanceResponse  # noqa: PLC0415

        d = dict(src_dict)
        totals = []
        _totals = d.pop("totals")
        for totals_item_data in _totals:
            totals_item = BalanceResponse.from_dict(totals_item_data)

            totals.append(totals_item)

        event_wallet_response = cls(
            totals=totals,
        )

        return event_wallet_response
