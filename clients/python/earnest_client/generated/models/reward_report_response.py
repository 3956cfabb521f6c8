from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.expiring_response import ExpiringResponse
    from ..models.period_response import PeriodResponse


T = TypeVar("T", bound="RewardReportResponse")


@_attrs_define
class RewardReportResponse:
    """A reward in the time asked for, and what is outstanding of it now.

    Attributes:
        reward_id (str): The reward.
        outstanding (float): What all customers have now: available, available later, or reserved, less what they owe.
        held (float): What of that is reserved now by pending events: the sum of `reserved` over all wallets.
        owed (float): What customers owe now, whose reversed points were spent.
        expiring (list[ExpiringResponse]): What of that expires when, debts aside.
        periods (list[PeriodResponse]): The periods in which something happened.
    """

    reward_id: str
    outstanding: float
    held: float
    owed: float
    expiring: list[ExpiringResponse]
    periods: list[PeriodResponse]

    def to_dict(self) -> dict[str, Any]:
        reward_id = self.reward_id

        outstanding = self.outstanding

        held = self.held

        owed = self.owed

        expiring = []
        for expiring_item_data in self.expiring:
            expiring_item = expiring_item_data.to_dict()
            expiring.append(expiring_item)

        periods = []
        for periods_item_data in self.periods:
            periods_item = periods_item_data.to_dict()
            periods.append(periods_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reward_id": reward_id,
                "outstanding": outstanding,
                "held": held,
                "owed": owed,
                "expiring": expiring,
                "periods": periods,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.expiring_response import ExpiringResponse  # noqa: PLC0415
        from ..models.period_response import PeriodResponse  # noqa: PLC0415

        d = dict(src_dict)
        reward_id = d.pop("reward_id")

        outstanding = d.pop("outstanding")

        held = d.pop("held")

        owed = d.pop("owed")

        expiring = []
        _expiring = d.pop("expiring")
        for expiring_item_data in _expiring:
            expiring_item = ExpiringResponse.from_dict(expiring_item_data)

            expiring.append(expiring_item)

        periods = []
        _periods = d.pop("periods")
        for periods_item_data in _periods:
            periods_item = PeriodResponse.from_dict(periods_item_data)

            periods.append(periods_item)

        reward_report_response = cls(
            reward_id=reward_id,
            outstanding=outstanding,
            held=held,
            owed=owed,
            expiring=expiring,
            periods=periods,
        )

        return reward_report_response
