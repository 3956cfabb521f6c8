from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="CampaignPeriodResponse")


@_attrs_define
class CampaignPeriodResponse:
    """What the points of a campaign have done in a day or a month.

    Attributes:
        period (str): The day, or the month.
        granted (float): What it has granted.
        redeemed (float): What of its points was spent.
    """

    period: str
    granted: float
    redeemed: float

    def to_dict(self) -> dict[str, Any]:
        period = self.period

        granted = self.granted

        redeemed = self.redeemed

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "period": period,
                "granted": granted,
                "redeemed": redeemed,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        period = d.pop("period")

        granted = d.pop("granted")

        redeemed = d.pop("redeemed")

        campaign_period_response = cls(
            period=period,
            granted=granted,
            redeemed=redeemed,
        )

        return campaign_period_response
